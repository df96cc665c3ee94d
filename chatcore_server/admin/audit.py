"""The record of what operators did: a file beside the database to which lines are added, and nothing else."""

from __future__ import annotations

import getpass
import json
import os
import socket
import struct
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs

from chatcore import ChatError, StorageError
from chatcore.view.text import clean_line
from chatcore.wire.codec import tag

from .address import beside

NOT_KNOWN = "?"
"""In the place of who it was, where the system does not tell."""

_CREDENTIALS = struct.Struct("3i")
"""What SO_PEERCRED gives (unix(7)): process, user and group."""


class Audit:
    """The record of one database, beside its path.

    Each act is a line when it begins, and a further one where it was refused.
    """

    def __init__(self, db: Path) -> None:
        self.path: Path = beside(db, "audit")

    def note(self, by: str, act: object, now_ms: int, refused: str = "", *, is_done: bool = False) -> None:
        """Add what somebody asks for, by its frame, and return when it is on disk; what is secret is left out.

        `refused` is the code of the error that it ended with; `is_done` is for what is recorded when it is over. Raises
        StorageError, which says whether it was done.
        """
        at = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds")
        record = {"at": at, "by": by, "act": tag(type(act)), **_said(act), **({"refused": refused} if refused else {})}
        try:
            # a name of a file may have bytes that are no letters: JSON has a way to write them
            self._add(json.dumps(record, ensure_ascii=False).encode(errors="backslashreplace") + b"\n")
        except OSError as error:
            what = "is done, and" if is_done else "is not done, since it"
            msg = (
                f"what is asked for {what} cannot be recorded in {self.path}: {(error.strerror or str(error)).lower()}"
            )
            raise StorageError(msg) from error

    def records(self) -> Iterator[Mapping[str, object]]:
        """Give all records, the oldest first; a line that no act has left has `damaged`. Raises StorageError."""
        try:
            with self.path.open("rb") as lines:
                for line in lines:
                    if line.strip():
                        yield _record(line)
        except FileNotFoundError:
            return
        except OSError as error:
            msg = f"cannot read {self.path}: {(error.strerror or str(error)).lower()}"
            raise StorageError(msg) from error

    def _add(self, line: bytes) -> None:
        # Only to be added to: whatever this program does with the descriptor, no byte that is there changes.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        file = os.open(self.path, flags, 0o600)
        try:
            before = os.fstat(file).st_size
            if before and not self._ends_a_line(before):  # of an act that a power cut has ended
                line = b"\n" + line
            written = os.write(file, line)
            if written < len(line):
                os.write(file, line[written:])
            os.fsync(file)
        finally:
            os.close(file)

    def _ends_a_line(self, size: int) -> bool:
        with self.path.open("rb") as file:
            file.seek(size - 1)
            return file.read(1) == b"\n"


@contextmanager
def recorded(db: Path, act: object, now_ms: Callable[[], int]) -> Iterator[None]:
    """Do within the block what this process does itself; raise StorageError where it cannot be recorded before."""
    audit, by = Audit(db), myself()
    audit.note(by, act, now_ms())
    try:
        yield
    except ChatError as error:
        audit.note(by, act, now_ms(), error.code)
        raise


def _said(act: object) -> Mapping[str, object]:
    """Return the fields of a frame, but for those that are shown to nobody."""
    kind: Any = type(act)
    return {field.name: getattr(act, field.name) for field in attrs.fields(kind) if field.repr}


def _record(line: bytes) -> Mapping[str, object]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    return record if isinstance(record, dict) else {"damaged": line.decode(errors="replace").rstrip("\n")}


def in_words(record: Mapping[str, object]) -> str:
    """Return a record as one line for people."""
    if "damaged" in record:
        return f"damaged: {clean_line(str(record['damaged']))}"
    at, by, act = (clean_line(str(record.get(name, NOT_KNOWN))) for name in ("at", "by", "act"))
    rest = [
        f"{clean_line(name)}={clean_line(json.dumps(value, ensure_ascii=False))}"
        for name, value in record.items()
        if name not in {"at", "by", "act"} and value not in (None, "")  # a newer version may say it by a list
    ]
    return " ".join([f"{at[:19].replace('T', ' ')} UTC", by, act, *rest])


def peer_of(link: socket.socket | None) -> str:
    """Return which user of the system is at the other end of a socket, as far as the system tells."""
    option = getattr(socket, "SO_PEERCRED", None)
    if link is None or option is None or link.family != getattr(socket, "AF_UNIX", None):
        return NOT_KNOWN
    try:
        _, user, _ = _CREDENTIALS.unpack(link.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size))
    except OSError:
        return NOT_KNOWN
    return _called(user)


def myself() -> str:
    """Return which user of the system runs this process."""
    if hasattr(os, "getuid"):
        return _called(os.getuid())
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return NOT_KNOWN


def _called(user: int) -> str:
    if sys.platform == "win32":
        return str(user)
    try:
        import pwd  # noqa: PLC0415 - not every system has it

        return pwd.getpwuid(user).pw_name
    except (ImportError, KeyError):
        return str(user)
