"""The sessions that a program begins, lists and ends."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import chatcore
import chatcore_server
from chatcore import Chat, ConnectionPhase, LoggedOut, NotFound, UserId
from tests.waiting import until


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat(":memory:", password_cost="low") as chat:
        yield chat


async def test_a_session_that_the_program_begins_lets_in_and_is_listed_and_ended(chat: Chat) -> None:
    ann = await chat.users.create("ann")
    phone, browser = [await chat.sessions.begin(ann, label=label) for label in ("phone", "browser")]
    listed = await chat.sessions.of(ann)

    async with (
        chatcore_server.serve(chat, port=0) as door,
        chatcore.connect(door.url, token=phone) as one,
        chatcore.connect(door.url, token=browser) as other,
    ):
        await chat.sessions.end(next(session for session in listed if session.label == "phone"))
        await until(lambda: one.connection.phase is ConnectionPhase.LOGGED_OUT)
        went_on = other.connection.phase
        await chat.sessions.end_all(ann)
        await until(lambda: other.connection.phase is ConnectionPhase.LOGGED_OUT)
        with pytest.raises(LoggedOut):
            async with chatcore.connect(door.url, token=browser):
                pass

    assert sorted(session.label for session in listed) == ["browser", "phone"]
    assert {session.begun <= session.last_used for session in listed} == {True}
    assert not {phone, browser} & {session.id for session in listed}
    assert (went_on, list(await chat.sessions.of(ann))) == (ConnectionPhase.ONLINE, [])


async def test_a_session_is_begun_for_users_only(chat: Chat) -> None:
    with pytest.raises(NotFound):
        await chat.sessions.begin(UserId("0" * 16))
    with pytest.raises(ValueError, match="label has at most 64 characters"):
        await chat.sessions.begin(await chat.users.create("ann"), label="x" * 65)
