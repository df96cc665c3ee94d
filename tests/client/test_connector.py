"""The connector: dials, logs in, hands over, and tries again, whatever the server does."""

from __future__ import annotations

import asyncio
from typing import Self

import attrs
import pytest

from chatcore import (
    GENERAL,
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
from chatcore.adapters.memory_link import MemoryLink, link_pair
from chatcore.client.admission import Admission, log_in, register, resume
from chatcore.client.connector import ENTRY_TIME, Connector
from chatcore.domain.generations import Point
from chatcore.ports.transport import Link, LinkDown, OutFrame
from chatcore.testing import VirtualClock
from chatcore.wire import frames as f
from tests.protocol.joined import ALICE, FROM_CLIENT, FROM_SERVER, SNAPSHOT
from tests.turns import turns

PASSWORD = "correct horse battery"
REGISTER, LOG_IN = register("alice", PASSWORD), log_in("alice", PASSWORD)


@attrs.define(eq=False)
class Shell:
    """Keeps what the connector tells."""

    states: list[ConnectionState] = attrs.field(factory=list)
    received_frames: list[f.ServerFrame] = attrs.field(factory=list)
    happened: list[str] = attrs.field(factory=list)
    told: Point | None = None

    def connection_changed(self, state: ConnectionState) -> None:
        self.states.append(state)

    def logged_in(self, frame: f.LoggedIn) -> None:
        self.happened.append(f"logged in as {frame.user.name}")

    def received(self, frame: f.ServerFrame) -> None:
        self.received_frames.append(frame)

    def handled(self) -> None:
        self.happened.append("handled")

    def connection_lost(self) -> None:
        self.happened.append("connection lost")

    def logged_out(self) -> None:
        self.happened.append("logged out")

    def given_up(self, error: ChatError) -> None:
        self.happened.append(f"given up: {error.code}")

    @property
    def phases(self) -> list[ConnectionPhase]:
        """How the connection went."""
        return [state.phase for state in self.states]


class Stage:
    """A connector; the test is its server and its clock."""

    def __init__(self, entry: Admission = LOG_IN, instead: Admission | None = None, *, insist: bool = False) -> None:
        self.clock = VirtualClock()
        self.shell = Shell()
        self.trouble: BaseException | None = None
        self.links: list[MemoryLink] = []
        self.connector = Connector("memory://", self, self.clock, lambda: 0.5, "instance", self.shell)
        self._entry, self._instead, self._insist = entry, instead, insist

    async def dial(self, url: str) -> Link:
        if self.trouble is not None:
            raise self.trouble
        near, far = link_pair()
        self.links.append(far)
        return near

    async def __aenter__(self) -> Self:
        self.running = asyncio.ensure_future(self.connector.run(self._entry, self._instead, insist=self._insist))
        await turns()
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)

    @property
    def link(self) -> MemoryLink:
        """The server's end of the newest link."""
        return self.links[-1]

    async def hear(self) -> list[f.ClientFrame]:
        """Return what the client said on the newest link."""
        return [FROM_CLIENT.decode(await self.link.receive()) for _ in range(len(self.link._arrived))]

    async def say(self, *frames: f.ServerFrame) -> None:
        """Let the server say something."""
        self.link.write([OutFrame(FROM_SERVER.encode(frame)) for frame in frames])
        await turns()

    async def let_in(self) -> None:
        """Let the client in."""
        await self.say(f.Welcome(f.VERSION), f.LoggedIn(1, ALICE, Token("token")), SNAPSHOT)

    async def later(self) -> None:
        """Let the next timer ring."""
        self.clock.advance()
        await turns()

    async def refuse(self, error: ChatError) -> None:
        """Refuse the credentials."""
        await self.say(f.Welcome(f.VERSION), f.ErrorFrame(1, error.code, error.message, error.field))


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
        await stage.say(f.ErrorFrame(None, "unsupported_version", "this server speaks version 9", "versions"))

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
        await stage.say(f.ErrorFrame(None, "unsupported_version", "this server speaks version 9", "versions"))
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


# ---- trying again


async def test_who_comes_back_says_what_the_server_told_last() -> None:
    async with Stage() as stage:
        await stage.let_in()
        stage.shell.told = Point("first", 7, 2)
        stage.link.abort()
        await turns()
        await stage.later()

        assert (await stage.hear())[1:] == [f.Resume(1, Token("token"), Point("first", 7, 2))]


