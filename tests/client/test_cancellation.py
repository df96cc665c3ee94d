"""Every call of a client is cancelled at every turn of the loop: it leaves nothing behind, and the client goes on."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

import pytest

from chatcore import GENERAL, ChatClient, Closed, ConnectionPhase, NotFound, Token, WrongCredentials
from chatcore.ports.outbox import KeptPost, NoKeeper
from chatcore.ports.transport import Link
from chatcore.testing import ChatWorld, VirtualClock
from chatcore.testing.fakes import SeededIds
from chatcore.testing.world import PASSWORD, URL
from tests.cancelling import WAYS, Cancel
from tests.turns import turns

Call = Callable[[ChatClient], Awaitable[object]]


async def _unknown(client: ChatClient) -> None:
    with pytest.raises(NotFound):
        await client.conversation_with("nobody")


async def _unknown_id(client: ChatClient) -> None:
    with pytest.raises(NotFound):
        await client.conversation_with("0123456789abcdef")


async def _no_session(client: ChatClient) -> None:
    with pytest.raises(NotFound):
        await client.end_session("nobody's")


async def _wrong_password(client: ChatClient) -> None:
    with pytest.raises(WrongCredentials):
        await client.change_password("a wrong guess", "another horse battery")


async def _all(messages: AsyncIterator[object]) -> None:
    assert [message async for message in messages]


async def _sent(client: ChatClient) -> None:
    client.post_soon(GENERAL, "on its way")
    await client.wait_for(lambda: not client.waiting, 5)


CALLS: dict[str, Call] = {
    "all_history": lambda client: _all(client.all_history(GENERAL)),
    "all_history newest first": lambda client: _all(client.all_history(GENERAL, newest_first=True)),
    "conversation_with": _unknown,
    "begin_session": lambda client: client.begin_session("another"),
    "end_session": _no_session,
    "sessions": lambda client: client.sessions(),
    "change_password": _wrong_password,
    "set_display_name": lambda client: client.set_display_name("Alice"),
    "flush": lambda client: client.flush(3.0),
    "history": lambda client: client.history(GENERAL),
    "history after": lambda client: client.history(GENERAL, after=0),
    "load_older": lambda client: client.load_older(GENERAL, 1),
    "mark_read": lambda client: client.mark_read(GENERAL, 1, 2),
    "post": lambda client: client.post(GENERAL, "hi"),
    "messages": lambda client: anext(client.messages(since="unread")),
    "wait_for": _sent,
    "unread": lambda client: client.unread(GENERAL),
}


def test_every_call_that_is_awaited_is_cancelled_by_some_test() -> None:
    coming_and_going = {"__aenter__", "__aexit__", "_enter", "enter", "log_in", "log_out", "register"}

    awaited = {
        name
        for name, member in inspect.getmembers(ChatClient)
        if inspect.iscoroutinefunction(member) or name in {"all_history", "messages"}
    }

    assert awaited <= {*CALLS, *WAITS, *coming_and_going}


class Drawer(NoKeeper):
    """Tells whether it was left open."""

    is_open = False

    def open(self) -> Sequence[KeptPost]:
        self.is_open = True
        return ()

    def close(self) -> None:
        self.is_open = False


def a_client(world: ChatWorld, drawer: Drawer, token: Token | None = None) -> ChatClient:
    ids = SeededIds(world.network.activity)
    return ChatClient(URL, dialer=world.network, clock=world.clock, ids=ids, token=token, keeper=drawer)


@asynccontextmanager
async def nothing_stays(world: ChatWorld, drawer: Drawer) -> AsyncIterator[None]:
    """Check that no task and no file is left when a client was left."""
    before = asyncio.all_tasks()
    yield
    await world.settle()  # the server's end of a connection ends later
    assert asyncio.all_tasks() <= before
    assert not drawer.is_open


def waiters(client: ChatClient) -> list[object]:
    """Return everything in a client that somebody waits for."""
    return [*client._posts._waiting, *client._marks._asked, *client._upkeep.turns._waiting]


def tasks_of(client: ChatClient) -> int:
    session = client._session
    return sum(task is not None and not task.done() for task in (session._runner, session._pacer))


@WAYS
@pytest.mark.parametrize("name", CALLS)
async def test_a_call_that_is_cancelled_leaves_nobody_waiting_and_the_connection_as_it_was(
    name: str, cancel: Cancel
) -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        for number in range(60):
            bob.post_soon(GENERAL, str(number))
        await world.settle(10)
        alice.opened(GENERAL)
        await world.settle()
        count, was_running = 0, True
        while was_running:
            if name == "flush":
                alice.post_soon(GENERAL, "on its way")

            was_running = await cancel(lambda: CALLS[name](alice), count)

            await world.settle()
            assert waiters(alice) == []
            assert (alice.connection.phase, tasks_of(alice)) == (ConnectionPhase.ONLINE, 2)
            count += 1
        assert count > 1
        assert [message.seq for message in await alice.history(GENERAL, limit=3)]


WAITS: dict[str, Call] = {
    "conversation_with an id": _unknown_id,
    "history": lambda client: client.history(GENERAL),
    "messages": lambda client: anext(client.messages(since="unread")),
    "synced": lambda client: client.synced(),
    "wait_for": lambda client: client.wait_for(lambda: client.complete, 60),
}


@WAYS
@pytest.mark.parametrize("name", WAITS)
async def test_a_wait_for_the_connection_that_is_cancelled_leaves_nobody_waiting(name: str, cancel: Cancel) -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.post(GENERAL, "hi")
        await world.settle()
        count, was_running = 0, True
        while was_running:
            world.cut(alice)
            await turns(5)
            assert not alice.complete

            was_running = await cancel(lambda: WAITS[name](alice), count)

            await world.settle(60)
            assert waiters(alice) == []
            assert (alice.connection.phase, tasks_of(alice)) == (ConnectionPhase.ONLINE, 2)
            count += 1
        assert count > 3


@WAYS
@pytest.mark.parametrize("is_new", [True, False])
async def test_a_log_in_that_is_cancelled_leaves_nobody_logged_in_and_another_may_follow(
    cancel: Cancel, *, is_new: bool
) -> None:
    async with ChatWorld() as world:
        await world.users("alice")
        count, was_running = 0, True
        while was_running:
            name = f"user{count}" if is_new else "alice"
            drawer = Drawer()
            async with nothing_stays(world, drawer), a_client(world, drawer) as client:

                def enter(client: ChatClient, name: str = name) -> Awaitable[object]:
                    return client.register(name, PASSWORD) if is_new else client.log_in(name, PASSWORD)

                was_running = await cancel(partial(enter, client), count)

                if was_running:
                    assert (client.connection.phase, client.token, tasks_of(client)) == (
                        ConnectionPhase.LOGGED_OUT,
                        None,
                        0,
                    )
                    assert (await client.log_in("alice", PASSWORD)).name == "alice"
                assert client.connection.phase is ConnectionPhase.ONLINE
            count += 1
        assert count > 3


@WAYS
async def test_a_log_out_that_is_cancelled_is_carried_out_all_the_same(cancel: Cancel) -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        count, was_running = 1, True  # before its first turn nothing was asked
        while was_running:
            drawer = Drawer()
            async with nothing_stays(world, drawer), a_client(world, drawer) as client:
                await client.log_in("alice", PASSWORD)

                was_running = await cancel(client.log_out, count)

                await world.settle()
                assert (client.connection.phase, client.token, tasks_of(client)) == (
                    ConnectionPhase.LOGGED_OUT,
                    None,
                    0,
                )
                assert waiters(client) == []
                await client.log_in("alice", PASSWORD)
            count += 1
        assert count > 3
        assert alice.connection.phase is ConnectionPhase.ONLINE


@WAYS
async def test_entering_with_a_token_that_is_cancelled_closes_the_client(cancel: Cancel) -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        count, was_running = 1, True  # before its first turn nothing was opened
        while was_running:
            drawer = Drawer()
            async with nothing_stays(world, drawer):
                client = a_client(world, drawer, alice.token)

                was_running = await cancel(client.__aenter__, count)

                if was_running:
                    assert (client.connection.phase, drawer.is_open, tasks_of(client)) == (
                        ConnectionPhase.CLOSED,
                        False,
                        0,
                    )
                await client.__aexit__(None, None, None)
            count += 1
        assert count > 3


@WAYS
@pytest.mark.parametrize("is_up", [True, False])
async def test_leaving_that_is_cancelled_releases_everything_before_it_is_left(cancel: Cancel, *, is_up: bool) -> None:
    async with ChatWorld() as world:
        await world.users("alice")
        count, was_running = 0, True
        while was_running:
            drawer = Drawer()
            async with nothing_stays(world, drawer):
                client = await a_client(world, drawer).__aenter__()
                await client.log_in("alice", PASSWORD)
                posts = []
                if not is_up:
                    await world.kill()
                    posts.append(asyncio.ensure_future(client.post(GENERAL, "it waits")))
                    await turns(1)

                was_running = await cancel(partial(client.__aexit__, None, None, None), count)

                if count > 0:
                    assert (client.connection.phase, drawer.is_open, tasks_of(client)) == (
                        ConnectionPhase.CLOSED,
                        False,
                        0,
                    )
                    assert waiters(client) == []
                await client.__aexit__(None, None, None)
                for post in posts:
                    with pytest.raises(Closed):
                        await post
            await world.start()
            count += 1
        assert count > 2


class SlowToGiveUp:
    """Dials for ever, and takes some turns to stop."""

    async def dial(self, url: str) -> Link:
        try:
            await asyncio.Event().wait()
        finally:
            await turns(20)
        raise AssertionError(url)


@WAYS
async def test_what_is_slow_to_stop_has_stopped_when_the_cancelled_call_returns(cancel: Cancel) -> None:
    clock = VirtualClock()
    async with ChatClient(URL, dialer=SlowToGiveUp(), clock=clock, ids=SeededIds(1)) as client:
        await cancel(lambda: client.log_in("alice", PASSWORD), 5)
        after_log_in = (client.connection.phase, tasks_of(client))
        entering = asyncio.ensure_future(client.log_in("alice", PASSWORD))
        await turns(5)
        await cancel(lambda: client.__aexit__(None, None, None), 1)

        assert after_log_in == (ConnectionPhase.LOGGED_OUT, 0)
        assert (client.connection.phase, tasks_of(client)) == (ConnectionPhase.CLOSED, 0)
        with pytest.raises(Closed):
            await entering
