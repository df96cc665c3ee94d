"""The command line: the full screen, and subcommands for scripts."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from shutil import get_terminal_size
from typing import Any, TypeVar

import attrs
import click

from chatcore import ChatError
from chatcore.errors import Phrase
from chatcore.home.usage import REFUSED, pin_of, run, say
from chatcore.process.streams import is_utf8
from chatcore.view.credentials import Credentials, is_address
from chatcore.view.language import LANGUAGES, choose
from chatcore.view.sentences import cause_text, reworded, server_goes_on
from chatcore.view.text import clean_line
from chatcore.view.typed import typed
from chatcore.wire.limits import MAX_INT

from .app import Options, Program
from .given import PASSWORD_FILE, given_text, password
from .job import on_terminal
from .scripts import Script

NAME = "chatcore"

F = TypeVar("F", bound=Callable[..., Any])


def _given(context: click.Context, parameter: click.Parameter, value: object) -> None:
    """Keep an option wherever it stands: the last one on the line wins, and the environment only where none is."""
    options: dict[str, object] = context.ensure_object(dict)
    name = parameter.name or ""
    on_the_line = context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    if on_the_line or name not in options:
        options[name] = value


def _address(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None and not is_address(value):
        msg = Phrase("{value} is not an address: one begins with ws:// or wss:// and names a host", value=repr(value))
        raise click.BadParameter(msg)
    _given(context, parameter, value)


def _pin(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    _given(context, parameter, None if value is None else pin_of(value))


SHARED: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--server",
        metavar="URL",
        envvar="CHATCORE_SERVER",
        callback=_address,
        expose_value=False,
        help="The server: ws://HOST:PORT, wss://HOST:PORT, or unix:/PATH on this machine; the one used last unless "
        "given, and at first ws://127.0.0.1:8765.",
    ),
    click.option(
        "--user",
        metavar="NAME",
        envvar="CHATCORE_USER",
        callback=_given,
        expose_value=False,
        help="Who you are; the user of the last time unless given.",
    ),
    click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        envvar="CHATCORE_LANG",
        callback=_given,
        expose_value=False,
        help="The language; that of the environment unless given.",
    ),
    click.option(
        "--pin",
        metavar="sha256:…",
        envvar="CHATCORE_PIN",
        callback=_pin,
        expose_value=False,
        help="The fingerprint of the server's certificate, where no authority has signed it; kept for the server.",
    ),
    click.option(
        "--allow-plaintext",
        is_flag=True,
        envvar="CHATCORE_ALLOW_PLAINTEXT",
        callback=_given,
        expose_value=False,
        help="Let ws:// lead beyond this machine, where others can read along.",
    ),
)


class Counted(click.ParamType[int, int]):
    """A number of messages, or that of one of them."""

    name = "number"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Take a number; one that is greater than any of the protocol is the greatest of it."""
        digits = str(value).lstrip("0")
        if not digits.isdecimal():
            self.fail(Phrase("{value} is not a whole number from 1 on", value=repr(value)), param, ctx)
        return MAX_INT if len(digits) >= len(str(MAX_INT)) else int(digits)


