"""Damage to a database's file, and other programs that are in its way."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

PAGE = 4096


def damage(path: Path, text: str) -> None:
    """Spoil each page of the database on which the text stands."""
    content = bytearray(path.read_bytes())
    at = content.find(text.encode())
    assert at > PAGE, "the text stands on no page of its own"
    while at != -1:
        page = at // PAGE * PAGE
        content[page : page + PAGE] = b"\xff" * PAGE
        at = content.find(text.encode(), page)
    path.write_bytes(content)


@contextmanager
def locked(path: Path) -> Iterator[sqlite3.Connection]:
    """Hold the lock for writing, as an editor of databases does while something is being changed in it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as editor:
        editor.execute("begin immediate")
        yield editor


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Let no file of this process grow further."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
