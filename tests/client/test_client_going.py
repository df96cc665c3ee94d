"""Leaving a chat: closing, logging out, sessions that end elsewhere, and what becomes of what waits."""

from __future__ import annotations

import asyncio

import pytest

from chatcore import (
    GENERAL,
    ChatClient,
    Closed,
    ConnectionPhase,
    ConnectionState,
    Internal,
    LoggedOut,
)
from chatcore.ports.transport import Link
from chatcore.testing import ChatWorld
from chatcore.testing.fakes import SeededIds
from chatcore.testing.world import PASSWORD, URL
from tests.client.clients import a_client
from tests.client.replicas import Witness
from tests.turns import turns


async def test_leaving_is_a_clean_close_and_the_token_stays_valid() -> None:
    async with ChatWorld() as world:
        (bob,) = await world.users("bob")
        async with a_client(world) as alice:
            await alice.register("alice", PASSWORD)
            token = alice.token
        await world.settle(0.2)

        assert [(row.name, row.active) for row in bob.replica.rows if row.name == "alice"] == [("alice", False)]
        async with a_client(world, token=token) as again:
            assert again.me.name == "alice"


async def test_leaving_shows_no_trouble_on_the_way() -> None:
    async with ChatWorld() as world:
        witness = Witness()
        async with a_client(world) as client:
            client.subscribe(witness)
            await client.register("alice", PASSWORD)

        phases = [state.phase for state in witness.told if isinstance(state, ConnectionState)]
        assert phases == [
            ConnectionPhase.LOGGED_OUT,
            ConnectionPhase.CONNECTING,
            ConnectionPhase.ONLINE,
            ConnectionPhase.CLOSED,
        ]


async def test_what_is_not_answered_when_the_client_is_closed_raises_closed() -> None:
    async with ChatWorld() as world:
        async with a_client(world) as client:
            await client.register("alice", PASSWORD)
            await world.kill()
            waiting = [
                asyncio.ensure_future(client.post(GENERAL, "hi")),
                asyncio.ensure_future(client.mark_read(GENERAL, 1)),
            ]
            await turns()

        for each in waiting:
            with pytest.raises(Closed):
                await each


async def test_a_closed_client_raises_and_never_waits() -> None:
    async with ChatWorld() as world:
        async with a_client(world) as client:
            await client.register("alice", PASSWORD)

        for call in (
            client.post(GENERAL, "hi"),
            client.mark_read(GENERAL, 1),
            client.history(GENERAL),
            client.unread(GENERAL),
            client.log_out(),
            client.log_in("alice", PASSWORD),
            client.register("bob", PASSWORD),
            client.__aenter__(),
        ):
            with pytest.raises(Closed):
                await call
        with pytest.raises(Closed):
            client.post_soon(GENERAL, "hi")


async def test_logging_out_revokes_the_token_and_forgets_everything() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        token, witness = alice.token, Witness()
        alice.opened(GENERAL)
        alice.subscribe(witness)

        await alice.log_out()
        await world.settle()

        assert (alice.token, list(alice.replica.rows), witness.rows) == (None, [], [])
        states = [state for state in witness.told if isinstance(state, ConnectionState)]
        assert [state.phase for state in states] == [ConnectionPhase.ONLINE, ConnectionPhase.LOGGED_OUT]
        assert [row.active for row in bob.replica.rows if row.name == "alice"] == [False]
        with pytest.raises(LoggedOut):
            async with a_client(world, token=token):
                pass


async def test_after_logging_out_another_user_may_log_in() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.post(await bob.conversation_with("alice"), "for alice")
        await world.settle()

        await alice.log_out()
        await alice.register("carol", PASSWORD)
        await world.settle()

        assert alice.me.name == "carol"
        assert [(row.name, row.unread) for row in alice.replica.rows] == [("bob", 0), (GENERAL, 0), ("alice", 0)]


async def test_a_session_that_ends_elsewhere_is_told_and_waiting_calls_raise() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        other = await world.client(alice.token)
        await world.settle()
        link = world.link(other)
        assert link is not None
        link.is_stalled = True
        posting = asyncio.ensure_future(other.post(GENERAL, "hi"))
        await turns()

        await alice.log_out()
        link.is_stalled = False
        link.wake()
        await world.settle(40)

        assert other.connection.phase is ConnectionPhase.LOGGED_OUT
        assert other.connection.code == "logged_out"
        assert posting.done()
        for call in (other.post(GENERAL, "hi"), other.mark_read(GENERAL, 1)):
            with pytest.raises(LoggedOut):
                await call


async def test_whoever_hears_of_the_end_of_the_session_can_log_in_at_once() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        other = await world.client(alice.token)
        await world.settle()
        world.cut(other)
        await alice.log_out()  # before the other one is back

        with pytest.raises(LoggedOut):
            await other.post(GENERAL, "hi")
        user = await other.log_in("alice", PASSWORD)

        assert (user.name, other.connection.phase) == ("alice", ConnectionPhase.ONLINE)


async def test_what_was_written_when_the_session_ended_goes_out_when_the_same_user_logs_in_again() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        other = await world.client(alice.token)
        await world.settle()
        await alice.log_out()
        await world.settle()

        other.post_soon(GENERAL, "kept")
        await other.log_in("alice", PASSWORD)
        await world.settle()

        assert [message.text for message in await other.history(GENERAL)] == ["kept"]


async def test_a_mistake_of_the_client_is_logged_and_nobody_waits_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        async def dial(self, url: str) -> Link:
            raise ZeroDivisionError(url)

    async with ChatWorld() as world:
        client = ChatClient(URL, dialer=Broken(), clock=world.clock, ids=SeededIds(99))
        async with client:
            begun = world.clock.monotonic()
            with pytest.raises(Internal):
                await client.log_in("alice", PASSWORD)

            assert world.clock.monotonic() == begun
            assert (client.connection.phase, client.connection.code) == (ConnectionPhase.LOGGED_OUT, "internal")
            assert "ZeroDivisionError" in caplog.text
            with pytest.raises(LoggedOut):
                await client.post(GENERAL, "hi")
