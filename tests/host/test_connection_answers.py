"""One connection: answers after commits, and pages that keep to their bounds."""

from __future__ import annotations

import pytest

from chatcore import GENERAL, ConversationId, StorageFull, StorageUnavailable, UserId
from chatcore.domain.conversations import direct
from chatcore.domain.generations import Point
from chatcore.domain.users import AccountName, NewUser
from chatcore.host.pace import BURST, RATE
from chatcore.ports.storage import Overview, Page
from chatcore.testing import ChatWorld
from chatcore.wire import frames as f
from chatcore.wire.limits import MAX_UNANSWERED
from tests.host.raw import between, registered, resumed
from tests.service.gated import GatedStorage, LateStorage
from tests.turns import turns

# ---- commits and answers


async def test_nothing_is_answered_or_told_before_the_commit() -> None:
    storage = GatedStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        storage.gate.clear()
        bob.forget()

        number = alice.post(between(alice, bob), "hello")
        marking = bob.ask(lambda number: f.Mark(number, GENERAL, (1,)))
        await turns(200)
        told_before = [*bob.heard, *alice.of(f.Posted)]
        storage.gate.set()
        await world.settle()

        assert told_before == []
        assert isinstance(alice.answer(number), f.Posted)
        assert [type(frame) for frame in bob.heard] == [f.MessageEvent, f.ErrorFrame]
        assert isinstance(bob.answer(marking), f.ErrorFrame)


async def test_while_posts_wait_for_their_commit_other_requests_are_answered() -> None:
    storage = GatedStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        alice = await registered(world, "alice")
        storage.gate.clear()

        alice.post(GENERAL, "hello")
        number = alice.ask(lambda number: f.FindUser(number, "alice"))
        await turns(200)
        found = alice.of(f.Found)
        storage.gate.set()
        await world.settle()

        assert found == [f.Found(number, alice.me)]


async def test_with_64_unanswered_posts_nothing_more_is_read_until_one_is_answered() -> None:
    storage = GatedStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        alice = await registered(world, "alice")
        storage.gate.clear()

        for at in range(MAX_UNANSWERED + 10):
            alice.post(GENERAL, f"message {at}")
        await turns(400)
        unread = len(alice.link.peer._arrived)
        storage.gate.set()
        await world.settle()

        assert unread == 10
        assert [posted.seq for posted in alice.of(f.Posted)] == list(range(1, MAX_UNANSWERED + 11))


async def test_with_64_kib_of_unanswered_posts_nothing_more_is_read_until_one_is_answered() -> None:
    storage = GatedStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        alice = await registered(world, "alice")
        storage.gate.clear()

        for at in range(8):
            alice.post(GENERAL, "\U0001f986" * 4_000, f"c{at}")
        await turns(400)
        unread = len(alice.link.peer._arrived)
        storage.gate.set()
        await world.settle()

        assert unread == 3
        assert [posted.seq for posted in alice.of(f.Posted)] == list(range(1, 9))


async def test_who_writes_what_is_long_without_a_pause_is_read_evenly_over_all_connections() -> None:
    async with ChatWorld(latency=0) as world:
        alice = await registered(world, "alice")
        other = await resumed(world, alice.token)
        bob = await registered(world, "bob")
        text = "\U0001f986" * 4_000
        for at in range(32):
            alice.post(GENERAL, text, f"a{at}")
            other.post(GENERAL, text, f"b{at}")

        bob.post(GENERAL, "at once")
        await world.settle(0.1)
        others_waited = not bob.of(f.Posted)
        await world.settle(60)

        sent = sorted((p.seq, p.sent_at_ms / 1_000) for p in (*alice.of(f.Posted), *other.of(f.Posted)))
        assert not others_waited
        assert len(sent) == 64
        assert (64 * 16_000 - BURST) / RATE - 1 < sent[-1][1] - sent[0][1] < 64 * 17_000 / RATE


