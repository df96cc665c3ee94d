"""What an operator and a running server say to each other, in the encoding of the chat's own frames, one a line."""

from __future__ import annotations

import attrs

from chatcore.wire.codec import Codec, plain_dumps, plain_loads
from chatcore.wire.frames import ErrorFrame

MAX_LINE = 64 * 1024
"""Bytes; the longest path is far shorter."""


@attrs.frozen
class BackUp:
    """Copy the database to a file of its own."""

    path: str
    "Absolute; the server writes it, with its own rights."
    replace: bool
    "Whether a file that is there already is replaced."


@attrs.frozen
class BackedUp:
    """The copy is whole and on disk."""

    users: int
    messages: int


Answer = BackedUp | ErrorFrame


def requests() -> Codec:
    """Make the codec of what an operator asks."""
    return Codec((BackUp,), strict=True, loads=plain_loads, dumps=plain_dumps)


def answers() -> Codec:
    """Make the codec of what the server answers."""
    return Codec((BackedUp, ErrorFrame), strict=True, loads=plain_loads, dumps=plain_dumps)
