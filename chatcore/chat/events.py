"""What has happened in a chat, given again from any place on: at least once, in the order of commits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import attrs

from ..domain.generations import Point
from ..domain.messages import Message
from ..domain.users import User
from ..errors import OtherHistory
from ..ports.clock import Clock
from ..ports.commits import Commit
from ..ports.storage import Happening, Storage
from ..tasks import first_of

AT_ONCE = 500
"""Events that are read at once."""
LOOK_EVERY = 2.0
"""Seconds after which it is looked for what other hosts have stored."""


@attrs.frozen
class ChatEvent:
    """A message that was stored, or a user who registered; the other one is None."""

    cursor: str
    "The place after this event, to be stored with what was made of it."
    message: Message | None
    user: User | None


@attrs.frozen
class _Cursor:
    epoch: str
    point: Point

    def __str__(self) -> str:
        return f"{self.point.number}.{self.point.facts}.{self.epoch}.{self.point.generation}"


def _parsed(cursor: str) -> _Cursor:
    number, _, rest = cursor.partition(".")
    fact, _, rest = rest.partition(".")
    epoch, _, generation = rest.partition(".")
    if not (number.isdecimal() and fact.isdecimal() and epoch and generation):
        msg = f"after is the cursor of an event, not {cursor!r:.40}"
        raise ValueError(msg)
    return _Cursor(epoch, Point(generation, int(number), int(fact)))


async def events(storage: Storage, clock: Clock, after: str | None, closing: asyncio.Event) -> AsyncIterator[ChatEvent]:
    """Give events until the chat is closing. Raises OtherHistory, ValueError."""
    place = None if after is None else _parsed(after)
    stirred = asyncio.Event()

    def committed(_commit: Commit) -> None:
        stirred.set()

    undo = storage.listen(committed)
    try:
        while not closing.is_set():
            stirred.clear()
            read = await storage.happenings(None if place is None else place.point, AT_ONCE)
            if not read.is_same or (place is not None and place.epoch != read.epoch):
                raise OtherHistory
            for happening in read.happened:
                place = _Cursor(read.epoch, Point(read.generation, happening.number, happening.fact))
                yield _event(happening, place)
            if not read.happened:
                await _stir(stirred, closing, clock)
    finally:
        undo()


async def _stir(stirred: asyncio.Event, closing: asyncio.Event, clock: Clock) -> None:
    """Wait for a commit, the end, or some time."""
    with suppress(TimeoutError):  # another host may have stored something
        async with clock.timeout(LOOK_EVERY):
            await first_of(stirred.wait(), closing.wait())


def _event(happening: Happening, place: _Cursor) -> ChatEvent:
    return ChatEvent(str(place), happening.message, happening.user)