async def test_where_nothing_listens_it_is_tried_again_after_a_while() -> None:
    stage = Stage()
    stage.trouble = Unreachable("nothing listens there")
    async with stage:
        first = stage.shell.states[-1]
        stage.trouble = None
        await stage.later()
        await stage.let_in()

        assert first == ConnectionState(ConnectionPhase.OFFLINE, 0.25, "nothing listens there", "unreachable")
        assert stage.shell.phases[-2:] == [ConnectionPhase.CONNECTING, ConnectionPhase.ONLINE]


async def test_the_waits_grow() -> None:
    stage = Stage()
    stage.trouble = Unreachable()
    async with stage:
        for _ in range(3):
            await stage.later()

        assert [state.retry_in for state in stage.shell.states if state.retry_in] == [0.25, 0.5, 1.0, 2.0]


@pytest.mark.parametrize("clean", [True, False])
async def test_after_a_loss_it_goes_on_with_the_token(*, clean: bool) -> None:
    async with Stage() as stage:
        await stage.let_in()
        if clean:
            await stage.link.close()
        else:
            stage.link.abort()
        await turns()
        lost = stage.shell.states[-1]
        await stage.later()

        assert lost.phase is ConnectionPhase.OFFLINE
        assert lost.reason == ("the connection was closed by the server" if clean else "the connection was lost")
        assert (await stage.hear())[1:] == [f.Resume(1, Token("token"), None)]


async def test_a_server_that_says_nothing_is_left_after_ten_seconds() -> None:
    async with Stage() as stage:
        await stage.say(f.Welcome(f.VERSION))
        await stage.later()

        assert stage.clock.monotonic() == ENTRY_TIME
        assert stage.shell.states[-1].reason == "the server does not answer in time"
        assert stage.link._down is not None


async def test_who_is_online_may_be_silent() -> None:
    async with Stage() as stage:
        await stage.let_in()

        assert not stage.clock.advance()


@pytest.mark.parametrize("rubbish", [b"\xff", b"[]", b'{"type":"posted","id":9}', b'{"type":"welcome","version":2}'])
async def test_a_server_that_talks_rubbish_is_left_and_tried_again(rubbish: bytes) -> None:
    async with Stage() as stage:
        await stage.let_in()
        stage.link.write([OutFrame(rubbish)])
        await turns()

        assert stage.shell.states[-1].phase is ConnectionPhase.OFFLINE
        assert stage.shell.states[-1].code == "bad_frame"


async def test_a_server_that_drains_is_tried_again_and_its_words_are_shown() -> None:
    async with Stage() as stage:
        await stage.let_in()
        await stage.say(f.Closing("draining", "the server is restarting"))

        assert stage.shell.states[-1].phase is ConnectionPhase.OFFLINE
        assert stage.shell.states[-1].reason == "the server is restarting"


async def test_a_session_that_was_ended_elsewhere_ends_it() -> None:
    async with Stage() as stage:
        await stage.let_in()
        await stage.say(f.Closing("logged_out", "the session has ended"))

        with pytest.raises(LoggedOut):
            await stage.running
        assert stage.shell.phases[-1] is ConnectionPhase.LOGGED_OUT


async def test_a_type_of_a_newer_server_is_passed_over() -> None:
    async with Stage() as stage:
        await stage.let_in()
        stage.link.write([OutFrame(b'{"type":"reaction"}')])
        await stage.say(f.UserEvent(ALICE))

        assert stage.connector.is_online
        assert stage.shell.received_frames[1:] == [f.UserEvent(ALICE)]


# ---- a registration is never repeated blindly


async def test_after_a_lost_answer_to_a_registration_it_tries_to_log_in() -> None:
    async with Stage(REGISTER, LOG_IN) as stage:
        stage.link.abort()
        await turns()
        await stage.later()

        assert (await stage.hear())[1:] == [f.LogIn(1, "alice", PASSWORD, None)]


async def test_where_there_is_no_such_account_the_registration_is_sent_again() -> None:
    async with Stage(REGISTER, LOG_IN) as stage:
        stage.link.abort()
        await turns()
        await stage.later()
        await stage.refuse(WrongCredentials())

        assert (await stage.hear())[1:] == [f.Register(1, "alice", PASSWORD)]
        await stage.refuse(NameTaken())
        with pytest.raises(NameTaken):
            await stage.running


