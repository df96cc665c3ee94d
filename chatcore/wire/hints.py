"""Hints to bytes and back, for a bus between processes: JSON, as strict as frames are."""

from __future__ import annotations

from functools import cache
from typing import get_args

import attrs

from ..domain.events import MessagesRead
from ..domain.ids import UserId
from ..domain.tallies import Tally
from ..ports.bus import Hint
from .codec import Codec, plain_dumps, plain_loads


@attrs.frozen
class ReadBy:
    """MessagesRead as JSON can say it: its objects have no numbers for names."""

    reader: UserId
    tally: Tally
    seqs: tuple[int, ...]
    receipts: tuple[tuple[UserId, tuple[tuple[int, int], ...]], ...]


@cache
def _codec() -> Codec:
    kinds = tuple(kind for kind in get_args(Hint) if kind is not MessagesRead)
    # Not strict: a host of the next version may tell of what this one does not know.
    return Codec((*kinds, ReadBy), strict=False, loads=plain_loads, dumps=plain_dumps)


def encode(hint: Hint) -> bytes:
    """Return a hint as JSON in one line. Raises BadText for what JSON cannot say."""
    if isinstance(hint, MessagesRead):
        receipts = tuple((author, tuple(readers.items())) for author, readers in hint.receipts.items())
        return _codec().encode(ReadBy(hint.reader, hint.tally, hint.seqs, receipts))
    return _codec().encode(hint)


def decode(data: bytes) -> Hint | None:
    """Return the hint that the bytes stand for, None where it is of no known kind. Raises BadFrame."""
    hint: Hint | ReadBy | None = _codec().decode(data)
    if isinstance(hint, ReadBy):
        receipts = {author: dict(readers) for author, readers in hint.receipts}
        return MessagesRead(hint.reader, hint.tally, hint.seqs, receipts)
    return hint
