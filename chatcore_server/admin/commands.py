"""The command line's part for operators."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from chatcore import ConversationId
from chatcore.process.streams import is_utf8

from ..config import CONFIG_VARIABLE, database_file
from . import app
from .user_commands import user_commands


def _fsck(db: Path) -> int:
    """Check the database: count every number in it again.

    Tells each fault in one line; the exit status is then 1. Changes nothing, and may run beside a server. A backup is
    checked with --db.
    """
    return int(not app.fsck(db, _tell))


def _backup(db: Path, file: str, *, force: bool) -> None:
    """Copy the database to FILE, while a server runs or not.

    Whatever was acknowledged before is in it. A running server writes the file, with its own rights.
    """
    app.back_up(db, Path(file), _tell, replace=force)


def _status(db: Path) -> None:
    """Tell whether a server runs on the database, where clients find it, and how many users are active.

    The exit status is 1 where none runs.
    """
    app.status(db, _tell)


def _stop(db: Path) -> None:
    """Stop the server that runs on the database, as SIGTERM would, and wait until it has ended."""
    app.stop(db, _tell)


def _restore(db: Path, file: str) -> None:
    """Make the database what the backup FILE is. The server must be stopped.

    The former database is kept beside it under another name. Clients see that the history is another one and load it
    anew.
    """
    app.restore(db, Path(file), _tell)


def _export(db: Path, file: str, conversation: str | None, *, force: bool) -> None:
    """Write users, messages and read states to FILE, a JSON object a line.

    Without FILE, or with -, to standard output. Has no passwords and no tokens. May run beside a server.
    """
    to, only = (None if file == "-" else Path(file)), (ConversationId(conversation) if conversation else None)
    app.export(db, _tell, to, conversation=only, replace=force, is_ascii=not is_utf8(sys.stdout))


def _tell(line: str) -> None:
    """Write a line to standard output."""
    click.echo(line)


def commands() -> list[click.Command]:
    """List the commands."""
    file = click.Argument(["file"], metavar="FILE")
    force = click.Option(["--force"], is_flag=True, help="Replace FILE where it is there already.")
    output = click.Argument(["file"], metavar="[FILE]", required=False, default="-")
    only = click.Option(["--conversation"], metavar="ID", help="Only this one: general, or d.LOW.HIGH with user ids.")
    return [
        _command("status", _status),
        _command("stop", _stop),
        _command("fsck", _fsck),
        _command("backup", _backup, file, force),
        _command("restore", _restore, file),
        _command("export", _export, output, only, force),
        user_commands(_command),
    ]


def _command(name: str, act: Callable[..., int | None], *params: click.Parameter) -> click.Command:
    """Make a command that is told the database by the same options, environment and file as the server."""

    def run(db: str | None, config: str | None, **given: Any) -> int | None:  # noqa: ANN401 - as click parses them
        file = config or os.environ.get(CONFIG_VARIABLE)
        flags = {"db": db} if db is not None else {}
        return act(database_file(flags, os.environ, Path(file) if file else None), **given)

    where = (
        click.Option(["--db"], metavar="FILE", help="The database, where it is not that of the settings."),
        click.Option(["--config"], metavar="FILE", help="The server's TOML file with settings."),
    )
    return click.Command(name, callback=run, params=[*params, *where], help=act.__doc__)
