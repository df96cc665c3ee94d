"""Where the socket of a running server is: beside its database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LONGEST = 107
"""Bytes that the address of a Unix socket may have on Linux (unix(7): 108 with the zero at the end)."""


def socket_path(db: Path) -> Path:
    """Give the socket's path: the same by whatever links the database is reached."""
    resolved = db.resolve()
    return resolved.with_name(f"{resolved.name}.sock")


@contextmanager
def reachable(path: Path) -> Iterator[str]:
    """Give an address by which a socket can be bound or reached while in the block, however long its path is.

    Raises OSError where there is no such directory.
    """
    if len(os.fsencode(path)) <= _LONGEST:
        yield str(path)
        return
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)