async def test_an_author_who_vanishes_after_the_commit_changes_nothing() -> None:
    storage = GatedStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        storage.gate.clear()
        alice.post(between(alice, bob), "famous last words", "c")
        await turns(200)

        alice.link.abort()
        await turns(50)
        storage.gate.set()
        await world.settle()
        again = await resumed(world, alice.token)
        number = again.post(between(alice, bob), "famous last words", "c")
        await world.settle()

        assert [event.message.text for event in bob.of(f.MessageEvent)] == ["famous last words"]
        answer = again.answer(number)
        assert isinstance(answer, f.Posted)
        assert (answer.seq, answer.repeated) == (1, True)


async def test_a_full_disk_is_told_and_the_connection_goes_on() -> None:
    storage = GatedStorage()
    async with ChatWorld(storage=storage) as world:
        alice = await registered(world, "alice")
        storage.error = StorageFull()

        full = alice.post(GENERAL, "hello", "c")
        reading = alice.ask(lambda number: f.History(number, GENERAL, None, None, 50))
        await world.settle()
        storage.error = None
        again = alice.post(GENERAL, "hello", "c")
        await world.settle()

        refused = alice.answer(full)
        assert isinstance(refused, f.ErrorFrame)
        assert refused.code == "storage_full"
        assert isinstance(alice.answer(reading), f.Page)
        assert isinstance(alice.answer(again), f.Posted)


async def test_a_log_in_for_which_something_cannot_be_read_is_refused_for_now_and_leaves_nobody_half_there() -> None:
    class Damaged(LateStorage):
        is_damaged = False

        async def overview(self, user: UserId, limit: int, told: Point | None = None) -> Overview:
            if self.is_damaged:
                raise StorageUnavailable
            return await super().overview(user, limit, told)

    storage = Damaged()
    async with ChatWorld(storage=storage) as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        token = alice.token
        await alice.link.close("gone")
        await world.settle()
        bob.forget()

        storage.is_damaged = True
        refused = await resumed(world, token)
        bob.post(GENERAL, "meanwhile")
        await world.settle()
        storage.is_damaged = False
        again = await resumed(world, token)

        assert [type(frame) for frame in refused.heard] == [f.Welcome, f.LoggedIn, f.Closing]
        assert refused.of(f.Closing)[0].code == "storage_unavailable"
        assert refused.down is not None
        assert alice.me.id in bob.of(f.PresenceEvent)[-1].active
        assert [type(frame) for frame in again.heard[:3]] == [f.Welcome, f.LoggedIn, f.Snapshot]


async def test_a_mistake_of_the_server_is_told_as_such_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(GatedStorage):
        async def stretch(self, user: UserId, conversation: ConversationId, first: int, last: int) -> Page:
            msg = "secret detail"
            raise ZeroDivisionError(msg)

    async with ChatWorld(storage=Broken()) as world:
        alice = await registered(world, "alice")

        number = alice.ask(lambda number: f.Stretch(number, GENERAL, 1, 1))
        after = alice.ask(lambda number: f.Count(number, GENERAL))
        await world.settle()

        error = alice.answer(number)
        assert isinstance(error, f.ErrorFrame)
        assert error.code == "internal"
        assert "secret" not in error.message
        assert isinstance(alice.answer(after), f.Counted)
        assert "a request of type Stretch failed" in caplog.text


# ---- pages on the wire


async def test_pages_of_the_directory_and_the_list_keep_within_48_kib() -> None:
    async with ChatWorld(latency=0) as world:
        alice = await registered(world, "a" * 32)
        storage = world.storage
        for number in range(400):
            user = UserId(f"f{number:015x}")
            name, shown = f"{number:03}".ljust(32, "x"), "🙂" * 64 if number < 150 else '"' * 64
            await storage.add_user(NewUser(user, AccountName(name, name), "hash", display_name=shown), 0)
            if number < 65:
                alice.post(direct(alice.me.id, user), '🙂"' * 2_000, f"p{number}")
        await world.settle()
        del alice.sizes[:]

        alice.ask(lambda number: f.ListUsers(number, 0))
        alice.ask(lambda number: f.ListUsers(number, 200))
        alice.ask(lambda number: f.ListTallies(number, ""))
        await world.settle()

        few, many = (len(page.users) for page in alice.of(f.Users))
        assert (few, many, len(alice.of(f.Tallies)[0].tallies)) == (86, 117, 60)
        assert max(alice.sizes) <= 48 * 1024
