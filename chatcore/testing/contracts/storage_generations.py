"""What every storage promises about its history: whether what a client was told still holds."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

import attrs

from ...domain.generations import Point
from ...ports.storage import Storage
from .storage_base import ALICE, ALICE_BOB, BOB, CAROL, StorageBase, enrol, send


async def told(storage: Storage) -> Point:
    """Return what a client is told at log-in."""
    return (await storage.overview(ALICE, 5)).point


async def holds(storage: Storage, point: Point | None) -> bool:
    """Return whether what was told belongs to the storage's history."""
    return (await storage.overview(ALICE, 5, point)).is_same


class GenerationsContract(StorageBase):
    """Starts of a server."""

    async def test_a_start_is_told_with_how_far_log_and_directory_have_come(self, storage: Storage) -> None:
        await storage.begin("one")
        await enrol(storage, ALICE, BOB)
        messages = await send(storage, ALICE, ALICE_BOB, "hello", "again")

        assert await told(storage) == Point("one", messages[-1].number, 2)

    async def test_who_was_told_nothing_is_always_right(self, storage: Storage) -> None:
        await storage.begin("one")

        assert await holds(storage, None)

    async def test_what_was_told_before_restarts_holds_up_to_where_the_next_one_began(self, storage: Storage) -> None:
        await storage.begin("one")
        await enrol(storage, ALICE)
        await send(storage, ALICE, ALICE_BOB, "hello")
        first = await told(storage)
        storage = await self.reopen(storage)
        await storage.begin("two")
        await enrol(storage, BOB)
        await send(storage, BOB, ALICE_BOB, "and you?")
        storage = await self.reopen(storage)
        await storage.begin("three")
        now = await told(storage)

        assert now == attrs.evolve(first, generation="three", number=now.number, facts=2)
        assert now.number > first.number
        assert await holds(storage, first)
        assert await holds(storage, attrs.evolve(now, generation="two"))
        assert not await holds(storage, attrs.evolve(first, number=first.number + 1))
        assert not await holds(storage, attrs.evolve(first, facts=2))

    async def test_what_was_told_of_a_start_that_it_does_not_know_does_not_hold(self, storage: Storage) -> None:
        await storage.begin("one")
        await enrol(storage, ALICE, BOB, CAROL)

        assert not await holds(storage, Point("of the file that was here before", 0, 0))
