"""The journals of one kind: that of this program, those that ended programs have left, those of others that run."""

from __future__ import annotations

import errno
import logging
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import StorageError, StorageFull
from .journal_file import JournalFile, Record

log: logging.Logger = logging.getLogger(__name__)

MOST = 100
"""How many programs can have a journal at once."""

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Journals:
    """One file for each running program: the path itself, or the path with a number where others have those before.

    A file belongs to whoever has its lock, which ends with the program however it ends. What an ended program has left
    is taken over in its place; a file that was removed or moved away meanwhile is written anew.
    """

    def __init__(
        self, path: str | os.PathLike[str], key: str, kind: str, former: Iterable[str | os.PathLike[str]] = ()
    ) -> None:
        """`key` is the field by which records are known; `kind` is what errors call it, in words and as their field.

        What ended programs have left under a `former` path, in the same folder, is taken over, too.
        """
        self._former = [Path(each).name for each in former]
        self._given, self._key, self._kind = Path(path), key, kind
        self._path = self._given
        self._own: JournalFile | None = None
        self._left: list[JournalFile] = []
        self._found: list[Sequence[Record]] = []

    def open(self) -> None:
        """Have a file, and what others have left. Raises StorageFull, StorageError."""
        self._claim()
        self.take_over()

    def take_over(self) -> None:
        """Have the files of programs that have ended meanwhile; write anew what is lost. Raises nothing."""
        with suppress(StorageFull, StorageError):
            self._recover()
        try:
            names = [path for path in self._path.parent.iterdir() if self._is_ours(path)]
        except OSError:
            return
        held = {file.path for file in self._files}
        for path in sorted(names, key=lambda path: (len(path.name), path.name)):
            if path not in held:
                self._take(path)

    def found(self) -> list[Sequence[Record]]:
        """Return the records of each file that was taken over since the last call, in their order."""
        found, self._found = self._found, []
        return found

    def record(self, key: str) -> Record:
        """Return what is kept under a key; empty where nothing is."""
        return next((file.records[key] for file in self._files if key in file.records), {})

    def put(self, record: Record) -> None:
        """Keep a record in the place of the one with the same key, and not under a former path any more.

        Raises StorageFull, StorageError.
        """
        self._recover()
        key = str(record[self._key])
        own = self._claim()
        own_names = (self._path.name,)
        file = next((file for file in self._files if key in file.records and _is_of(file.path, own_names)), own)
        with self._translating():
            file.put(record)
            for other in self._files:
                if other is not file:
                    other.drop(key)

    def drop(self, key: str) -> None:
        """Keep a record no more. Raises StorageFull, StorageError."""
        for file in self._files:
            with self._translating():
                file.drop(key)

    def close(self) -> None:
        """Let go of all files; what is in them stays, also where somebody has removed one meanwhile."""
        with suppress(StorageFull, StorageError):
            self._recover()
        for file in self._files:
            file.close()
        self._own, self._left = None, []

    @property
    def _files(self) -> list[JournalFile]:
        return [*([self._own] if self._own else []), *self._left]

    def _claim(self) -> JournalFile:
        """Return the file for what is put from now on."""
        if self._own is None:
            with self._translating():
                self._path = Path(os.path.realpath(self._given))  # by whatever name: the same files
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._own = self._first_free()
            if self._own.records:
                self._found.append(list(self._own.records.values()))
        return self._own

    def _first_free(self) -> JournalFile:
        held = {file.path for file in self._left if not file.is_lost}
        for number in range(1, MOST + 1):
            path = self._path if number == 1 else self._path.with_name(f"{self._path.name}.{number}")
            if path in held:
                continue
            try:
                file = JournalFile.claim(path, self._key)
            except (PermissionError, IsADirectoryError):
                if not os.path.lexists(path):
                    raise
                continue  # somebody else's, or no file: there are other names
            if file is not None:
                return file
        raise OSError(errno.EMFILE, f"{MOST} programs use it already")

    def _take(self, path: Path) -> None:
        try:
            file = JournalFile.claim(path, self._key, create=False)
        except OSError as error:
            log.warning("the %s %s is left as it is: %s", self._kind, path, error.strerror or error)
            return
        if file is None:
            return
        if file.is_empty:
            file.close()
            return
        self._left.append(file)
        self._found.append(list(file.records.values()))

    def _recover(self) -> None:
        """Write anew what was in files that somebody has removed, moved or replaced."""
        for lost in [file for file in self._files if file.is_lost]:
            log.warning("the %s %s is not there any more and is written anew", self._kind, lost.path)
            if lost is self._own:
                self._own, self._left = None, [*self._left, lost]
            own = self._claim()
            with self._translating():
                own.take(lost.strange, lost.records.values())
            self._left.remove(lost)
            lost.close()

    def _is_ours(self, path: Path) -> bool:
        return _is_of(path, (self._path.name, *self._former))

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in _NO_ROOM:
                msg = f"there is no room for the {self._kind} {self._given}"
                raise StorageFull(msg, field=self._kind) from error
            msg = f"the {self._kind} {self._given} cannot be used: {error.strerror or error}"
            raise StorageError(msg, field=self._kind) from error


def _is_of(path: Path, names: Iterable[str]) -> bool:
    """Return whether a file is one of those that programs which are given one of these names have."""
    return any(re.fullmatch(re.escape(name) + r"(\.\d+)?", path.name) for name in names)