async def test_a_registration_that_was_never_sent_is_sent() -> None:
    stage = Stage(REGISTER, LOG_IN)
    stage.trouble = Unreachable()
    async with stage:
        stage.trouble = None
        await stage.later()

        assert (await stage.hear())[1:] == [f.Register(1, "alice", PASSWORD)]


# ---- requests


async def test_a_request_gets_its_answer_once() -> None:
    async with Stage() as stage:
        await stage.let_in()
        await stage.hear()
        answers: list[object] = []
        stage.connector.ask(lambda number: f.FindUser(number, "alice"), answers.append)

        (request,) = await stage.hear()
        await stage.say(f.Found(2, ALICE))

        assert request == f.FindUser(2, "alice")
        assert answers == [f.Found(2, ALICE)]


async def test_a_request_that_was_refused_gets_the_error() -> None:
    async with Stage() as stage:
        await stage.let_in()
        answers: list[object] = []
        stage.connector.ask(lambda number: f.FindUser(number, "nobody"), answers.append)

        await stage.say(f.ErrorFrame(2, "not_found", "there is no user nobody", "name"))

        (error,) = answers
        assert isinstance(error, ChatError)
        assert (error.code, error.message, error.field) == ("not_found", "there is no user nobody", "name")


async def test_an_open_request_is_unreachable_when_the_connection_is_lost() -> None:
    async with Stage() as stage:
        await stage.let_in()
        answers: list[object] = []
        stage.connector.ask(lambda number: f.FindUser(number, "alice"), answers.append)

        stage.link.abort()
        await turns()

        assert list(map(type, answers)) == [Unreachable]
        assert stage.shell.happened[-1] == "connection lost"


async def test_a_request_without_a_connection_is_unreachable_at_once() -> None:
    async with Stage() as stage:
        answers: list[object] = []

        stage.connector.ask(lambda number: f.FindUser(number, "alice"), answers.append)

        assert list(map(type, answers)) == [Unreachable]


async def test_a_request_that_cannot_be_sent_is_refused_and_the_connection_goes_on() -> None:
    async with Stage() as stage:
        await stage.let_in()
        answers: list[object] = []

        stage.connector.ask(lambda number: f.FindUser(number, "\ud800"), answers.append)

        (error,) = answers
        assert isinstance(error, ChatError)
        assert error.code == "bad_text"
        assert stage.connector.is_online


# ---- leaving


async def test_a_clean_close_is_the_end_and_not_a_loss() -> None:
    async with Stage() as stage:
        await stage.let_in()
        await stage.connector.close()
        await turns()

        assert stage.running.done()
        assert ConnectionPhase.OFFLINE not in stage.shell.phases
        assert isinstance(stage.link._down, LinkDown)
        assert stage.link._down.clean


async def test_closing_before_it_is_connected_is_no_mistake() -> None:
    stage = Stage()

    await stage.connector.close()

    assert stage.links == []


async def test_the_answer_to_a_log_out_is_the_end_and_not_a_loss() -> None:
    async with Stage() as stage:
        await stage.let_in()
        answers: list[object] = []
        stage.connector.ask(f.LogOut, answers.append)

        await stage.say(f.LoggedOut(2))

        assert answers == [f.LoggedOut(2)]
        assert stage.running.done()
        assert (stage.connector.token, stage.shell.happened[-1]) == (None, "logged out")
        assert stage.shell.phases[-1] is ConnectionPhase.LOGGED_OUT
        assert ConnectionPhase.OFFLINE not in stage.shell.phases


async def test_what_is_still_asked_with_the_answer_to_a_log_out_changes_nothing_about_it() -> None:
    async with Stage() as stage:
        await stage.let_in()
        answers: list[object] = []

        def logged_out(_: object) -> None:
            stage.connector.ask(lambda number: f.Count(number, GENERAL), answers.append)

        stage.connector.ask(f.LogOut, logged_out)
        await stage.say(f.LoggedOut(2))

        assert [type(answer) for answer in answers] == [Unreachable]
        assert (stage.connector.token, stage.shell.happened[-1]) == (None, "logged out")


async def test_a_dropped_link_is_dialled_again() -> None:
    async with Stage() as stage:
        await stage.let_in()

        stage.connector.drop()
        await turns()
        await stage.later()

        assert len(stage.links) == 2
