"""By which of a frontend's colours a sender is told apart: always by the same one."""

from __future__ import annotations

from zlib import crc32

from ..domain.ids import UserId

COLOURS = 6
"""How many colours a frontend has for senders."""


def colour_of(sender: UserId) -> int:
    """Return the number of a sender's colour, from 0 on."""
    return crc32(sender.encode()) % COLOURS
