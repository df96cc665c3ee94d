"""What a client believes of what a server says, beyond its form: numbers that it can live with.

A hostile or broken server could else fill the memory of its clients, or show times that there are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..domain.messages import Last, Message
from ..domain.read_states import Run
from ..errors import BadFrame
from . import frames as f
from .limits import MAX_STRETCH

LAST_MS = 253_402_214_400_000
"""The last time that is believed, in ms since 1970: a day before the end of the year 9999, since zones differ."""


def check(frame: f.ServerFrame) -> None:
    """Raise BadFrame for numbers that no server of ours says."""
    match frame:
        case f.MessageEvent(message):
            _check_time(message.sent_at_ms)
        case f.Page():
            _check_messages(frame.messages)
            _check_runs(frame.read)
            _check_last(frame.tally.last)
        case f.ReadEvent() | f.Marked():
            _check_runs(frame.read)
            _check_last(frame.tally.last)
        case f.Counted():
            _check_last(frame.tally.last)
        case f.Posted():
            _check_time(frame.sent_at_ms)
        case f.Snapshot():
            for tally in (frame.general, *frame.tallies):
                _check_last(tally.last)
        case f.Tallies():
            for tally in frame.tallies:
                _check_last(tally.last)
        case _:  # it has neither runs nor times
            pass


def _check_messages(messages: Sequence[Message]) -> None:
    for place, message in enumerate(messages):
        if message.seq != messages[0].seq + place or message.seq < 1:
            msg = "the messages of a page have seqs without holes"
            raise BadFrame(msg, field="messages")
        _check_time(message.sent_at_ms)


def _check_runs(runs: Iterable[Run]) -> None:
    covered = 0
    for first, last in runs:
        covered += last - first + 1
        if first < 1 or last < first or covered > MAX_STRETCH:
            msg = f"runs go forwards, from 1 on, and cover {MAX_STRETCH:,} messages at most"
            raise BadFrame(msg, field="read")


def _check_last(last: Last | None) -> None:
    if last is not None:
        _check_time(last.sent_at_ms)


def _check_time(ms: int) -> None:
    if not 0 <= ms <= LAST_MS:
        msg = "a time is within the years 1970 to 9999"
        raise BadFrame(msg, field="sent_at_ms")
