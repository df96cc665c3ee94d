"""The commands for accounts: `chatcore-server user …` and `sessions …`, beside a running server or without one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, timedelta

import click

from chatcore import BadText

from . import frames as f
from .app import ban_user, change_user, end_sessions, list_sessions, list_users
from .databases import Where
from .times import check_end, end_options

MAX_LINE = 4_096
"""Bytes of the line with a password: more than the longest one has."""

MakeCommand = Callable[..., click.Command]
"""Makes a command of a name, what it does and its parameters; it is told the database."""


def _list(db: Where) -> None:
    """List all users: their accounts' names, by which the other commands know them, and what others see."""
    list_users(db, click.echo)


def _add(db: Where, name: str) -> None:
    """Make the account NAME. Its password is asked for, or is the first line of standard input."""
    change_user(db, f.AddUser(name, read_password()), click.echo)


def _passwd(db: Where, name: str) -> None:
    """Give the account NAME another password, asked for as by `add`, and end all its sessions."""
    change_user(db, f.SetPassword(name, read_password()), click.echo)


def _list_sessions(db: Where, name: str) -> None:
    """List the sessions of a user: how the id of each begins, when it began and was used last, and from where."""
    list_sessions(db, name, click.echo)


def _end_sessions(db: Where, name: str, session: str | None) -> None:
    """End all sessions of a user, or the one whose id begins so."""
    end_sessions(db, name, session, click.echo)


def read_password() -> str:
    """Ask for a password twice, or take the first line of standard input where nobody sits there."""
    if sys.stdin.isatty():
        password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return password
    try:
        line = sys.stdin.buffer.readline(MAX_LINE).decode("utf-8")
    except UnicodeDecodeError as error:
        msg = "the password on standard input is not UTF-8"
        raise BadText(msg, field="password") from error
    except OSError as error:  # it was opened for writing, or is a terminal of another job
        msg = f"the password cannot be read from standard input: {(error.strerror or str(error)).lower()}"
        raise BadText(msg, field="password") from error
    return line.removesuffix("\n").removesuffix("\r")


def _rename(db: Where, name: str, new_name: str) -> None:
    """Give the account NAME another name, under which its user logs in from then on; sessions go on."""
    change_user(db, f.RenameUser(name, new_name), click.echo)


def _show_as(db: Where, name: str, display_name: str) -> None:
    """Have a user shown by another name, which several may have; without it by the account's."""
    change_user(db, f.ShowUserAs(name, display_name), click.echo)


def _disable(db: Where, name: str, reason: str) -> None:
    """Keep a user out: their sessions end, and nobody can write to them."""
    change_user(db, f.DisableUser(name, reason), click.echo)


def _ban(db: Where, name: str, reason: str, until: datetime | None, lasts: timedelta | None) -> None:
    """Keep a user out and tell them why, and until when; then they are let in by themselves."""
    check_end("a ban", until, lasts)
    ban_user(db, name, reason, until, lasts, click.echo)


def _enable(db: Where, name: str) -> None:
    """Let a disabled user in again."""
    change_user(db, f.EnableUser(name), click.echo)


def _erase(db: Where, name: str, *, yes: bool) -> None:
    """Forget names, key, password and sessions of a user for good. What they wrote stays, of a deleted user."""
    if not yes:
        click.confirm(f"erase {name} for good?", abort=True, err=True)
    change_user(db, f.EraseUser(name), click.echo)


def user_commands(command: MakeCommand) -> click.Group:
    """Make the group."""
    name = click.Argument(["name"], metavar="NAME")
    new = click.Argument(["new_name"], metavar="NEW_NAME")
    shown = click.Argument(["display_name"], metavar="[DISPLAY_NAME]", required=False, default="")
    reason = click.Option(["--reason"], default="", help="Why, for the log and for those who run the chat.")
    told = click.Option(["--reason"], default="", help="Why; it is told to them.")
    yes = click.Option(["--yes"], is_flag=True, help="Do not ask.")
    return click.Group(
        "user",
        commands=[
            command("list", _list),
            command("add", _add, name),
            command("passwd", _passwd, name),
            command("rename", _rename, name, new),
            command("display-name", _show_as, name, shown),
            command("disable", _disable, name, reason),
            command("ban", _ban, name, told, *end_options()),
            command("enable", _enable, name),
            command("erase", _erase, name, yes),
        ],
        help="List, add, rename, disable, ban, enable and erase users, and set passwords.",
    )


def session_commands(command: MakeCommand) -> click.Group:
    """Make the group for sessions."""
    name = click.Argument(["name"], metavar="NAME")
    session = click.Argument(["session"], metavar="[SESSION]", required=False)
    return click.Group(
        "sessions",
        commands=[command("list", _list_sessions, name), command("end", _end_sessions, name, session)],
        help="List and end the sessions of a user.",
    )
