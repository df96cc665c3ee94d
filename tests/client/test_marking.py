"""Marking a whole conversation as read."""

import attrs
import pytest

from chatcore import GENERAL, BadFrame, ConversationId
from chatcore.client.marking import IN_VAIN, read_all
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


@attrs.define
class Hostile:
    """What a client says of a server that has so many messages, of which the one at `unread_seq` stays unread."""

    unread_seq: int = 0
    marked: int = 0

    async def unread(self, _: ConversationId) -> int:
        return 1 if self.unread_seq < 1 or not self.unread_seq >= self._reached else 0

    async def mark_read(self, _: ConversationId, *seqs: int) -> None:
        self.marked += 1
        self._reached = seqs[0]

    _reached: int = 2**60


async def test_a_server_that_says_the_greatest_number_and_that_all_is_unread_is_not_believed_for_ever() -> None:
    hostile = Hostile()

    with pytest.raises(BadFrame, match="none of them can be marked"):
        await read_all(hostile, GENERAL, 2**53)

    assert hostile.marked == IN_VAIN


async def test_an_unread_message_below_a_million_that_were_read_is_reached() -> None:
    far_up = Hostile(unread_seq=7)

    await read_all(far_up, GENERAL, 1_000_000)

    assert far_up.marked == 2_000
