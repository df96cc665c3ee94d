"""A connector that tries again: when, how long, and never a registration blindly."""

from __future__ import annotations

import pytest

from chatcore import (
    ConnectionPhase,
    ConnectionState,
    LoggedOut,
    NameTaken,
    Token,
    Unreachable,
    WrongCredentials,
)
from chatcore.client.connector import ENTRY_TIME
from chatcore.domain.generations import Point
from chatcore.ports.transport import OutFrame
from chatcore.wire import frames as f
from tests.client.stage import LOG_IN, PASSWORD, REGISTER, Stage
from tests.protocol.joined import ALICE
from tests.turns import turns

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


async def test_who_is_in_a_hurry_has_it_tried_at_once() -> None:
    stage = Stage()
    stage.trouble = Unreachable("nothing listens there")
    async with stage:
        stage.trouble = None
        stage.connector.hurry()
        await turns()
        await stage.let_in()

        assert stage.shell.phases[-3:] == [ConnectionPhase.OFFLINE, ConnectionPhase.CONNECTING, ConnectionPhase.ONLINE]


async def test_a_hurry_is_for_one_pause_and_for_nothing_while_there_is_none() -> None:
    stage = Stage()
    stage.trouble = Unreachable()
    async with stage:
        stage.connector.hurry()
        stage.connector.hurry()
        await turns()
        tries = stage.shell.phases.count(ConnectionPhase.CONNECTING)

        assert (tries, stage.shell.phases[-1]) == (2, ConnectionPhase.OFFLINE)


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


async def test_who_is_pushed_out_by_newer_connections_says_so_and_does_not_come_back_at_once() -> None:
    async with Stage() as stage:
        await stage.let_in()
        await stage.say(f.Closing("crowded", "there are more than 20 connections of this kind"))
        state = stage.shell.states[-1]
        await stage.later()
        await stage.let_in()
        stage.link.abort()
        await turns()

        assert state.reason == "there are too many connections of this account: the newest ones stay"
        assert state.retry_in == 22.5
        assert stage.shell.states[-1].retry_in == 0.25


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
