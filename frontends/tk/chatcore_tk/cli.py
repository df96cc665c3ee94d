"""The command line of the desktop client."""

from __future__ import annotations

import os
import sys

import click

from chatcore.process.folders import NoHome
from chatcore.view.language import LANGUAGES, choose


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--server", metavar="URL", envvar="CHATCORE_SERVER", help="The server: ws://HOST:PORT or wss://HOST:PORT."
)
@click.option("--user", metavar="NAME", envvar="CHATCORE_USER", help="Who to log in as.")
@click.option("--lang", type=click.Choice(LANGUAGES), envvar="CHATCORE_LANG", help="The language of the window.")
@click.option(
    "--allow-plaintext",
    is_flag=True,
    envvar="CHATCORE_ALLOW_PLAINTEXT",
    help="Allow ws:// to another machine, where others can read along.",
)
@click.version_option(package_name="chatcore")
def command(server: str | None, user: str | None, lang: str | None, *, allow_plaintext: bool) -> None:
    """Chat in a window."""
    from .app import NoDisplay, Options, run  # noqa: PLC0415 - the help needs no tkinter

    options = Options(server=server, user=user, language=choose(lang, os.environ), allow_plaintext=allow_plaintext)
    try:
        run(options)
    except NoHome as error:
        click.echo(f"chatcore-tk: {error}", err=True)
        sys.exit(1)
    except NoDisplay as error:
        click.echo(
            f"chatcore-tk: there is no display for a window ({error}); set DISPLAY, or use chatcore in a terminal",
            err=True,
        )
        sys.exit(1)