def shared(command: F) -> F:
    """Return a command the options that all have."""
    for option in reversed(SHARED):
        command = option(command)
    return command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit status; what goes wrong is told in one line on standard error."""
    return run(commands, NAME, arguments)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@shared
@click.version_option(package_name="chatcore", message="chatcore %(version)s")
@click.pass_context
def commands(context: click.Context) -> None:
    """Chat in the terminal: without a subcommand the full screen opens.

    The subcommands are for scripts. They take the password from the file that CHATCORE_PASSWORD_FILE names, else go on
    with the session of the last log-in, else read the password from standard input.
    """
    if context.invoked_subcommand is not None:
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        msg = Phrase("the full screen needs a terminal; for scripts there are send, history, tail and list")
        raise click.UsageError(msg)
    options = _options(context)
    program = Program(options)
    try:
        with on_terminal():
            asyncio.run(program.chat(program.profile()))
    except ChatError as error:
        raise click.ClickException(cause_text(error, options.language)) from error
    if program.last_words:
        click.echo(program.last_words)
    if process := program.own_server():
        click.echo(server_goes_on(process, options.language))


@commands.command()
@shared
@click.option(
    "--invitation",
    metavar="CODE",
    envvar="CHATCORE_INVITATION",
    help="The code that you were given, where one registers by invitation.",
)
@click.pass_context
def register(context: click.Context, invitation: str | None) -> None:
    """Make an account, of the name that --user says."""
    _Login(context, is_new=True, invitation=invitation).run(Script.nothing)


@commands.command()
@shared
@click.argument("name")
@click.argument("text")
@click.pass_context
def send(context: click.Context, name: str, text: str) -> None:
    """Send TEXT to a user, or to everybody with the name `general`.

    With - as TEXT it is read from standard input.
    """
    reads_input = text == "-"
    profile = _Login(context, reads_input=reads_input)
    if reads_input:
        text = given_text(sys.stdin.buffer.read)
    profile.run(lambda script: script.send(name, typed(text)), keeps=True)


@commands.command()
@shared
@click.argument("name")
@click.option("--limit", type=Counted(), default=50, show_default=True, help="How many messages.")
@click.option("--all", "is_whole", is_flag=True, help="All messages, whatever --limit says.")
@click.option(
    "--before", type=Counted(), metavar="SEQ", help="Only those before this one; --json shows each one's seq."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def history(
    context: click.Context, name: str, limit: int, before: int | None, *, is_whole: bool, as_json: bool
) -> None:
    """Write the last messages with NAME or `general`, oldest first."""
    most = None if is_whole else limit
    _Login(context).run(lambda script: script.history(name, most, before), as_json=as_json)


@commands.command()
@shared
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def tail(context: click.Context, *, as_json: bool) -> None:
    """Write the messages of others as they come; mark nothing as read. It ends when it is interrupted."""
    _Login(context).run(Script.tail, as_json=as_json, lasts=True)


@commands.command("list")
@shared
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def list_(context: click.Context, *, as_json: bool) -> None:
    """Write the list: status, unread messages, name, last message."""
    _Login(context).run(Script.list, as_json=as_json)


class _Login:
    """What a script needs to be somebody, asked for before it begins."""

    def __init__(
        self, context: click.Context, *, reads_input: bool = False, is_new: bool = False, invitation: str | None = None
    ) -> None:
        """`is_new` makes the account first, with the code of an invitation where there is one."""
        self._options = _options(context)
        if is_new and not self._options.user:
            raise click.UsageError(Phrase("whose account? Give --user NAME"))
        self._program = Program(self._options)
        self._profile = self._program.profile()
        said = self._program.take_trouble()
        if said:
            say(NAME, said, REFUSED)
        self._lasts = False
        self._credentials = None
        if is_new or PASSWORD_FILE in os.environ or self._profile.token is None:
            if not self._profile.name:
                raise click.UsageError(Phrase("whose password? Give --user NAME, or log in once with the full screen"))
            self._credentials = Credentials(
                self._profile.server,
                self._profile.name,
                password(os.environ, reads_input=reads_input),
                is_new=is_new,
                invitation=invitation,
            )

    def run(
        self,
        work: Callable[[Script], Awaitable[None]],
        *,
        as_json: bool = False,
        keeps: bool = False,
        lasts: bool = False,
    ) -> None:
        """Run a script to its end, and the program with it where something goes wrong.

        `lasts`: whether it outlives an outage, so that a script, too, is told of one when it begins and ends.
        """
        self._lasts = lasts
        try:
            asyncio.run(self._script(work, as_json=as_json, keeps=keeps))
        except ChatError as error:
            raise click.ClickException(cause_text(error, self._options.language)) from error
        except KeyboardInterrupt:  # how `tail` ends
            if self._program.last_words:
                raise click.ClickException(self._program.last_words) from None

    async def _script(self, work: Callable[[Script], Awaitable[None]], *, as_json: bool, keeps: bool) -> None:
        async with self._program.script(self._profile, self._credentials, self._tell, keeps=keeps) as script:
            await work(
                attrs.evolve(script, as_json=as_json, write=_write, is_ascii=_is_for_ascii(), columns=_columns())
            )

    def _tell(self, reason: str) -> None:
        """Let a person know why nothing happens; what ends by itself gets one sentence, at the end."""
        if sys.stderr.isatty() or self._lasts:
            say = self._options.language.gettext
            why = clean_line(reworded(reason, self._options.language))
            click.echo(say("{reason}: trying again…").format(reason=why) if reason else say("online"), err=True)


def _is_for_ascii() -> bool:
    """Return whether JSON has to be ASCII: a terminal's cursor it could move otherwise, and JSON is UTF-8 or ASCII."""
    return sys.stdout.isatty() or not is_utf8(sys.stdout)


def _columns() -> Callable[[], int] | None:
    """Return what tells how wide the terminal is on which lines are shown; None where none shows them."""
    return (lambda: get_terminal_size().columns) if sys.stdout.isatty() else None


def _write(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what the script is for


def _options(context: click.Context) -> Options:
    given = context.ensure_object(dict)
    return Options(
        server=given.get("server"),
        user=given.get("user"),
        language=choose(given.get("lang"), os.environ),
        allow_plaintext=bool(given.get("allow_plaintext")),
        pin=given.get("pin"),
    )
