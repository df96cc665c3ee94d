"""The sessions that a program begins, lists and ends."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

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
    ann = await chat.users.create("ann")
    for label, told in (("x" * 65, "label has 0 to 64 characters"), ("a\x00b", "control"), ("a\ud800", "half a char")):
        with pytest.raises(ValueError, match=told):
            await chat.sessions.begin(ann, label=label)


@pytest.mark.parametrize("lasts", [timedelta(seconds=59), timedelta(days=181), timedelta(days=-1)])
async def test_a_session_lasts_a_minute_at_least_and_no_longer_than_any(chat: Chat, lasts: timedelta) -> None:
    ann = await chat.users.create("ann")
    with pytest.raises(ValueError, match="lasts is between one minute and 180 days"):
        await chat.sessions.begin(ann, lasts=lasts)
    with pytest.raises(TypeError, match="lasts is a timedelta or None, not 60"):
        await chat.sessions.begin(ann, lasts=60)  # type: ignore[arg-type]


async def test_how_long_a_session_lasts_is_kept(tmp_path: Path) -> None:
    async with Chat(tmp_path / "chat.db", password_cost="low") as chat:
        ann = await chat.users.create("ann")
        await chat.sessions.begin(ann, label="short", lasts=timedelta(hours=1))
        await chat.sessions.begin(ann, label="usual")

    with closing(sqlite3.connect(tmp_path / "chat.db")) as database:
        kept = dict(database.execute("select label, lasts_ms from session"))

    assert kept == {"short": 3_600_000, "usual": None}


async def test_a_session_tells_where_it_was_used_from(chat: Chat) -> None:
    ann = await chat.users.create("ann")
    token = await chat.sessions.begin(ann)
    async with chatcore_server.serve(chat, port=0) as door, chatcore.connect(door.url, token=token):
        pass

    assert [session.address for session in await chat.sessions.of(ann)] == ["127.0.0.1"]


async def test_a_session_that_begins_while_all_end_is_ended_or_goes_on(chat: Chat) -> None:
    ann = await chat.users.create("ann")
    for _ in range(50):
        await chat.sessions.begin(ann)

    await asyncio.gather(chat.sessions.end_all(ann), *(chat.sessions.begin(ann) for _ in range(5)))

    assert len(await chat.sessions.of(ann)) <= 5
    with pytest.raises(NotFound):
        await chat.sessions.end_all(UserId("0" * 16))
