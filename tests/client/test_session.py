"""A client's tasks: when one ends that should not, somebody is told; a use that leads nowhere is told at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Thread

import pytest

from chatcore import (
    GENERAL,
    AlreadyLoggedIn,
    ChatClient,
    Closed,
    ConnectionPhase,
    ConnectionState,
    Internal,
    LoggedOut,
    Observer,
    Token,
    Unreachable,
)
from chatcore.ports.outbox import KeptPost, NoKeeper
from chatcore.ports.transport import Link
from chatcore.testing import ChatWorld, VirtualClock
from chatcore.testing.fakes import SeededIds
from chatcore.testing.world import PASSWORD, URL
from tests.client.replicas import Witness
from tests.turns import turns


class Nobody:
    """A network in which nothing answers."""

    async def dial(self, url: str) -> Link:
        raise Unreachable(f"nothing listens on {url}")


class Shut:
    """A server that lets nobody in, today or tomorrow."""

    async def dial(self, url: str) -> Link:
        raise Unreachable("HTTP status 403", field="server")


def a_client(token: Token | None = None) -> ChatClient:
    return ChatClient(URL, dialer=Nobody(), clock=VirtualClock(), ids=SeededIds(1), token=token, wait=False)


# ---- tasks that end


@pytest.mark.parametrize("error", [asyncio.CancelledError, GeneratorExit, ValueError])
async def test_an_observer_that_raises_anything_does_not_end_the_client(
    error: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    class Clumsy(Observer):
        def rows_changed(self, changes: object) -> None:
            raise error

    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        alice.subscribe(Clumsy())
        alice.subscribe(witness := Witness())

        await bob.post(GENERAL, "one")
        await world.settle()
        await bob.post(GENERAL, "two")
        await world.settle()

        assert witness.of("received") == [(GENERAL, 1), (GENERAL, 2)]
        assert alice.connection.phase is ConnectionPhase.ONLINE
        assert "an observer raised" in caplog.text


@pytest.mark.parametrize("which", ["_runner", "_pacer"])
async def test_a_task_that_others_cancel_is_told_and_nobody_waits_for_ever(
    which: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        alice.subscribe(witness := Witness())
        await world.kill()
        posting = asyncio.ensure_future(alice.post(GENERAL, "hi"))
        await turns()

        getattr(alice._session, which).cancel()
        await world.settle()
        await world.start()

        assert (alice.connection.phase, alice.connection.code) == (ConnectionPhase.LOGGED_OUT, "internal")
        assert witness.told[-1] == alice.connection
        assert "the connection failed" in caplog.text
        with pytest.raises(Internal):
            await posting
        with pytest.raises(LoggedOut):
            await alice.post(GENERAL, "hi")
        assert (await alice.log_in("alice", PASSWORD)).name == "alice"


async def test_a_keeper_of_the_outbox_that_cancels_costs_nobody_anything(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Clumsy(NoKeeper):
        def drop(self, client_id: object) -> None:
            if client_id not in dropped:
                dropped.append(client_id)
                raise asyncio.CancelledError

    dropped: list[object] = []
    async with ChatWorld() as world:
        alice = await world.log_in("alice", keeper=Clumsy())

        message = await alice.post(GENERAL, "hi")

        assert (message.seq, len(dropped)) == (1, 1)
        assert alice.connection.phase is ConnectionPhase.ONLINE
        assert "CancelledError" in caplog.text


async def test_who_logs_in_while_the_client_is_left_is_told_that_it_is_closed() -> None:
    client = a_client()
    async with client:
        entering = asyncio.ensure_future(client.log_in("alice", PASSWORD))
        await turns()

    with pytest.raises(Closed):
        await entering


async def test_a_second_log_in_meanwhile_is_refused_and_the_first_goes_on() -> None:
    async with ChatWorld() as world:
        client = await world.client()
        registering = asyncio.ensure_future(client.register("alice", PASSWORD))
        await turns(1)

        with pytest.raises(AlreadyLoggedIn):
            await client.log_in("alice", PASSWORD)

        assert (await registering).name == "alice"


async def test_what_could_not_be_opened_is_not_kept() -> None:
    class Broken(NoKeeper):
        is_open = False

        def open(self) -> list[KeptPost]:
            self.is_open = True
            raise OSError("the disk is gone")

        def close(self) -> None:
            self.is_open = False

    keeper = Broken()
    client = ChatClient(URL, dialer=Nobody(), clock=VirtualClock(), ids=SeededIds(1), keeper=keeper)

    with pytest.raises(OSError, match="the disk is gone"):
        await client.__aenter__()

    assert not keeper.is_open


async def test_who_logs_in_as_somebody_else_after_a_mistake_does_not_go_on_with_the_former_session() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        assert alice._session._runner is not None
        alice._session._runner.cancel()
        await world.settle()
        entering = asyncio.ensure_future(alice.log_in("bob", PASSWORD))
        while not world.network.links:
            await turns(1)
        world.cut(alice)

        assert (await entering).name == "bob"


@pytest.mark.parametrize("how", ["token", "log_in", "register"])
async def test_where_another_try_would_not_help_who_waits_is_told_at_once(how: str) -> None:
    clock, token = VirtualClock(), Token("token") if how == "token" else None
    client = ChatClient(URL, dialer=Shut(), clock=clock, ids=SeededIds(1), token=token)

    with pytest.raises(Unreachable, match="HTTP status 403"):
        async with client:
            await (client.register if how == "register" else client.log_in)("alice", PASSWORD)

    assert clock.monotonic() == 0
    assert client.token == token


async def test_a_frontend_that_comes_with_a_session_keeps_trying_and_says_why() -> None:
    client = ChatClient(URL, dialer=Shut(), clock=VirtualClock(), ids=SeededIds(1), token=Token("token"), wait=False)
    async with client:
        await turns()

        assert (client.connection.phase, client.connection.reason) == (ConnectionPhase.OFFLINE, "HTTP status 403")
        assert client.token == "token"


# ---- a use that leads nowhere


CALLS: dict[str, Callable[[ChatClient], object]] = {
    "log_in": lambda client: client.log_in("alice", PASSWORD),
    "register": lambda client: client.register("alice", PASSWORD),
    "log_out": lambda client: client.log_out(),
    "conversation_with": lambda client: client.conversation_with("bob"),
    "post": lambda client: client.post(GENERAL, "hi"),
    "post_soon": lambda client: client.post_soon(GENERAL, "hi"),
    "history": lambda client: client.history(GENERAL),
    "load_older": lambda client: client.load_older(GENERAL),
    "unread": lambda client: client.unread(GENERAL),
    "mark_read": lambda client: client.mark_read(GENERAL, 1),
    "flush": lambda client: client.flush(1.0),
    "opened": lambda client: client.opened(GENERAL),
    "visible": lambda client: client.visible(GENERAL, [1]),
    "window_active": lambda client: client.window_active(True),
}
each_call = pytest.mark.parametrize("name", CALLS)


async def finish(answer: object) -> None:
    if asyncio.iscoroutine(answer):
        await answer


@each_call
async def test_a_client_that_was_not_entered_says_how_it_is_used(name: str) -> None:
    with pytest.raises(RuntimeError, match=r"not open yet: use it within `async with chatcore\.connect"):
        await finish(CALLS[name](a_client()))


@each_call
async def test_from_another_event_loop_it_says_where_it_belongs(name: str) -> None:
    caught: list[BaseException] = []

    async def call() -> None:
        await finish(CALLS[name](client))

    def elsewhere() -> None:
        try:
            asyncio.run(call())
        except BaseException as error:  # noqa: BLE001 - looked at below
            caught.append(error)

    async with a_client(Token("token")) as client:
        thread = Thread(target=elsewhere)
        thread.start()
        thread.join()

    assert "belongs to another event loop" in str(caught[0])
    assert isinstance(caught[0], RuntimeError)


@pytest.mark.parametrize("name", ["post_soon", "opened", "visible", "window_active", "subscribe"])
async def test_from_another_thread_it_says_where_it_belongs(name: str) -> None:
    calls = CALLS | {"subscribe": lambda client: client.subscribe(Observer())}
    caught: list[BaseException] = []

    def elsewhere() -> None:
        try:
            calls[name](client)
        except RuntimeError as error:
            caught.append(error)

    async with a_client(Token("token")) as client:
        thread = Thread(target=elsewhere)
        thread.start()
        thread.join()

    assert "loop.call_soon_threadsafe" in str(caught[0])


async def test_a_client_is_entered_once() -> None:
    async with a_client() as client:
        with pytest.raises(RuntimeError, match="open already"):
            await client.__aenter__()

        assert client.connection == ConnectionState(ConnectionPhase.LOGGED_OUT)

    with pytest.raises(Closed, match="make another one"):
        await client.__aenter__()


async def test_observers_may_be_there_before_it_is_entered() -> None:
    client = a_client()
    client.subscribe(witness := Witness())

    async with client:
        pass

    assert [state.phase for state in witness.told if isinstance(state, ConnectionState)] == [
        ConnectionPhase.LOGGED_OUT,
        ConnectionPhase.CLOSED,
    ]
