"""One journal in a file that a running program has for itself: records by key, one JSON object a line."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Self

from filelock import lock_descriptor

Record = dict[str, object]

SMALL = 1 << 16
"""A journal of fewer bytes is not written anew, however little of it counts."""

TRIES = 100
"""How many times another program may remove a file while it is being opened."""

_FLAGS = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0)


class JournalFile:
    """The journal of one program. Each line is handed to the operating system before a call returns.

    What is not understood (a line of a newer version, half a line of a program that was killed, damage) stays in the
    file as it is.
    """

    path: Path

    def __init__(self, path: Path, handle: int, key: str) -> None:
        """`handle` is of the locked file; `key` is the field by which records are known."""
        self.path, self._handle, self._key = path, handle, key
        self.records: dict[str, Record] = {}
        "In the order in which they were first put."
        self.strange: list[bytes] = []
        "Lines that are not understood."
        self._is_torn = False
        "Whether the last line has no end."
        self._read()

    @classmethod
    def claim(cls, path: Path, key: str, *, create: bool = True) -> Self | None:
        """Have a file for oneself until `close`; None where another program has it, or it is not there.

        Raises OSError.
        """
        for _ in range(TRIES):
            try:
                handle = os.open(path, _FLAGS | (os.O_CREAT if create else 0), 0o600)
            except FileNotFoundError:
                if create:
                    raise
                return None
            try:
                if not _lock_file(handle):
                    os.close(handle)
                    return None
                if _leads_to(path, handle):
                    return cls(path, handle, key)
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)  # whoever had it has removed or replaced it meanwhile
        return None

    @property
    def is_lost(self) -> bool:
        """Whether somebody has removed, moved or replaced the file."""
        return not _leads_to(self.path, self._handle)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that anybody needs."""
        return not self.records and not self.strange

    def put(self, record: Record) -> None:
        """Add a record, or put it in the place of the one with the same key. Raises OSError; then nothing is there."""
        self._write(_line(record))
        self.records[str(record[self._key])] = record
        self._keep_small()

    def drop(self, key: str) -> None:
        """Take a record out, if it is there. Raises OSError."""
        if key not in self.records:
            return
        if len(self.records) == 1 and not self.strange:
            os.ftruncate(self._handle, 0)  # nothing is left: the journal need not grow
            self._is_torn = False
        else:
            self._write(_line({"dropped": key}))
        del self.records[key]
        self._keep_small()

    def take(self, strange: Iterable[bytes], records: Iterable[Record]) -> None:
        """Add what another journal had. Raises OSError."""
        for line in strange:
            if line in self.strange:
                continue
            self._write(line + b"\n")
            self.strange.append(line)
        for record in records:
            self.put(record)

    def close(self) -> None:
        """Let go of it; an empty one is removed."""
        if self.is_empty and not self.is_lost:
            with suppress(OSError):  # an empty file does no harm
                self.path.unlink()
        os.close(self._handle)

    def _read(self) -> None:
        with open(self._handle, "rb", closefd=False) as file:
            file.seek(0)
            data = file.read()
        self._is_torn = bool(data) and not data.endswith(b"\n")
        for line in data.split(b"\n"):
            if line.strip():
                self._read_line(line)
        if data and self.is_empty:
            os.ftruncate(self._handle, 0)
            self._is_torn = False

    def _read_line(self, line: bytes) -> None:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            record = None
        known = record.get(self._key) if isinstance(record, dict) else None
        dropped = record.get("dropped") if isinstance(record, dict) else None
        if isinstance(dropped, str):
            self.records.pop(dropped, None)
        elif isinstance(known, str):
            self.records[known] = record
        else:
            self.strange.append(line)

    def _write(self, line: bytes) -> None:
        """Write a line, the whole of it or nothing."""
        _write_whole(self._handle, b"\n" + line if self._is_torn else line)
        self._is_torn = False

    def _keep_small(self) -> None:
        """Write it anew where most of it counts no more."""
        length = os.fstat(self._handle).st_size
        if length <= SMALL:
            return
        content = b"".join([*(line + b"\n" for line in self.strange), *map(_line, self.records.values())])
        if length > 4 * len(content):
            with suppress(OSError):  # it may grow as well
                self._replace(content)

    def _replace(self, content: bytes) -> None:
        """Put a new file in its place in one step, locked before anybody can see it."""
        fresh = self.path.with_name(f"{self.path.name}.new")
        handle = os.open(fresh, _FLAGS | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            _lock_file(handle)
            _write_whole(handle, content)
            os.fsync(handle)
            fresh.replace(self.path)
        except BaseException:
            os.close(handle)
            fresh.unlink(missing_ok=True)
            raise
        os.close(self._handle)
        self._handle, self._is_torn = handle, False


def _line(record: Record) -> bytes:
    return json.dumps(record).encode() + b"\n"  # escaped: some characters of a text end a line, too


def _lock_file(handle: int) -> bool:
    """Lock a file for oneself; False where another program has it. Raises OSError, also where it is no file."""
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        raise PermissionError(errno.EACCES, "it is no file")
    return lock_descriptor(handle, blocking=False)


def _leads_to(path: Path, handle: int) -> bool:
    """Return whether a path leads to an open file: it may have been removed, moved or replaced.

    Where that cannot be found out it is believed.
    """
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except OSError as error:
        return error.errno not in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}


def _write_whole(handle: int, data: bytes) -> None:
    """Write all of it or nothing. Raises OSError."""
    length = os.fstat(handle).st_size
    if os.write(handle, data) != len(data):
        os.ftruncate(handle, length)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
