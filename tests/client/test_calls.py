"""What a frontend asks of a client without waiting, and what it is told of how that ended."""

import asyncio
from collections.abc import Coroutine

import pytest

from chatcore import GENERAL, ChatClient, ChatError, ClientId, Closed, Empty, Internal, ItemState, NotFound
from chatcore.client.calls import Calls, as_told
from chatcore.testing import ChatWorld
from tests.turns import turns


class Asking:
    """Somebody who asks, and writes down what they are told."""

    def __init__(self, client: ChatClient) -> None:
        self.calls = Calls(client, self._spawn)
        self.told: list[object] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def done(self, error: ChatError | None) -> None:
        self.told.append(None if error is None else type(error))

    def hears(self, *answer: object) -> None:
        self.told.append(answer)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def slow_world() -> ChatWorld:
    """Return a world in which a message and its answer take up to 150 ms each."""
    return ChatWorld(seed=3, delay=0.15)


async def test_a_call_that_needs_no_server_is_answered_at_once() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        asking = Asking(alice)

        asking.calls.post(GENERAL, "hello", asking.done)
        asking.calls.post(GENERAL, " ", asking.done)
        asking.calls.ask_if_complete(asking.hears)

        assert asking.told == [None, Empty, (True,)]


async def test_what_is_refused_can_be_sent_again_or_thrown_away() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        asking = Asking(alice)
        await alice.post(GENERAL, "stored", client_id=ClientId("same"))
        with_bob = await alice.conversation_with("bob")
        asking.calls.opened(with_bob)
        alice.post_soon(with_bob, "the id was used before", client_id=ClientId("same"))
        await world.settle()
        (item,) = alice.replica.timeline(with_bob)
        assert item.state is ItemState.REFUSED

        asking.calls.retry(item.client_id, asking.done)
        await world.settle()
        assert [item.state for item in alice.replica.timeline(with_bob)] == [ItemState.SENT]
        alice.post_soon(with_bob, "once more", client_id=ClientId("same"))
        await world.settle()
        asking.calls.discard(ClientId("same"), asking.done)
        asking.calls.discard(ClientId("same"), asking.done)

        assert asking.told == [None, None, NotFound]


async def test_older_messages_come_before_it_is_told_that_they_did() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        for number in range(70):
            await bob.post(GENERAL, f"line {number}")
        asking = Asking(alice)
        asking.calls.opened(GENERAL)
        await world.settle()
        before = len(alice.replica.timeline(GENERAL))

        asking.calls.load_older(
            GENERAL, 100, lambda error: asking.hears(error, len(alice.replica.timeline(GENERAL)) > before)
        )
        asking.calls.ask_if_at_beginning(GENERAL, asking.hears)
        await world.settle()
        asking.calls.ask_if_at_beginning(GENERAL, asking.hears)

        assert before < 70
        assert asking.told == [(False,), (None, True), (True,)]


async def test_all_is_read_however_far_up_it_is() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await asyncio.gather(*(bob.post(GENERAL, f"line {number}") for number in range(1_200)))
        asking = Asking(alice)

        asking.calls.read_all(GENERAL, 1_200, asking.done)
        await world.settle()

        assert asking.told == [None]
        assert await alice.unread(GENERAL) == 0


async def test_a_user_is_asked_for_by_name() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        asking = Asking(alice)

        asking.calls.ask_for("Bob", asking.hears)
        asking.calls.ask_for("nobody", lambda found, error: asking.hears(found, type(error)))
        await world.settle()

        assert asking.told == [(await alice.conversation_with("bob"), None), (None, NotFound)]
        assert bob.me.name == "bob"


async def test_leaving_waits_for_what_is_on_its_way_and_counts_what_is_written_meanwhile() -> None:
    async with slow_world() as world:
        alice, bob = await world.users("alice", "bob")
        asking, counted = Asking(alice), list[int]()
        asking.calls.opened(GENERAL)
        asking.calls.post(GENERAL, "one", asking.done)

        asking.calls.leave(counted.append, asking.hears)
        await turns()
        asking.calls.post(GENERAL, "two", asking.done)
        await world.settle()

        assert (counted[0], max(counted), counted[-1]) == (1, 2, 0)
        assert asking.told == [None, None, (0, 0)]
        assert len(await bob.history(GENERAL)) == 2


async def test_without_a_connection_leaving_waits_for_nothing() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        asking = Asking(alice)
        await world.kill()
        await world.settle(1)
        asking.calls.post(GENERAL, "later", asking.done)

        asking.calls.leave(asking.hears, asking.hears)

        assert asking.told == [None, (1, 0)]


async def test_a_log_out_sends_what_is_on_its_way_before() -> None:
    async with slow_world() as world:
        alice, bob = await world.users("alice", "bob")
        asking = Asking(alice)
        asking.calls.post(GENERAL, "bye", asking.done)

        asking.calls.log_out(lambda _count: None, asking.done)
        await world.settle()

        assert asking.told == [None, None]
        assert alice.token is None
        assert [message.text for message in await bob.history(GENERAL)] == ["bye"]


def test_a_mistake_of_the_program_is_told_as_one_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert isinstance(as_told(KeyError("here")), Internal)
    assert isinstance(as_told(Empty()), Empty)
    assert "KeyError: 'here'" in caplog.text


async def test_whatever_goes_wrong_with_a_call_somebody_hears_of_it() -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        asking = Asking(alice)

        asking.calls.ask(fail(), asking.done)
        await turns()

        assert asking.told == [Internal]


async def test_a_fact_that_comes_after_the_end_is_passed_over() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        asking = Asking(alice)
        await alice.__aexit__(None, None, None)

        asking.calls.opened(GENERAL)
        asking.calls.window_active(True)
        asking.calls.visible(GENERAL, [1])
        asking.calls.post(GENERAL, "too late", asking.done)

        assert asking.told == [Closed]
