"""An outbox kept in a file: a journal of what was written and what was answered, one JSON object a line."""

from __future__ import annotations

import errno
import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import attrs
from filelock import FileLock, Timeout

from ..domain.ids import ClientId
from ..errors import StorageError, StorageFull
from ..ports.outbox import OUTBOX, KeptPost

log = logging.getLogger(__name__)


class OutboxFile:
    """Keeps posts in a file that only its owner can read.

    One program at a time has the file: a second one that opens it meanwhile keeps its posts in memory only. Each line
    is handed to the operating system before the post is sent, so that the end of the program loses nothing.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._lock = FileLock(f"{self._path}.lock", timeout=0)
        self._journal: IO[bytes] | None = None
        self._waiting: set[ClientId] = set()
        "Of whom the journal says that they wait."

    def open(self) -> Sequence[KeptPost]:
        with _translating(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                self._lock.acquire()
            except Timeout:
                log.info("another program has the outbox %s: this one keeps its posts in memory", self._path)
                return ()
            posts = self._read()
            self._begin(posts)
            return posts

    def keep(self, post: KeptPost) -> None:
        self._write(attrs.asdict(post))
        self._waiting.add(post.client_id)

    def drop(self, client_id: ClientId) -> None:
        self._write({"dropped": client_id})
        self._waiting.discard(client_id)
        if self._journal is not None and not self._waiting:
            self._journal.truncate(0)  # nothing waits: the journal need not grow

    def close(self) -> None:
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        self._lock.release()

    def _read(self) -> list[KeptPost]:
        posts: dict[str, KeptPost] = {}
        lines = self._path.read_text("utf-8", errors="replace").splitlines() if self._path.exists() else []
        for number, line in enumerate(lines, 1):
            try:
                entry = json.loads(line)
                if "dropped" in entry:
                    posts.pop(entry["dropped"], None)
                else:
                    posts[entry["client_id"]] = KeptPost(**entry)
            except (ValueError, TypeError, KeyError):
                # The last line of a program that was killed may be half; anything else was not written by us.
                log.warning("line %d of the outbox %s is not readable and is passed over", number, self._path)
        return list(posts.values())

    def _begin(self, posts: Sequence[KeptPost]) -> None:
        """Write the journal anew with what is still kept, in one step: all or nothing of it is there."""
        fresh = self._path.with_name(f"{self._path.name}.new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as journal:
            journal.writelines(_line(attrs.asdict(post)) for post in posts)
        fresh.replace(self._path)
        self._journal = self._path.open("ab", buffering=0)
        self._waiting = {post.client_id for post in posts}

    def _write(self, entry: dict[str, object]) -> None:
        """Write a line, the whole of it or nothing."""
        if self._journal is None:
            return
        line, length = _line(entry), os.fstat(self._journal.fileno()).st_size
        with _translating(self._path):
            if self._journal.write(line) != len(line):
                os.ftruncate(self._journal.fileno(), length)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _line(entry: dict[str, object]) -> bytes:
    return json.dumps(entry).encode() + b"\n"  # escaped: some characters of a message end a line, too


@contextmanager
def _translating(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            msg = f"there is no room for the outbox {path}"
            raise StorageFull(msg, field=OUTBOX) from error
        msg = f"the outbox {path} cannot be used: {error.strerror or error}"
        raise StorageError(msg, field=OUTBOX) from error
