"""What a client believes of what a server says, beyond its form: numbers that it can live with.

A hostile or broken server could else fill the memory of its clients, or show times that there are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..domain.messages import Message
from ..domain.read_states import Run
from ..domain.tallies import Tally
from ..errors import BadFrame
from . import frames as f
from .limits import MAX_STRETCH

LAST_MS = 253_402_214_400_000
"""The last time that is believed, in ms since 1970: a day before the end of the year 9999, since zones differ."""


def check(frame: f.ServerFrame) -> None:
    """Raise BadFrame for numbers that no server of ours says."""
    for ms in _times(frame):
        _check_time(ms)
    match frame:
        case f.Page():
            _check_messages(frame.messages)
            _check_runs(frame.read)
        case f.ReadEvent() | f.Marked():
            _check_runs(frame.read)
        case _:  # it has no runs
            pass


def _times(frame: f.ServerFrame) -> Iterator[int]:
    """Give all times of a frame."""
    match frame:
        case f.MessageEvent(message):
            yield message.sent_at_ms
        case f.Posted():
            yield frame.sent_at_ms
        case f.Page():
            yield from (message.sent_at_ms for message in frame.messages)
            yield from _last_times((frame.tally,))
        case f.ReadEvent() | f.Marked() | f.Counted():
            yield from _last_times((frame.tally,))
        case f.Snapshot():
            yield from _last_times((frame.general, *frame.tallies))
        case f.Tallies():
            yield from _last_times(frame.tallies)
        case f.Sessions():
            yield from (ms for session in frame.sessions for ms in (session.begun_at_ms, session.used_at_ms))
        case _:  # it has none
            pass


def _last_times(tallies: Iterable[Tally]) -> Iterator[int]:
    return (tally.last.sent_at_ms for tally in tallies if tally.last is not None)


def _check_messages(messages: Sequence[Message]) -> None:
    for place, message in enumerate(messages):
        if message.seq != messages[0].seq + place or message.seq < 1:
            msg = "the messages of a page have seqs without holes"
            raise BadFrame(msg, field="messages")


def _check_runs(runs: Iterable[Run]) -> None:
    covered = 0
    for first, last in runs:
        covered += last - first + 1
        if first < 1 or last < first or covered > MAX_STRETCH:
            msg = f"runs go forwards, from 1 on, and cover {MAX_STRETCH:,} messages at most"
            raise BadFrame(msg, field="read")


def _check_time(ms: int) -> None:
    if not 0 <= ms <= LAST_MS:
        msg = "a time is within the years 1970 to 9999"
        raise BadFrame(msg, field="sent_at_ms")
