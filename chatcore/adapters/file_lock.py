"""A lock on an open file itself, whatever it is called, and whether a path still leads to it."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30
    "The byte that is locked: one that nobody reads, since a lock there keeps others from reading."

    def _lock(handle: int) -> None:
        os.lseek(handle, _FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


_TAKEN = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}


def try_lock(handle: int) -> bool:
    """Lock an open file until it is closed; False where somebody else has it. Raises OSError where none can be had."""
    try:
        _lock(handle)
    except OSError as error:
        if error.errno in _TAKEN:
            return False
        raise
    return True


def leads_to(path: Path, handle: int) -> bool:
    """Tell whether a path leads to an open file: it may have been removed, moved or replaced.

    Where that cannot be found out it is believed.
    """
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except OSError as error:
        return error.errno not in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}
