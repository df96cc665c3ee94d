"""What is asked over a connector, and how it leaves."""

from __future__ import annotations

from chatcore import (
    GENERAL,
    ChatError,
    ConnectionPhase,
    Unreachable,
)
from chatcore.ports.transport import LinkDown
from chatcore.wire import frames as f
from tests.client.stage import Stage
from tests.protocol.joined import ALICE
from tests.turns import turns

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

        await stage.say(f.ErrorFrame(2, "not_found", "there is no user nobody", "name", None))

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
