"""Tokens that take the place of others, in the file that all programs of a person read: over a real network."""

from __future__ import annotations

import json
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from chatcore import Chat, ChatClient, ConnectionPhase, Token
from chatcore.adapters.websocket import WebSocketListener
from chatcore.home.entry import Entry
from chatcore.home.kept_tokens import KeptTokens
from chatcore.home.profiles import Profile, Profiles
from tests.waiting import until

PASSWORD = "correct horse battery"
HERE = "ws://127.0.0.1:8765"


@pytest.fixture
def profiles(tmp_path: Path) -> Profiles:
    return Profiles(tmp_path / "config" / "profiles.json", "terminal")


# ---- the file


def test_a_token_takes_the_place_of_another_one_for_all_who_have_it_and_nobody_else_can_read_it(
    profiles: Profiles,
) -> None:
    window = Profiles(profiles.path, "window")
    profiles.remember(Profile(HERE, "alice", "one"))
    window.keep_own(Profile(HERE, "alice"), "of the window")
    profiles.remember(Profile(HERE, "bob", "of bob"))

    renewed = profiles.renew("one", "two"), profiles.renew("two", "three"), profiles.renew("one", "four")

    assert renewed == (True, True, False)
    assert [each.token for each in profiles.all()] == ["of bob", "three"]
    assert [profiles.newest(token) for token in ("one", "two", "three", "of bob")] == [
        "three",
        "three",
        "three",
        "of bob",
    ]
    assert [each.token for each in window.all()][1] == "of the window"
    assert stat.S_IMODE(profiles.path.stat().st_mode) == 0o600
    assert '"one"' not in profiles.path.read_text()


def test_who_still_has_a_former_token_does_not_write_it_back(profiles: Profiles) -> None:
    profiles.remember(Profile(HERE, "alice", "one"))
    profiles.renew("one", "two")

    profiles.remember(Profile(HERE, "alicja", "one"), formerly="alice")
    kept = profiles.find()
    profiles.forget(Profile(HERE, "alicja", "one"))

    assert kept == Profile(HERE, "alicja", "two", ("alice",))
    assert profiles.find() == Profile(HERE, "alicja", None, ("alice",))


def test_what_is_known_of_former_tokens_goes_with_the_session(profiles: Profiles) -> None:
    profiles.remember(Profile(HERE, "alice", "one"))
    profiles.renew("one", "two")
    profiles.forget(Profile(HERE, "alice", "two"))
    profiles.remember(Profile(HERE, "alice", "three"))
    profiles.renew("three", "four")

    (record,) = json.loads(profiles.path.read_text())["profiles"]

    assert len(record["replaced"]) == 1
    assert profiles.newest("one") == "one"


def test_where_nothing_can_be_written_nothing_is_exchanged(profiles: Profiles) -> None:
    profiles.path.parent.mkdir()
    profiles.path.mkdir()  # nothing can be read there, by root neither
    kept = KeptTokens(lambda: profiles)

    assert not kept.keep(Token("one"), Token("two"))
    assert kept.newest(Token("one")) == "one"


# ---- programs that share it


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat(":memory:", password_cost="low", token_age=0.0) as chat:
        yield chat


class Door:
    """A server that can go away, and come back at the same address."""

    def __init__(self, chat: Chat) -> None:
        self._chat, self._stack = chat, AsyncExitStack()
        self.url = ""

    async def open(self) -> None:
        port = int(self.url.rpartition(":")[2]) if self.url else 0
        listener = WebSocketListener(self._chat.serve, "127.0.0.1", port)
        self.url = (await self._stack.enter_async_context(listener)).url

    async def close(self) -> None:
        await self._stack.aclose()


@pytest.fixture
async def door(chat: Chat) -> AsyncIterator[Door]:
    door = Door(chat)
    await door.open()
    yield door
    await door.close()


Program = Callable[[str], Entry]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return lambda name: Entry(config=lambda: tmp_path / "config", state=lambda: tmp_path / "state", program=name)


async def log_in(entry: Entry, server: str) -> None:
    """Make an account as a program does that asks for the password."""
    async with entry.client(Profile(server, "alice")) as client:
        entry.remember(Profile(server, "alice").entered(await client.register("alice", PASSWORD), client.token))


