"""The servers of this machine that share a database: each has a door of its own, by its name."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from chatcore import NotFound, StorageError, Unreachable

from . import frames as f
from .call import call, is_left
from .databases import Shared, Where, check_doors

A = TypeVar("A", bound=f.Answer)


def door_of(db: Where, node: str | None) -> Path:
    """Return beside which path the door of the server in this process is: of a file's, beside that.

    Those that dead servers have left are gone then. `node` is its name, where somebody has given it one. Raises
    StorageError.
    """
    if isinstance(db, Path):
        return db
    folder = db.doors
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        check_doors(folder, 0o077)
        for path in folder.glob("*.sock"):
            if is_left(path):
                path.unlink(missing_ok=True)
    except OSError as error:
        msg = f"{folder}: {(error.strerror or str(error)).lower()}"
        raise StorageError(msg) from error
    return folder / (node or f"{socket.gethostname()}-{os.getpid()}")


def doors(db: Shared) -> Iterator[Path]:
    """Give beside which paths there are doors, by their names' order; nobody may be there. Raises StorageError."""
    folder = db.doors
    with suppress(OSError):
        check_doors(folder, 0o022)
        yield from sorted({path.with_suffix("") for path in folder.iterdir() if path.suffix in {".sock", ".port"}})


def open_door(db: Where) -> Path | None:
    """Return beside which path a server is asked: of a file's, beside that; of several the first that answers.

    None where none of several does. Raises StorageError.
    """
    if isinstance(db, Path):
        return db
    for door in doors(db):
        with suppress(Unreachable):
            if call(door, f.Status(), f.Running) is not None:
                return door
    return None


def asked(db: Shared, request: f.Request, expected: type[A]) -> dict[str, A | Unreachable]:
    """Ask all servers of this machine; each answers by its name. Raises ChatError."""
    answers: dict[str, A | Unreachable] = {}
    for door in doors(db):
        try:
            answer = call(door, request, expected)
        except Unreachable as error:
            answers[door.name] = error
        else:
            if answer is not None:
                answers[door.name] = answer
    return answers


def chosen(db: Shared, node: str | None, *, every: bool) -> list[Path]:
    """Return the doors of those that are meant: the one of this name, all, or the only one. Raises ChatError."""
    names = list(asked(db, f.Status(), f.Running))
    if not names:
        raise none_runs(db)
    if node is not None and node not in names:
        msg = f"no server {node} runs here on {db}, but {', '.join(names)}"
        raise NotFound(msg)
    if node is None and not every and len(names) > 1:
        msg = f"{len(names)} servers run here on {db}: say which with --node, or --all ({', '.join(names)})"
        raise NotFound(msg)
    return [db.doors / name for name in ([node] if node is not None else names)]


def none_runs(db: Shared) -> Unreachable:
    """Return the error that no server is there."""
    return Unreachable(f"no server of this user runs on {db} on this machine")
