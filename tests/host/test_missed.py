"""Who has missed what, on virtual time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import attrs
import pytest

from chatcore import GENERAL, ChatClient, Message, StorageError, User, UserId
from chatcore.adapters.memory import MemoryStorage
from chatcore.client.away import AWAY_AFTER
from chatcore.domain.users import AccountName, NewUser
from chatcore.host.missed import GIVEN_UP, JOB, TIME
from chatcore.service.hooks import Hooks, WhenMissed
from chatcore.testing import ChatWorld
from chatcore.testing.slow_storage import Break
from chatcore.testing.world import PASSWORD

AFTER = 30.0


@attrs.define
class Told:
    """A hook that notes what it is told, and when; it can fail, and take its time."""

    calls: list[str] = attrs.field(factory=list)
    begun: list[str] = attrs.field(factory=list)
    pages: list[int] = attrs.field(factory=list)
    failures: int = 0
    wait: asyncio.Event | None = None

    async def __call__(self, message: Message, readers: Sequence[User]) -> None:
        name = f"{message.text} to {', '.join(user.name for user in readers)}"
        self.begun.append(name)
        self.pages.append(len(readers))
        if self.failures:
            self.failures -= 1
            msg = "no gateway"
            raise OSError(msg)
        if self.wait is not None:
            await self.wait.wait()
        self.calls.append(name)

    def hooks(self, *, general: bool = False, after: float = AFTER) -> Hooks:
        return Hooks(missed=WhenMissed(self, after, general))


async def write(author: ChatClient, to: str, text: str) -> Message:
    return await author.post(await author.conversation_with(to), text)


async def read_all(client: ChatClient, partner: str) -> None:
    conversation = await client.conversation_with(partner)
    for message in await client.history(conversation):
        await client.mark_read(conversation, message.seq)


async def leave(client: ChatClient) -> None:
    await client.log_out()


async def test_who_is_not_there_and_has_not_read_it_is_told_of_when_it_is_old_enough() -> None:
    told = Told()
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, bob = await world.users("ann", "bob")
        await leave(bob)
        await world.settle()
        await write(ann, "bob", "hello")

        await world.settle(AFTER - 1)
        before = [*told.calls]
        await world.settle(2)

        assert (before, told.calls) == ([], ["hello to bob"])
        await world.settle(3600)
        assert told.calls == ["hello to bob"]


async def test_who_has_read_it_or_wrote_it_is_not_told_of() -> None:
    told = Told()
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, bob = await world.users("ann", "bob")
        await write(ann, "bob", "hello")
        await read_all(bob, "ann")
        await leave(bob)
        await leave(ann)

        await world.settle(3600)

        assert told.calls == []


async def test_who_is_there_is_told_of_when_they_leave_without_having_read_it() -> None:
    told = Told()
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, bob, carol = await world.users("ann", "bob", "carol")
        await write(ann, "bob", "one")
        await write(carol, "bob", "two")
        await world.settle(AFTER + 1)
        await write(ann, "bob", "young")
        await write(bob, "ann", "own")
        before = [*told.calls]

        await leave(bob)
        await world.settle(1)
        at_once = [*told.calls]
        await world.settle(AFTER)

        assert (before, at_once) == ([], ["one to bob", "two to bob"])
        assert told.calls == ["one to bob", "two to bob", "young to bob"]


async def test_who_read_it_before_they_left_is_not_told_of_and_what_comes_later_is() -> None:
    told = Told()
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, bob = await world.users("ann", "bob")
        await write(ann, "bob", "read")
        await world.settle(AFTER + 1)
        await read_all(bob, "ann")
        await write(ann, "bob", "unread")
        await world.settle(AFTER + 1)
        await leave(bob)
        await world.settle()

        assert told.calls == ["unread to bob"]


async def test_a_cut_that_is_over_within_the_grace_is_no_leaving() -> None:
    told = Told()
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, bob = await world.users("ann", "bob")
        await write(ann, "bob", "one")
        await world.settle(AFTER + 1)

        world.cut(bob)
        await world.settle(60)

        assert told.calls == []


async def test_the_general_chat_is_told_of_only_when_it_is_asked_for() -> None:
    quiet, loud = Told(), Told()
    for told, general in ((quiet, False), (loud, True)):
        async with ChatWorld(hooks=told.hooks(general=general)) as world:
            ann, bob, carol, _dan = await world.users("ann", "bob", "carol", "dan")
            await leave(bob)
            await leave(carol)
            await world.settle()
            await ann.post(GENERAL, "all")
            await world.settle(AFTER + 1)

    assert quiet.calls == []
    assert len(loud.calls) == 1
    assert sorted(loud.calls[0].removeprefix("all to ").split(", ")) == ["bob", "carol"]


async def test_readers_come_in_pages_of_at_most_five_hundred() -> None:
    told, storage = Told(), MemoryStorage()
    async with ChatWorld(hooks=told.hooks(general=True), storage=storage) as world:
        (ann,) = await world.users("ann")
        for number in range(1_000):
            await storage.add_user(
                NewUser(UserId(f"{number:016x}"), AccountName(f"user{number}", f"user{number}"), "hash"), 0
            )
        await ann.post(GENERAL, "all")
        await world.settle(AFTER + 1)

    assert told.pages == [500, 500]


async def test_after_a_kill_only_the_call_that_was_under_way_is_made_again() -> None:
    told = Told()
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, bob, carol = await world.users("ann", "bob", "carol")
        await leave(bob)
        await write(ann, "bob", "one")
        await write(ann, "carol", "held")
        await world.settle(AFTER + 5)
        told.wait = asyncio.Event()
        await write(ann, "bob", "two")
        await write(ann, "bob", "three")
        await world.settle(AFTER + 1)

        await world.kill()
        told.wait = None
        await world.start()
        await world.settle(5)
        await leave(carol)
        await world.settle(AFTER * 2)

    assert told.begun[:2] == ["one to bob", "two to bob"]
    assert sorted(told.begun[2:]) == ["held to carol", "three to bob", "two to bob"]


async def test_who_was_there_before_a_kill_and_does_not_come_back_is_told_of() -> None:
    told = Told()
    async with ChatWorld(hooks=told.hooks()) as world:
        (ann,) = await world.users("ann")
        async with world.unopened() as bob:
            await bob.register("bob", PASSWORD)
            await write(ann, "bob", "one")
            await world.settle(AFTER + 1)
            await world.kill()
        await world.start()
        await world.settle(AFTER - 1)
        before = [*told.calls]
        await world.settle(2)

    assert (before, told.calls) == ([], ["one to bob"])


async def test_after_a_restart_there_is_time_to_come_back() -> None:
    told = Told()
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, _bob = await world.users("ann", "bob")
        await write(ann, "bob", "one")
        await world.settle(AFTER + 1)

        await world.kill()
        await world.start()
        await world.settle(3600)

        assert told.calls == []


async def test_it_begins_with_what_comes_after_its_first_start() -> None:
    told, storage = Told(), MemoryStorage()
    async with ChatWorld(storage=storage) as world:
        ann, _bob = await world.users("ann", "bob")
        await write(ann, "bob", "before")
    async with ChatWorld(hooks=told.hooks(), storage=storage) as world:
        await world.settle(3600)
        (ann,) = await world.users("ann")
        await write(ann, "bob", "after")
        await world.settle(3600)

    assert told.calls == ["after to bob"]


async def test_a_hook_that_raises_is_logged_once_and_called_again_until_it_returns(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = Told(failures=5)
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, bob = await world.users("ann", "bob")
        await leave(bob)
        await write(ann, "bob", "one")
        await write(ann, "bob", "two")
        await world.settle(AFTER + 120)

    assert told.calls == ["one to bob", "two to bob"]
    assert told.begun == ["one to bob"] * 6 + ["two to bob"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_one_that_raises_for_too_long_holds_up_the_others_no_longer(caplog: pytest.LogCaptureFixture) -> None:
    told = Told(failures=1_000)
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, bob = await world.users("ann", "bob")
        await leave(bob)
        await write(ann, "bob", "one")
        await write(ann, "bob", "two")
        await world.settle(AFTER + GIVEN_UP + 90)
        told.failures = 0
        await world.settle(90)

    assert told.calls == ["two to bob"]
    assert "a message goes untold" in caplog.text


async def test_one_that_hangs_is_cut_and_called_again(caplog: pytest.LogCaptureFixture) -> None:
    told = Told(wait=asyncio.Event())
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, bob = await world.users("ann", "bob")
        await leave(bob)
        await write(ann, "bob", "one")
        await world.settle(AFTER + TIME - 1)
        hanging = [*told.begun]
        told.wait = None
        await world.settle(5)

    assert (hanging, told.calls) == (["one to bob"], ["one to bob"])
    assert "TimeoutError" in caplog.text


async def test_one_that_cancels_itself_has_failed() -> None:
    told: list[str] = []

    async def hook(message: Message, _readers: Sequence[User]) -> None:
        told.append(message.text)
        if len(told) == 1:
            raise asyncio.CancelledError

    async with ChatWorld(hooks=Hooks(missed=WhenMissed(hook, AFTER, general=False))) as world:
        ann, bob = await world.users("ann", "bob")
        await leave(bob)
        await write(ann, "bob", "one")
        await world.settle(AFTER + 10)

    assert told == ["one", "one"]


async def test_where_the_position_cannot_be_stored_the_hook_is_not_called_again() -> None:
    told = Told(wait=asyncio.Event())
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, bob = await world.users("ann", "bob")
        await leave(bob)
        message = await write(ann, "bob", "one")
        await world.settle(AFTER + 1)
        world.storage.is_full = True
        assert told.wait is not None
        told.wait.set()
        await world.settle(10)
        world.storage.is_full = False
        await world.settle(10)

        assert told.begun == ["one to bob"]
        assert (await world.storage.positions(JOB))[""] == message.number


async def test_a_storage_that_fails_ends_the_host_and_the_call_is_made_again_by_the_next() -> None:
    told = Told(wait=asyncio.Event())
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, bob = await world.users("ann", "bob")
        await leave(bob)
        await write(ann, "bob", "one")
        await world.settle(AFTER + 1)
        world.storage.breaks = Break.BEFORE
        assert told.wait is not None
        told.wait.set()
        with pytest.raises(StorageError):
            await world.host.failure()
        await world.settle(AFTER + 10)

    assert told.calls == ["one to bob", "one to bob"]


async def test_a_host_that_drains_lets_the_call_under_way_end_and_keeps_it() -> None:
    told = Told(wait=asyncio.Event())
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, bob = await world.users("ann", "bob")
        await leave(bob)
        message = await write(ann, "bob", "one")
        await write(ann, "bob", "two")
        await world.settle(AFTER + 1)
        draining = asyncio.create_task(world.host.drain())
        await world.settle(1)
        assert told.wait is not None
        told.wait.set()
        await draining

        assert told.begun == ["one to bob"]
        assert (await world.storage.positions(JOB))[""] == message.number


async def test_whose_clients_nobody_looks_at_is_told_of_though_others_see_them_active() -> None:
    told = Told()
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, bob, phone = await world.users("ann", "bob", "bob")
        for client in (bob, phone):
            client.window_active(True)
            client.window_active(False)
        await world.settle(AWAY_AFTER + 1)

        await write(ann, "bob", "hello")
        await world.settle(AFTER + 1)

        assert told.calls == ["hello to bob"]
        assert ann.replica.is_active(bob.me.id)


async def test_who_looks_away_is_told_of_what_they_have_not_read_then() -> None:
    told = Told()
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, bob, phone = await world.users("ann", "bob", "bob")
        bob.window_active(True)
        phone.window_active(False)
        await write(ann, "bob", "hello")
        await world.settle(AWAY_AFTER + AFTER)
        assert told.calls == []

        bob.window_active(False)
        await world.settle(AWAY_AFTER + 1)

        assert told.calls == ["hello to bob"]


async def test_who_leaves_but_for_a_client_that_nobody_looks_at_is_not_there_any_more() -> None:
    told = Told()
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, bob, phone = await world.users("ann", "bob", "bob")
        phone.window_active(False)
        await write(ann, "bob", "hello")
        await world.settle(AWAY_AFTER + AFTER)
        assert told.calls == []

        await bob.log_out()
        await world.settle(1)

        assert told.calls == ["hello to bob"]


async def test_who_looks_again_is_there_and_so_is_a_program_that_never_says_anything() -> None:
    told = Told()
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, bob, _bot = await world.users("ann", "bob", "bot")
        bob.window_active(False)
        await world.settle(AWAY_AFTER + 1)
        bob.window_active(True)
        await world.settle(1)

        for name in ("bob", "bot"):
            await write(ann, name, "hello")
        await world.settle(AWAY_AFTER + AFTER)

        assert told.calls == []


async def test_a_client_that_nobody_looks_at_says_so_again_when_its_connection_is_back() -> None:
    told = Told()
    async with ChatWorld(hooks=told.hooks()) as world:
        ann, bob = await world.users("ann", "bob")
        bob.window_active(False)
        await world.settle(AWAY_AFTER + 1)
        world.cut(bob)
        await world.settle(10)

        await write(ann, "bob", "hello")
        await world.settle(AFTER + 1)

        assert told.calls == ["hello to bob"]
