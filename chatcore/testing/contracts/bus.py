"""The tests that every bus passes: inherit, give a fixture `bus`, get the tests."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from ...domain.events import ClientCameBack, MessagePosted, MessagesRead, SessionEnded, UserRegistered
from ...domain.hosts import HostPresence, HostPresenceChanged, HostPresenceWanted
from ...domain.ids import ClientId
from ...domain.messages import Message
from ...domain.tallies import Tally
from ...domain.users import User
from ...ports.bus import Bus, Hint
from .storage_base import ALICE, ALICE_BOB, BOB, NOON

PATIENCE = 10.0
"""Seconds in which everything that was published arrives."""

POSTED = MessagePosted(Message(ALICE_BOB, 7, ALICE, ClientId("c-7"), "zażółć 🦆", NOON, 6, 3, 9))
READ = MessagesRead(BOB, Tally(ALICE_BOB, 7, 6, 3, None, 2, 5), (1, 4), {ALICE: {1: 1, 4: 1}})
ENROLLED = UserRegistered(User(ALICE, "alice", 1, 1))
ENDED = SessionEnded("5f" * 32)
BACK = ClientCameBack("5f" * 32, "instance")
PRESENT = HostPresence("host-1", 3, (ALICE, BOB))
CHANGED = HostPresenceChanged("host-1", 4, came=(ALICE,), went=(BOB,))
LIVES = HostPresenceChanged("host-1", 4)
WANTED = HostPresenceWanted("host-1")
HINTS: list[Hint] = [POSTED, READ, ENROLLED, ENDED, BACK, PRESENT, CHANGED, LIVES, WANTED]

LAST = UserRegistered(User(BOB, "bob", 2, 2))
"""Published last in each test: when it has arrived, so has everything before it."""


class Ear:
    """A subscriber that keeps what it hears."""

    def __init__(self, bus: Bus) -> None:
        self.heard: list[Hint] = []
        self._has_heard = asyncio.Event()
        self.leave: Callable[[], None] = bus.subscribe(self, self._hear)

    def _hear(self, events: Sequence[Hint]) -> None:
        self.heard += events
        if LAST in events:
            self._has_heard.set()

    async def until_the_last(self) -> list[Hint]:
        """Wait for LAST; give what came before it."""
        async with asyncio.timeout(PATIENCE):
            await self._has_heard.wait()
        return self.heard[: self.heard.index(LAST)]


class BusContract:
    """What the port `chatcore.ports.bus.Bus` promises, as tests for pytest with pytest-asyncio.

    Inherit in a class whose name begins with `Test`, and override the fixture `bus`: it gives a bus to which nobody
    listens. A bus may lose hints where something breaks; while nothing does, as here, it passes them on.
    """

    @pytest.fixture
    def bus(self) -> Bus:
        """Return a bus."""
        msg = "override the fixture `bus`"
        raise NotImplementedError(msg)

    @pytest.mark.parametrize("hint", HINTS)
    async def test_others_hear_each_kind_of_hint_as_it_was(self, bus: Bus, *, hint: Hint) -> None:
        ears = [Ear(bus), Ear(bus)]

        bus.publish([hint], object())
        bus.publish([LAST], object())

        assert [await ear.until_the_last() for ear in ears] == [[hint], [hint]]

    async def test_others_hear_hints_of_several_kinds_that_were_published_at_once(self, bus: Bus) -> None:
        ear = Ear(bus)

        bus.publish([*HINTS, LAST], object())

        assert await ear.until_the_last() == HINTS

    async def test_the_publisher_does_not_hear_itself(self, bus: Bus) -> None:
        publisher, other = Ear(bus), Ear(bus)

        bus.publish([POSTED], publisher)
        bus.publish([LAST], other)

        assert await publisher.until_the_last() == []
        assert other.heard == [POSTED]

    async def test_hints_of_one_publisher_come_in_their_order(self, bus: Bus) -> None:
        ear, publisher = Ear(bus), object()
        hints: list[Hint] = [UserRegistered(User(ALICE, "alice", number, number)) for number in range(3, 103)]

        for first in range(0, 100, 5):
            bus.publish(hints[first : first + 5], publisher)
        bus.publish([LAST], publisher)

        assert await ear.until_the_last() == hints

    async def test_publishing_returns_before_anybody_is_told(self, bus: Bus) -> None:
        ear = Ear(bus)

        bus.publish([LAST], object())
        heard_at_once = list(ear.heard)

        assert (heard_at_once, await ear.until_the_last(), ear.heard) == ([], [], [LAST])

    async def test_who_has_left_hears_nothing_more(self, bus: Bus) -> None:
        left, stays = Ear(bus), Ear(bus)

        left.leave()
        left.leave()
        bus.publish([POSTED, LAST], object())

        await stays.until_the_last()
        assert left.heard == []

    async def test_where_nobody_listens_nothing_happens(self, bus: Bus) -> None:
        bus.publish([POSTED], object())
