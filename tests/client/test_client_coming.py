"""Coming into a chat: by registration, by password, by token, and what is said where that cannot be."""

from __future__ import annotations

import asyncio

import pytest

from chatcore import (
    GENERAL,
    AlreadyLoggedIn,
    ChatError,
    ConnectionPhase,
    ConnectionState,
    InvalidName,
    LoggedOut,
    NameTaken,
    Token,
    Unreachable,
    WeakPassword,
    WrongCredentials,
)
from chatcore.client.session import CONNECT_TIME
from chatcore.testing import ChatWorld
from chatcore.testing.world import PASSWORD
from tests.client.clients import a_client
from tests.turns import turns


async def test_registering_also_logs_in() -> None:
    async with ChatWorld() as world, a_client(world) as client:
        user = await client.register("Alice", PASSWORD)

        assert (user.name, client.me, client.connection.phase) == ("Alice", user, ConnectionPhase.ONLINE)
        assert client.token
        assert [row.name for row in client.replica.rows] == [GENERAL]


async def test_logging_in_gives_the_user() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with a_client(world) as client:
            assert await client.log_in("ALICE", PASSWORD) == alice.me


async def test_with_a_token_it_is_logged_in_when_the_block_begins() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        async with a_client(world, token=alice.token) as client:
            assert client.me == alice.me
            assert client.connection.phase is ConnectionPhase.ONLINE


async def test_without_waiting_the_block_begins_at_once_and_it_keeps_trying() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        await world.kill()
        async with a_client(world, token=alice.token, wait=False) as client:
            begun = world.clock.monotonic()
            await world.settle(100)
            offline = client.connection
            await world.start()
            await world.settle(60)

            assert begun == pytest.approx(world.clock.monotonic() - 160, abs=0.1)
            assert offline.phase is ConnectionPhase.OFFLINE
            assert client.connection.phase is ConnectionPhase.ONLINE
            assert client.me == alice.me


async def test_without_credentials_no_link_is_opened() -> None:
    async with ChatWorld() as world, a_client(world) as client:
        await world.settle()

        assert world.network.links == []
        assert client.connection == ConnectionState(ConnectionPhase.LOGGED_OUT)


@pytest.mark.parametrize("how", ["register", "log_in", "token"])
async def test_where_no_server_answers_it_is_unreachable_after_ten_seconds(how: str) -> None:
    async with ChatWorld() as world:
        await world.kill()
        begun = world.clock.monotonic()
        client = a_client(world, token=Token("t") if how == "token" else None)

        with pytest.raises(Unreachable, match="nothing listens"):
            async with client:
                await (client.register if how == "register" else client.log_in)("alice", PASSWORD)

        assert world.clock.monotonic() - begun == pytest.approx(CONNECT_TIME)


async def test_after_that_nothing_goes_on_trying_and_the_state_says_so() -> None:
    async with ChatWorld() as world, a_client(world) as client:
        await world.kill()
        with pytest.raises(Unreachable):
            await client.log_in("alice", PASSWORD)

        states = [client.connection]
        await world.start()
        await world.settle(100)
        states.append(client.connection)
        await client.register("alice", PASSWORD)
        states.append(client.connection)

        assert [(state.phase.value, state.code) for state in states] == [
            ("logged_out", "unreachable"),
            ("logged_out", "unreachable"),
            ("online", ""),
        ]


@pytest.mark.parametrize(
    ("name", "password", "error"),
    [
        ("alice", PASSWORD, NameTaken),
        ("ALICE", PASSWORD, NameTaken),
        ("general", PASSWORD, InvalidName),
        ("\ud800", PASSWORD, ChatError),
        ("bob", "short", WeakPassword),
    ],
)
async def test_a_refused_registration_says_why_and_another_may_follow(
    name: str, password: str, error: type[ChatError]
) -> None:
    async with ChatWorld() as world:
        await world.users("alice")
        async with a_client(world) as client:
            with pytest.raises(error):
                await client.register(name, password)

            assert client.connection.phase is ConnectionPhase.LOGGED_OUT
            assert (await client.register("carol", PASSWORD)).name == "carol"


@pytest.mark.parametrize(("name", "password"), [("alice", "wrong password"), ("nobody", PASSWORD), ("", "")])
async def test_wrong_credentials_are_refused(name: str, password: str) -> None:
    async with ChatWorld() as world:
        await world.users("alice")
        async with a_client(world) as client:
            with pytest.raises(WrongCredentials):
                await client.log_in(name, password)


async def test_who_is_logged_in_cannot_log_in_again() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")

        with pytest.raises(AlreadyLoggedIn, match="log out first"):
            await alice.log_in("alice", PASSWORD)


async def test_a_registration_whose_answer_was_lost_ends_in_a_log_in() -> None:
    async with ChatWorld() as world, a_client(world) as client:
        registering = asyncio.ensure_future(client.register("alice", PASSWORD))
        while not await world.storage.users(0, 10):
            await turns(1)
        world.network.links[0][0].abort()

        user = await registering

        assert user.name == "alice"
        assert len(await world.storage.users(0, 10)) == 1


async def test_nobody_is_logged_in_at_the_start() -> None:
    async with ChatWorld() as world, a_client(world) as client:
        with pytest.raises(LoggedOut):
            _ = client.me
        with pytest.raises(LoggedOut):
            client.post_soon(GENERAL, "hi")
        with pytest.raises(LoggedOut):
            await client.post(GENERAL, "hi")
        with pytest.raises(LoggedOut):
            await client.history(GENERAL)
        assert client.token is None
