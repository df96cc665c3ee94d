"""One connection over many links: coming up, and what is refused."""

from __future__ import annotations

import asyncio

import pytest

from chatcore import (
    BadFrame,
    Busy,
    ChatError,
    ConnectionPhase,
    ConnectionState,
    LoggedOut,
    NameTaken,
    Token,
    Unreachable,
    UnsupportedVersion,
    WrongCredentials,
)
from chatcore.client.admission import log_in, resume
from chatcore.ports.transport import OutFrame
from chatcore.wire import frames as f
from tests.client.stage import LOG_IN, PASSWORD, REGISTER, Stage
from tests.protocol.joined import ALICE, SNAPSHOT
from tests.turns import turns

# ---- coming up


async def test_the_hello_and_the_credentials_leave_together() -> None:
    async with Stage() as stage:
        assert await stage.hear() == [f.Hello((f.VERSION,), "instance"), f.LogIn(1, "alice", PASSWORD, None)]


async def test_it_is_online_with_the_snapshot() -> None:
    async with Stage() as stage:
        await stage.say(f.Welcome(f.VERSION), f.LoggedIn(1, ALICE, Token("token")))
        before = stage.connector.is_online
        await stage.say(SNAPSHOT)

        assert not before
        assert stage.connector.is_online
        assert stage.connector.token == "token"
        assert stage.shell.phases == [ConnectionPhase.CONNECTING, ConnectionPhase.ONLINE]
        assert stage.shell.received_frames == [SNAPSHOT]
        assert stage.shell.happened == ["logged in as Alice", "handled", "handled"]


async def test_a_null_token_leaves_the_one_that_is_there() -> None:
    stage = Stage(resume(Token("mine")))
    stage.connector.token = Token("mine")
    async with stage:
        heard = await stage.hear()
        await stage.say(f.Welcome(f.VERSION), f.LoggedIn(1, ALICE, None), SNAPSHOT)

        assert heard[1:] == [f.Resume(1, Token("mine"), None)]
        assert stage.connector.token == "mine"


# ---- refused


@pytest.mark.parametrize("error", [WrongCredentials(), NameTaken(), LoggedOut()], ids=lambda error: error.code)
async def test_a_definite_refusal_ends_it(error: ChatError) -> None:
    async with Stage() as stage:
        await stage.refuse(error)

        with pytest.raises(type(error)):
            await stage.running
        assert stage.shell.happened[-1] == f"given up: {error.code}"
        assert stage.shell.states[-1] == ConnectionState(
            ConnectionPhase.LOGGED_OUT, reason=error.message, code=error.code
        )
        assert stage.link._down is not None


async def test_a_refusal_for_now_is_followed_by_another_try_with_the_same_credentials() -> None:
    async with Stage(REGISTER, LOG_IN) as stage:
        await stage.refuse(Busy())
        await stage.later()

        assert (await stage.hear())[1:] == [f.Register(1, "alice", PASSWORD)]
        assert stage.shell.states[1].code == "busy"


async def test_a_server_of_another_version_is_told_to_who_asked() -> None:
    async with Stage() as stage:
        await stage.say(f.ErrorFrame(None, "unsupported_version", "this server speaks version 9", "versions", None))

        with pytest.raises(UnsupportedVersion, match="version 9"):
            await stage.running


@pytest.mark.parametrize("field", ["server", "url"])
async def test_what_another_try_would_not_change_is_told_at_once_to_who_asked(field: str) -> None:
    stage = Stage()
    stage.trouble = Unreachable("HTTP status 404", field=field)
    async with stage:
        with pytest.raises(Unreachable, match="404"):
            await stage.running

        assert stage.shell.states[-1] == ConnectionState(
            ConnectionPhase.LOGGED_OUT, reason="HTTP status 404", code="unreachable"
        )


async def test_a_server_that_speaks_something_else_is_told_at_once_to_who_asked() -> None:
    async with Stage() as stage:
        stage.link.write([OutFrame(b"hello, who is there?")])

        with pytest.raises(BadFrame):
            await stage.running


async def test_who_was_in_keeps_trying_whatever_a_server_says_that_may_be_in_an_update() -> None:
    async with Stage() as stage:
        await stage.let_in()
        stage.trouble = Unreachable("HTTP status 404", field="server")

        stage.link.abort()
        await turns()
        await stage.later()
        told = stage.shell.states[-1]
        stage.trouble = None
        await stage.later()
        await stage.say(f.ErrorFrame(None, "unsupported_version", "this server speaks version 9", "versions", None))
        await stage.later()
        await stage.let_in()

        assert (told.phase, told.reason) == (ConnectionPhase.OFFLINE, "HTTP status 404")
        assert stage.connector.is_online


async def test_who_insists_keeps_trying_from_the_beginning() -> None:
    stage = Stage(insist=True)
    stage.trouble = Unreachable("HTTP status 404", field="server")
    async with stage:
        told = stage.shell.states[-1]
        stage.trouble = None
        await stage.later()
        await stage.let_in()

        assert (told.phase, told.reason) == (ConnectionPhase.OFFLINE, "HTTP status 404")
        assert stage.connector.is_online


async def test_a_cancellation_of_what_it_waits_for_is_a_mistake_of_others_and_it_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Stage() as stage:
        await stage.let_in()
        stage.trouble = asyncio.CancelledError()

        stage.link.abort()
        await turns()
        await stage.later()
        told = stage.shell.states[-1]
        stage.trouble = None
        await stage.later()
        await stage.let_in()

        assert (told.phase, told.code) == (ConnectionPhase.OFFLINE, "internal")
        assert stage.connector.is_online
        assert "CancelledError" in caplog.text


async def test_what_cannot_be_sent_is_told_to_who_asked() -> None:
    async with Stage(log_in("alice", "\ud800")) as stage:
        with pytest.raises(ChatError) as caught:
            await stage.running

        assert caught.value.code == "bad_text"
