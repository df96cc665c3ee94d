"""Two programs of one person on one machine: each with a session of its own, over a real network."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

import chatcore
from chatcore import Chat, ChatClient, ConnectionPhase, LoggedOut, Session
from chatcore.adapters.websocket import WebSocketListener
from chatcore.home.entry import Entry
from chatcore.home.own_session import label_of
from chatcore.home.profiles import Profile, Profiles
from chatcore.wire.codec import client_frames
from tests.waiting import until

PASSWORD = "correct horse battery"
Program = Callable[[str], Entry]


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat(":memory:", password_cost="low") as chat:
        yield chat


@pytest.fixture
async def server(chat: Chat) -> AsyncIterator[str]:
    async with WebSocketListener(chat.serve, "127.0.0.1", 0) as listener:
        yield listener.url


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Return what gives the entry of a program, as each of its starts makes one."""
    return lambda name: Entry(config=lambda: tmp_path / "config", state=lambda: tmp_path / "state", program=name)


async def log_in(entry: Entry, server: str) -> str:
    """Make an account as a program does that asks for the password; return the token."""
    async with entry.client(Profile(server, "alice")) as client:
        me = await client.register("alice", PASSWORD)
        assert client.token
        entry.remember(Profile(server, "alice").entered(me, client.token))
        return client.token


async def until_in(client: ChatClient, phase: ConnectionPhase) -> None:
    await until(lambda: client.connection.phase is phase)


@asynccontextmanager
async def started(entry: Entry) -> AsyncIterator[ChatClient]:
    """Go on as a start of a program does, until it is online."""
    profile = entry.find().profile
    async with entry.client(profile) as client:
        await until_in(client, ConnectionPhase.ONLINE)
        entry.remember(profile.entered(client.me, client.token))
        yield client


async def sessions(chat: Chat) -> Sequence[Session]:
    alice = await chat.users.get("alice")
    assert alice
    return await chat.sessions.of(alice)


async def test_the_second_program_begins_its_own_session_once_and_a_log_out_ends_only_its_own(
    chat: Chat, server: str, program: Program
) -> None:
    first = await log_in(program("terminal"), server)
    for _ in range(3):
        async with started(program("window")) as window:
            assert window.token != first
    labels = sorted(session.label for session in await sessions(chat))

    async with started(program("terminal")) as terminal, started(program("window")) as window:
        assert terminal.token == first
        await window.log_out()
        program("window").forget_session(program("window").find().profile)
        assert len(await terminal.sessions()) == 1

    assert labels == ["", label_of("window")]
    assert program("window").find().profile.token is None
    assert program("terminal").find().profile.token == first


async def test_where_the_first_session_has_ended_meanwhile_the_person_is_asked(server: str, program: Program) -> None:
    token = await log_in(program("terminal"), server)
    async with chatcore.connect(server, token=token) as elsewhere:
        await elsewhere.log_out()

    window = program("window")
    profile = window.find().profile
    async with window.client(profile) as client:
        await until(lambda: client.connection.code == LoggedOut.code)
    window.forget_session(profile)

    assert [program(name).find().profile.token for name in ("terminal", "window")] == [None, None]


async def test_who_is_disabled_is_out_in_both_programs(chat: Chat, server: str, program: Program) -> None:
    await log_in(program("terminal"), server)
    async with started(program("terminal")) as terminal, started(program("window")) as window:
        await chat.users.disable(terminal.me)

        for client in (terminal, window):
            await until_in(client, ConnectionPhase.LOGGED_OUT)


async def test_an_older_server_gives_both_programs_the_one_session(
    chat: Chat, server: str, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await log_in(program("terminal"), server)
    with monkeypatch.context() as older:
        older.setitem(client_frames()._structure, "begin_session", None)
        async with started(program("window")) as window:
            assert window.token == token

    async with started(program("window")) as window:  # the server was renewed meanwhile
        assert window.token != token
    assert len(await sessions(chat)) == 2


async def test_a_kill_before_the_session_was_kept_costs_nothing_but_a_session_that_grows_old(
    server: str, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await log_in(program("terminal"), server)

    def killed(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as once:
        once.setattr(Profiles, "keep_own", killed)
        window = program("window")
        with pytest.raises(KeyboardInterrupt):
            await window.client(window.find().profile)._to_ask.ask()  # type: ignore[union-attr]

    async with started(program("window")) as client, started(program("terminal")) as terminal:
        assert client.token not in {token, None}
        assert terminal.token == token


async def test_a_program_that_is_started_twice_at_once_leaves_one_session(
    chat: Chat, server: str, program: Program
) -> None:
    await log_in(program("terminal"), server)
    profile = program("window").find().profile
    async with AsyncExitStack() as stack:
        twice = [await stack.enter_async_context(program("window").client(profile)) for _ in range(2)]
        for client in twice:
            await until_in(client, ConnectionPhase.ONLINE)

        assert twice[0].token == twice[1].token
    assert len(await sessions(chat)) == 2
