"""The composition root of the commands for operators: what each does to a database, by whatever way."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from chatcore import ConversationId
from chatcore.adapters.sqlite.lock import alone
from chatcore.adapters.sqlite.place import check_exists, check_target
from chatcore.adapters.sqlite.tools.backup import back_up as copy_database
from chatcore.adapters.sqlite.tools.export import is_export, records
from chatcore.adapters.sqlite.tools.faults import faults
from chatcore.adapters.sqlite.tools.new_file import new_file
from chatcore.adapters.sqlite.tools.restore import restore as put_in_place
from chatcore.adapters.sqlite.tools.snapshot import Contents, contents, snapshot

from .call import call
from .frames import BackUp

Write = Callable[[str], object]
"""Takes one line."""


def fsck(db: Path, write: Write) -> bool:
    """Check the database beside whoever has it open, tell each fault; true where there is none. Raises ChatError."""
    with snapshot(db) as connection:
        is_clean = True
        for fault in faults(connection):
            is_clean = False
            write(fault)
        if is_clean:
            write(f"no faults: {contents(connection)}")
    return is_clean


def back_up(db: Path, to: Path, write: Write, *, replace: bool) -> None:
    """Copy the database: the server that has it open does it, or else this process. Raises ChatError."""
    answer = call(db, BackUp(str(to.absolute()), replace))
    if answer is not None:
        held = Contents(answer.users, answer.messages)
    else:
        check_exists(db)  # before the lock, which would make it
        with alone(db):
            held = copy_database(db, to, replace=replace)
    write(f"{to} has {held}")


def restore(db: Path, backup: Path, write: Write) -> None:
    """Make the database what a backup is, while no server runs. Raises ChatError."""
    held, former = put_in_place(db, backup, datetime.now(UTC))
    write(f"{db} has {held}")
    if former is not None:
        write(f"the former database is {former}")


def export(
    db: Path, write: Write, to: Path | None, *, conversation: ConversationId | None, replace: bool, is_ascii: bool
) -> None:
    """Write what the database has as JSON, a record a line, to a file or with `write`. Raises ChatError.

    JSON is UTF-8; where `write` can bring no more than ASCII unharmed, everything else is escaped.
    """
    with snapshot(db) as connection:
        lines = (
            json.dumps(record, ensure_ascii=is_ascii and to is None) for record in records(connection, conversation)
        )
        if to is None:
            for line in lines:
                write(line)
            return
        check_target(db, to)
        with new_file(to, replace=replace, kind=is_export) as part, part.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
