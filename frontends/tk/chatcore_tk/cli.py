"""The command line of the desktop client."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from chatcore.home.usage import pin_of, run
from chatcore.process.folders import NoHome
from chatcore.view.language import LANGUAGES, choose


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and give its exit status; what goes wrong is told in one line on standard error."""
    return run(command, "chatcore-tk", arguments)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--server",
    metavar="URL",
    envvar="CHATCORE_SERVER",
    help="The server: ws://HOST:PORT, wss://HOST:PORT, or unix:/PATH on this machine.",
)
@click.option("--user", metavar="NAME", envvar="CHATCORE_USER", help="Who to log in as.")
@click.option("--lang", type=click.Choice(LANGUAGES), envvar="CHATCORE_LANG", help="The language of the window.")
@click.option(
    "--allow-plaintext",
    is_flag=True,
    envvar="CHATCORE_ALLOW_PLAINTEXT",
    help="Allow ws:// to another machine, where others can read along.",
)
@click.option(
    "--pin",
    metavar="sha256:…",
    envvar="CHATCORE_PIN",
    callback=lambda _context, _parameter, value: None if value is None else pin_of(value),
    help="The fingerprint of the server's certificate, where no authority has signed it; kept for the server.",
)
@click.version_option(package_name="chatcore")
def command(server: str | None, user: str | None, lang: str | None, pin: str | None, *, allow_plaintext: bool) -> None:
    """Chat in a window."""
    from .app import NoDisplay, Options, run  # noqa: PLC0415 - the help needs no tkinter

    language = choose(lang, os.environ)
    try:
        run(Options(server=server, user=user, language=language, allow_plaintext=allow_plaintext, pin=pin))
    except NoHome as error:
        raise click.ClickException(str(error)) from error
    except NoDisplay as error:
        words = language.gettext(
            "there is no display for a window ({reason}); set DISPLAY, or use chatcore in a terminal"
        )
        raise click.ClickException(words.format(reason=error)) from error
