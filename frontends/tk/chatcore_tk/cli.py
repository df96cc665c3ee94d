"""The command line of the desktop client."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from chatcore.domain.pins import checked_pin
from chatcore.errors import Phrase
from chatcore.home.usage import language_of, usage_text
from chatcore.process.folders import NoHome
from chatcore.view.language import LANGUAGES, choose

DONE, REFUSED, WRONG_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and give its exit status; what goes wrong is told in one line on standard error."""
    try:
        return command.main(arguments, prog_name="chatcore-tk", standalone_mode=False) or DONE
    except click.UsageError as wrong:
        language = language_of(sys.argv[1:] if arguments is None else arguments, os.environ)
        return _say(usage_text(wrong, language), WRONG_USAGE)
    except click.ClickException as wrong:
        return _say(wrong.format_message(), REFUSED)
    except click.Abort:
        return _say("interrupted", REFUSED)


def _say(told: str, status: int) -> int:
    click.echo(f"chatcore-tk: {' '.join(told.split())}", err=True)
    return status


def _checked(pin: str) -> str:
    try:
        return checked_pin(pin)
    except ValueError:
        msg = Phrase("{value} is not a pin: one is sha256: and 64 hexadecimal digits", value=repr(pin))
        raise click.BadParameter(msg) from None


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
@click.option(
    "--pin",
    metavar="sha256:…",
    envvar="CHATCORE_PIN",
    callback=lambda _context, _parameter, value: None if value is None else _checked(value),
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
