"""The /commands in one table, and what Enter does with a line that may be one."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from chatcore.view.language import Language
from chatcore.view.language import gettext_noop as _
from chatcore.view.text import clean_line

from .desk import TerminalDesk


@attrs.frozen
class SlashCommand:
    """Something that can be asked for in writing."""

    name: str
    rest: str
    "What is written behind the name, as the help shows it; empty for nothing."
    act: Callable[[TerminalDesk, str], object]
    does: str
    "What it does, in English."
    asks: str = ""
    "What is said where nothing is written behind the name though something has to be; in English."
    is_secret: bool = False
    "Whether the line is not to be had again with the Up key: what stands behind the name may be a password."


def _help(desk: TerminalDesk, name: str) -> None:
    """Show the whole help, or say what one command does."""
    command = _named(name.removeprefix("/"))
    if not name:
        desk.help()
    elif command is None:
        _say_unknown(desk, name.removeprefix("/"))
    else:
        say = desk.language.gettext
        called = f"/{command.name} {say(command.rest) if command.rest else ''}".strip()
        desk.notices.say(f"{called}: {say(command.does)}")


COMMANDS = (
    SlashCommand("help", _("COMMAND"), _help, _("show this help, or what a command does")),
    SlashCommand(
        "open",
        _("NAME"),
        lambda desk, rest: desk.choosing.open_named(rest),
        _("open the conversation with somebody"),
        _("Whose conversation? Write /open NAME."),
    ),
    SlashCommand("next", "", lambda desk, _rest: desk.choosing.step(1), _("next conversation")),
    SlashCommand("previous", "", lambda desk, _rest: desk.choosing.step(-1), _("previous conversation")),
    SlashCommand(
        "waiting", "", lambda desk, _rest: desk.choosing.open_unread(), _("next conversation with unread messages")
    ),
    SlashCommand("everybody", "", lambda desk, _rest: desk.choosing.open_general(), _("open the general chat")),
    SlashCommand("find", _("TEXT"), lambda desk, rest: desk.choosing.find(rest), _("choose in the list")),
    SlashCommand("unread", "", lambda desk, _rest: desk.to_unread(), _("go to the first unread message")),
    SlashCommand(
        "date", _("DAY"), lambda desk, rest: desk.to_day(rest), _("go to a day: 2026-05-31, 31.5. or yesterday")
    ),
    SlashCommand("read", "", lambda desk, _rest: desk.read_all(), _("mark all messages of the conversation as read")),
    SlashCommand(
        "name",
        _("NEW NAME"),
        lambda desk, rest: desk.show_me_as(rest),
        _("have others see you under this name; without one, under the account's"),
    ),
    SlashCommand(
        "password",
        "",
        lambda desk, _rest: desk.change_password(),
        _("change your password; everywhere else you are logged out"),
        is_secret=True,
    ),
    SlashCommand("copy", "", lambda desk, _rest: desk.copy(), _("copy the picked message, or the newest")),
    SlashCommand("retry", "", lambda desk, _rest: desk.writing.retry(), _("send a refused message again")),
    SlashCommand("discard", "", lambda desk, _rest: desk.writing.discard(), _("throw a refused message away")),
    SlashCommand("edit", "", lambda desk, _rest: desk.edit(), _("write on in your own editor")),
    SlashCommand("compact", "", lambda desk, _rest: desk.switch_layout(), _("a line for each message, or bubbles")),
    SlashCommand(
        "quiet", "", lambda desk, _rest: desk.switch_quiet(), _("do not disturb: no bell and no notification, or again")
    ),
    SlashCommand("mouse", "", lambda desk, _rest: desk.switch_mouse(), _("give the mouse to the terminal, or take it")),
    SlashCommand(
        "login",
        "",
        lambda desk, _rest: desk.log_in(),
        _("try at once to connect, or log in again"),
    ),
    SlashCommand("logout", "", lambda desk, _rest: desk.log_out(), _("end the session and log in anew")),
    SlashCommand("quit", "", lambda desk, _rest: desk.quit(), _("leave; you stay logged in for the next time")),
)


def meanings(language: Language) -> dict[str, str]:
    """Return what each command means."""
    return {command.name: language.gettext(command.does) for command in COMMANDS}


def enter(desk: TerminalDesk) -> None:
    """Close the help, take the chosen completion, do the command, open the chosen row, or send what is written."""
    if desk.is_helping:
        desk.help()
        return
    if desk.composer.accept_completion():
        return
    text = desk.written
    if text.startswith("/") and not text.startswith("//"):
        _obey(desk, text)
    else:
        desk.enter()


def _obey(desk: TerminalDesk, text: str) -> None:
    command, rest = _understood(desk, text)
    if command is not None:
        desk.forget_written() if command.is_secret else desk.clear_written()
        desk.notices.clear()
        command.act(desk, rest)


def obey_alone(text: str, desk: TerminalDesk) -> None:
    """Do a command that a key stands for: what is being written stays."""
    command, rest = _understood(desk, text)
    if command is not None:
        desk.notices.clear()
        command.act(desk, rest)


def _understood(desk: TerminalDesk, text: str) -> tuple[SlashCommand | None, str]:
    """Return the command and what is written behind it; where something is wrong with it say so, and give none."""
    name, _space, rest = text[1:].strip().partition(" ")
    command, rest = _named(name), rest.strip()
    if command is None:
        _say_unknown(desk, name)
    elif command.asks and not rest:
        desk.notices.say(desk.language.gettext(command.asks))
        return None, rest
    return command, rest


def _named(name: str) -> SlashCommand | None:
    return next((command for command in COMMANDS if command.name == name.casefold()), None)


def _say_unknown(desk: TerminalDesk, name: str) -> None:
    sentence = desk.language.gettext("There is no command /{name}. F1 lists them; // writes a slash.")
    desk.notices.say(sentence.format(name=clean_line(name)))
