"""The command line's part for operators."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import click

from chatcore import ConversationId
from chatcore.process.streams import is_utf8

from ..config import CONFIG_VARIABLE, database, database_at, database_file
from . import app
from .databases import Shared, Where
from .invitation_commands import invitation_commands
from .user_commands import session_commands, user_commands

_FILE_FOR_POSTGRES = "A file with the password for PostgreSQL in its first line."

_DUMP = "PostgreSQL's own tools make backups of it while the servers run: pg_dump --format custom, or pg_basebackup"

_PUT_BACK = (
    "PostgreSQL's own tools put a backup of it back: stop all servers, then pg_restore a dump into an empty database"
)


def _fsck(db: Where) -> int:
    """Check the database: count every number in it again.

    Tells each fault in one line; the exit status is then 1. Changes nothing, and may run beside servers. A backup is
    checked with --db.
    """
    return int(not app.fsck(db, _tell))


def _backup(db: Path, file: str, *, force: bool) -> None:
    """Copy the database to FILE, while a server runs or not.

    Whatever was acknowledged before is in it. A running server writes the file, with its own rights.
    """
    app.back_up(db, Path(file), _tell, replace=force)


def _status(db: Where) -> None:
    """Tell whether a server runs on the database, where clients find it, and how many users are active.

    Of servers that share a database it tells of those that this user runs on this machine, each by its name. The exit
    status is 1 where none runs.
    """
    app.status(db, _tell)


def _stop(db: Where, node: str | None, *, every: bool) -> None:
    """Stop the server that runs on the database, as SIGTERM would, and wait until it has ended."""
    app.stop(db, node, _tell, every=every)


def _restore(db: Path, file: str) -> None:
    """Make the database what the backup FILE is. The server must be stopped.

    The former database is kept beside it under another name. Clients see that the history is another one and load it
    anew.
    """
    app.restore(db, Path(file), _tell)


def _export(db: Where, file: str, conversation: str | None, *, force: bool) -> None:
    """Write users, messages and read states to FILE, a JSON object a line.

    Without FILE, or with -, to standard output. Has no passwords and no tokens. May run beside servers.
    """
    to, only = (None if file == "-" else Path(file)), (ConversationId(conversation) if conversation else None)
    app.export(db, _tell, to, conversation=only, replace=force, is_ascii=not is_utf8(sys.stdout))


def _new_epoch(db: Where) -> None:
    """Have all clients drop what they hold and load the chat anew. The servers must be stopped.

    For a database that was put back by other means than `restore`, where nobody can say what clients were told.
    """
    app.new_epoch(db, _tell)


def _copy(source: str, target: str, from_password_file: str | None, to_password_file: str | None) -> None:
    """Copy everything to another database that nothing is in, and check it: from a file to PostgreSQL, or back.

    The servers must be stopped. Accounts, sessions, messages and read states go on as they are: clients come back by
    themselves. The copy is there whole, or nothing of it.
    """
    app.copy(_at(source, from_password_file), _at(target, to_password_file), _tell)


def _at(where: str, password_file: str | None) -> Where:
    db = database_at(where)
    return db if isinstance(db, Path) else Shared(db, password_file)


def _audit(db: Where, *, is_json: bool) -> None:
    """Tell what operators did: when, who by the system's name for them, what, and to whom."""
    app.audit(db, _tell, is_json=is_json, is_ascii=not is_utf8(sys.stdout))


def _tell(line: str) -> None:
    """Write a line to standard output."""
    click.echo(line)


def commands() -> list[click.Command]:
    """List the commands."""
    file = click.Argument(["file"], metavar="FILE")
    force = click.Option(["--force"], is_flag=True, help="Replace FILE where it is there already.")
    as_json = click.Option(["--json", "is_json"], is_flag=True, help="A JSON object a line.")
    node = click.Option(["--node"], metavar="NAME", help="Of several on one database, the one that `status` calls so.")
    every = click.Option(["--all", "every"], is_flag=True, help="Of several on one database, each of this machine.")
    output = click.Argument(["file"], metavar="[FILE]", required=False, default="-")
    only = click.Option(["--conversation"], metavar="ID", help="Only this one: general, or d.LOW.HIGH with user ids.")
    return [
        _command("status", _status, is_for_both=True),
        _command("stop", _stop, node, every, is_for_both=True),
        _command("fsck", _fsck, is_for_both=True),
        _command("backup", _backup, file, force, instead=_DUMP),
        _command("restore", _restore, file, instead=_PUT_BACK),
        _command("export", _export, output, only, force, is_for_both=True),
        _command("new-epoch", _new_epoch, is_for_both=True),
        click.Command("copy", callback=_copy, params=_copy_options(), help=_copy.__doc__),
        user_commands(_command_for_both),
        session_commands(_command_for_both),
        invitation_commands(_command_for_both),
        _command("audit", _audit, as_json, is_for_both=True),
    ]


def _copy_options() -> list[click.Parameter]:
    return [
        click.Option(["--from", "source"], metavar="FILE|URL", required=True, help="What is copied."),
        click.Option(["--to", "target"], metavar="FILE|URL", required=True, help="A new file, or an empty database."),
        click.Option(["--from-password-file"], metavar="FILE", help=_FILE_FOR_POSTGRES),
        click.Option(["--to-password-file"], metavar="FILE", help=_FILE_FOR_POSTGRES),
    ]


def _command(
    name: str, act: Callable[..., int | None], *params: click.Parameter, is_for_both: bool = False, instead: str = ""
) -> click.Command:
    """Make a command that is told the database by the same options, environment and file as the server.

    It gets the path of a file; with `is_for_both` it may get a database of PostgreSQL's, for which `instead` otherwise
    says what does the same.
    """

    def run(config: str | None, db: str | None, db_password_file: str | None = None, **given: Any) -> int | None:  # noqa: ANN401 - as click parses them
        file = config or os.environ.get(CONFIG_VARIABLE)
        said = {"db": db, "db_password_file": db_password_file}
        flags = {name: value for name, value in said.items() if value is not None}
        settled = flags, os.environ, Path(file) if file else None
        if not is_for_both:
            return act(database_file(*settled, instead), **given)
        found = database(*settled)
        return act(found.db if isinstance(found.db, Path) else Shared(*attrs.astuple(found)), **given)

    metavar = "FILE|URL" if is_for_both else "FILE"
    password = click.Option(["--db-password-file"], metavar="FILE", help=_FILE_FOR_POSTGRES)
    where = (
        click.Option(["--db"], metavar=metavar, help="The database, where it is not that of the settings."),
        *([password] if is_for_both else []),
        click.Option(["--config"], metavar="FILE", help="The server's TOML file with settings."),
    )
    return click.Command(name, callback=run, params=[*params, *where], help=act.__doc__)


def _command_for_both(name: str, act: Callable[..., int | None], *params: click.Parameter) -> click.Command:
    return _command(name, act, *params, is_for_both=True)
