"""Marking a whole conversation as read."""

from chatcore import GENERAL
from chatcore.client.marking import read_all
from chatcore.domain.marks import MAX_MARKS
from chatcore.testing import ChatWorld


async def test_all_messages_are_marked_however_many_there_are() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        count = MAX_MARKS + 5
        for number in range(count):
            await bob.post(GENERAL, f"message {number}")

        await read_all(alice, GENERAL, count)

        assert await alice.unread(GENERAL) == 0


async def test_what_came_after_the_newest_one_meant_stays_unread() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        for text in ("one", "two", "three"):
            await bob.post(GENERAL, text)

        await read_all(alice, GENERAL, 2)

        assert await alice.unread(GENERAL) == 1
