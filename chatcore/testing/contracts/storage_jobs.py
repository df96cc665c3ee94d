"""What every storage promises to work in the background: positions that stay, and who has not read what."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

from collections.abc import Iterable

from ...domain.messages import Message
from ...ports.storage import Storage
from .storage_base import (
    ALICE,
    ALICE_BOB,
    ALICE_CAROL,
    BOB,
    BOB_CAROL,
    CAROL,
    GENERAL,
    NOON,
    StorageBase,
    enrol,
    read,
    send,
)


def texts(messages: Iterable[Message]) -> list[str]:
    """Name messages by their texts."""
    return [message.text for message in messages]


class JobsContract(StorageBase):
    """Positions of jobs, and the log from a number on."""

    async def test_positions_stay_each_job_has_its_own_and_none_forgets_one(self, storage: Storage) -> None:
        before = await storage.positions("missed")
        for job in ("missed", "other"):
            await storage.take_job(job, "here", NOON)
        await storage.keep_positions("missed", "here", {"": 1, "a": 2, "b": 3})
        await storage.keep_positions("other", "here", {"": 9})
        await storage.keep_positions("missed", "here", {"": 4, "b": None, "c": None})
        storage = await self.reopen(storage)

        assert before == {}
        assert await storage.positions("missed") == {"": 4, "a": 2}
        assert await storage.positions("other") == {"": 9}

    async def test_a_job_is_one_hosts_until_that_one_leaves_it(self, storage: Storage) -> None:
        taken = [await storage.take_job("missed", host, NOON) for host in ("here", "there", "here")]
        other = await storage.take_job("other", "there", NOON)
        await storage.leave_job("missed", "there")
        still = await storage.take_job("missed", "there", NOON)
        await storage.leave_job("missed", "here")

        assert (taken, other, still) == ([True, False, True], True, False)
        assert await storage.take_job("missed", "there", NOON)

    async def test_positions_are_kept_of_the_host_that_has_the_job_and_of_no_other(self, storage: Storage) -> None:
        nobodys = await storage.keep_positions("missed", "here", {"": 1})
        await storage.take_job("missed", "here", NOON)
        own = await storage.keep_positions("missed", "here", {"": 2})
        others = await storage.keep_positions("missed", "there", {"": 3, "a": 3})

        assert (nobodys, own, others) == (False, True, False)
        assert await storage.positions("missed") == {"": 2}

    async def test_a_start_returns_how_far_the_log_has_come(self, storage: Storage) -> None:
        await storage.begin("one")
        (message,) = await send(storage, ALICE, ALICE_BOB, "hello")

        assert (await storage.begin("two")).number == message.number

    async def test_messages_are_listed_between_two_numbers_with_and_without_crowds(self, storage: Storage) -> None:
        await enrol(storage, ALICE, BOB, CAROL)
        (one,) = await send(storage, ALICE, ALICE_BOB, "one")
        await send(storage, BOB, GENERAL, "two")
        await send(storage, CAROL, BOB_CAROL, "three")
        (four,) = await send(storage, ALICE, ALICE_BOB, "four")
        await send(storage, ALICE, ALICE_BOB, "five")

        everything = await storage.messages_between(0, four.number, 10, crowds=True)

        assert texts(everything) == ["one", "two", "three", "four"]
        assert everything[0] == one
        assert texts(await storage.messages_between(0, four.number, 10, crowds=False)) == ["one", "three", "four"]
        assert texts(await storage.messages_between(one.number, four.number, 2, crowds=True)) == ["two", "three"]

    async def test_messages_that_one_user_has_not_read_are_listed_between_two_numbers(self, storage: Storage) -> None:
        await send(storage, ALICE, GENERAL, "before bob")
        await enrol(storage, ALICE, BOB, CAROL)
        (first,) = await send(storage, ALICE, ALICE_BOB, "one")
        await send(storage, BOB, ALICE_BOB, "own")
        await send(storage, ALICE, ALICE_BOB, "two", "three", "four")
        await send(storage, CAROL, GENERAL, "five", "six")
        await send(storage, CAROL, ALICE_CAROL, "of others")
        (last,) = await send(storage, CAROL, BOB_CAROL, "seven")
        await send(storage, CAROL, BOB_CAROL, "beyond")
        await read(storage, BOB, ALICE_BOB, 1, 4)
        await read(storage, BOB, GENERAL, 3)

        small = await storage.messages_between(0, last.number, 10, crowds=False, unread_by=BOB)
        everything = await storage.messages_between(0, last.number, 10, crowds=True, unread_by=BOB)
        some = await storage.messages_between(first.number + 3, last.number, 2, crowds=True, unread_by=BOB)

        assert texts(small) == ["two", "four", "seven"]
        assert texts(everything) == ["two", "four", "five", "seven"]
        assert texts(some) == ["four", "five"]

    async def test_who_has_neither_written_nor_read_a_message_is_listed_by_id(self, storage: Storage) -> None:
        await enrol(storage, ALICE, BOB)
        one, two = await send(storage, ALICE, GENERAL, "one", "two")
        await enrol(storage, CAROL)
        (three,) = await send(storage, ALICE, GENERAL, "three")
        (direct,) = await send(storage, CAROL, ALICE_CAROL, "direct")
        await read(storage, BOB, GENERAL, 2)

        found = [await storage.readers_to_be(message, "", 10) for message in (one, two, three, direct)]

        assert [[user.id for user in users] for users in found] == [[BOB], [], [BOB, CAROL], [ALICE]]
        assert tuple(found[0]) == (await storage.user(BOB),)
        assert [user.id for user in await storage.readers_to_be(three, "", 1)] == [BOB]
        assert [user.id for user in await storage.readers_to_be(three, BOB, 10)] == [CAROL]