async def online(*clients: ChatClient) -> None:
    await until(lambda: all(client.connection.phase is ConnectionPhase.ONLINE for client in clients))


@asynccontextmanager
async def started(entry: Entry) -> AsyncIterator[ChatClient]:
    """Go on as a start of a program does, until another token has come and is kept."""
    profile = entry.find().profile
    async with entry.client(profile) as client:
        await online(client)
        await until(lambda: client.token != profile.token and client.token == entry.find().profile.token)
        yield client


async def back(door: Door, *clients: ChatClient) -> None:
    """Have the server go away and come back, and with it the clients."""
    await door.close()
    await until(lambda: all(client.connection.phase is not ConnectionPhase.ONLINE for client in clients))
    await door.open()
    for client in clients:
        client.reconnect()
    await online(*clients)


async def test_each_start_goes_on_with_a_token_of_its_own_and_one_session(
    chat: Chat, door: Door, program: Program
) -> None:
    entry = program("terminal")
    await log_in(entry, door.url)
    tokens = [entry.find().profile.token]
    for _ in range(4):
        async with started(entry):
            tokens.append(entry.find().profile.token)
    alice = await chat.users.get("alice")
    assert alice

    assert len(set(tokens)) == 5
    assert len(await chat.sessions.of(alice)) == 1


async def test_several_programs_with_one_profile_go_on_whichever_of_them_renews_and_comes_back_first(
    chat: Chat, door: Door, program: Program
) -> None:
    await log_in(program("terminal"), door.url)
    async with started(program("terminal")) as first, started(program("terminal")) as second:
        async with started(program("terminal")) as third:
            for order in ((first, second, third), (third, second, first), (second, first, third)):
                await back(door, *order)
                await until(lambda: len({client.token for client in (first, second, third)}) <= 3)
            assert [client.connection.code for client in (first, second, third)] == [""] * 3
        async with started(program("terminal")) as fourth:
            await back(door, first, fourth, second)
    alice = await chat.users.get("alice")
    assert alice
    assert len(await chat.sessions.of(alice)) == 1


async def test_who_logged_in_with_a_password_finds_what_another_program_has_kept(
    chat: Chat, door: Door, program: Program
) -> None:
    entry = program("terminal")
    async with entry.client(Profile(door.url, "alice")) as first:
        entry.remember(Profile(door.url, "alice").entered(await first.register("alice", PASSWORD), first.token))
        former = first.token
        async with started(entry):
            pass
        async with started(entry):
            pass

        await back(door, first)

        assert first.token != former
        assert first.connection.phase is ConnectionPhase.ONLINE


async def test_a_program_that_cannot_keep_a_token_goes_on_with_the_one_it_has(
    chat: Chat, door: Door, program: Program, tmp_path: Path
) -> None:
    entry = program("terminal")
    await log_in(entry, door.url)
    profile = entry.find().profile
    file = tmp_path / "config" / "profiles.json"
    file.rename(tmp_path / "elsewhere.json")
    file.mkdir()
    async with entry.client(profile) as client:
        await online(client)
        for _ in range(3):
            await back(door, client)
        token = client.token
    file.rmdir()
    (tmp_path / "elsewhere.json").rename(file)

    assert token == profile.token
    async with started(entry):
        pass


async def test_a_former_token_that_comes_back_ends_the_session_and_the_programs_ask_for_the_password(
    chat: Chat, door: Door, program: Program
) -> None:
    entry = program("terminal")
    await log_in(entry, door.url)
    copied = entry.find().profile
    async with started(entry):
        pass
    async with started(entry) as client:
        thief = Entry(config=lambda: Path("/nonexistent"), state=lambda: Path("/nonexistent"))
        async with thief.client(copied) as other:
            await until(lambda: bool(other.connection.code))
            assert other.connection.code == "token_reused"
        await until(lambda: client.connection.phase is ConnectionPhase.LOGGED_OUT)
        assert client.connection.code == "logged_out"


async def test_a_log_out_leaves_no_token_that_came_meanwhile(chat: Chat, door: Door, program: Program) -> None:
    entry = program("terminal")
    await log_in(entry, door.url)
    before = entry.find().profile
    async with started(entry) as client:
        await client.log_out()
    entry.forget_session(before)

    assert entry.find().profile.token is None
