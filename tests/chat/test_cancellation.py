"""Every call of a chat is cancelled at every turn of the loop: it leaves nothing behind, and the chat goes on."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from chatcore import GENERAL, Chat, User
from chatcore.chat.guests import Identity
from chatcore.chat.invitations import Invitations
from chatcore.chat.sessions import Sessions
from chatcore.chat.users import Users
from tests.cancelling import WAYS, Cancel, in_a_scope_of_anyio
from tests.turns import turns

Call = Callable[[Chat, User], Awaitable[object]]


async def _all(chat: Chat) -> list[User]:
    return [user async for user in chat.users]


async def _use_client(chat: Chat, ann: User) -> None:
    async with chat.client(ann) as client:
        await client.post(GENERAL, "from within")


async def _begin_and_end(chat: Chat, ann: User) -> None:
    await chat.sessions.begin(ann)
    await chat.sessions.end_all(ann)


async def _end_one(chat: Chat, ann: User) -> None:
    await chat.sessions.begin(ann)
    for session in await chat.sessions.of(ann):
        await chat.sessions.end(session)


async def _ban_and_enable(chat: Chat, _: User) -> None:
    eve = await chat.users.create("eve")
    await chat.users.ban(eve, "spam")
    assert await chat.users.ban_of(eve)
    await chat.users.enable(eve)


async def _change(chat: Chat, _: User) -> None:
    eve = await chat.users.create("eve")
    await chat.users.rename(eve, "eva")
    await chat.users.set_display_name(eve, "Eva")
    await chat.users.disable(eve)
    await chat.users.erase(eve)


async def _hear_events(chat: Chat, ann: User) -> None:
    begun = await anext(aiter(chat.events()))
    assert begun.cursor
    await chat.post(ann, GENERAL, "heard of", client_id="heard")


async def _invite(chat: Chat, _: User) -> None:
    await chat.invitations.make()
    for invitation in await chat.invitations.all():
        await chat.invitations.revoke(invitation)


async def _admit(chat: Chat, _: User) -> None:
    async def ask() -> Identity:
        await turns(1)
        return Identity("key of eve")

    assert await chat.admit(ask)


CALLS: dict[str, Call] = {
    "admit": _admit,
    "events": _hear_events,
    "client": _use_client,
    "invitations.make invitations.all invitations.revoke": _invite,
    "post": lambda chat, ann: chat.post(ann, GENERAL, "hello", client_id="once"),
    "sessions.begin sessions.end_all": _begin_and_end,
    "sessions.of": lambda chat, ann: chat.sessions.of(ann),
    "unread": lambda chat, ann: chat.unread(ann),
    "sessions.end": _end_one,
    "sessions.end_host": lambda chat, _: chat.sessions.end_host("a host's"),
    "users.__aiter__": lambda chat, _: _all(chat),
    "users.ban users.ban_of users.enable": _ban_and_enable,
    "users.rename users.set_display_name users.disable users.erase": _change,
    "users.ensure": lambda chat, _: chat.users.ensure("key of eve", display_name="Eve"),
    "users.key_of": lambda chat, ann: chat.users.key_of(ann),
    "users.set_password": lambda chat, ann: chat.users.set_password(ann, "another horse battery"),
    "users.create": lambda chat, _: chat.users.create("bob", password="correct horse battery"),
    "users.get": lambda chat, _: chat.users.get("ann"),
}

ELSEWHERE = {
    *("__aenter__", "__aexit__"),  # below
    *("dial", "serve"),  # within `client`
    *("drain", "failure"),  # after them there is no chat
}


def test_every_call_that_is_awaited_is_cancelled_by_some_test() -> None:
    parts = {"": Chat, "users.": Users, "sessions.": Sessions, "invitations.": Invitations}

    awaited = {
        f"{prefix}{name}"
        for prefix, part in parts.items()
        for name, member in inspect.getmembers(part)
        if inspect.iscoroutinefunction(member) or inspect.isasyncgenfunction(member)
    }

    assert {name for name in awaited if not name.rpartition(".")[2].startswith("_")} <= ELSEWHERE | set(
        " ".join(CALLS).split()
    )


DONE = 400
"""Turns after which a call that was not cancelled would have ended; more are not tried."""


@WAYS
@pytest.mark.parametrize("name", CALLS)
async def test_a_call_that_is_cancelled_leaves_nothing_behind_and_the_chat_goes_on(name: str, cancel: Cancel) -> None:
    count, was_running = 0, True
    while was_running and count < DONE:
        async with Chat(":memory:", password_cost="low") as chat:
            ann = await chat.users.create("ann")
            before = asyncio.all_tasks()

            was_running = await cancel(partial(CALLS[name], chat, ann), count)

            message = await chat.post(ann, GENERAL, "hello", client_id="once")
            assert (message.text, await chat.unread(ann)) == ("hello", 0)
            while asyncio.all_tasks() - before:  # the server's end of a connection ends later
                await turns(1)
            assert chat.active() == frozenset()
            if name == "client":
                assert list(await chat.sessions.of(ann)) == []
        count += 1

    assert not was_running
    assert count > 1 or cancel is in_a_scope_of_anyio  # which lets a call begin, and some of them never wait


@WAYS
async def test_opening_that_is_cancelled_leaves_the_file_free(tmp_path: Path, cancel: Cancel) -> None:
    path = tmp_path / "chat.db"
    before = asyncio.all_tasks()
    for count in range(0, 60, 3):
        chat = Chat(path, password_cost="low")
        if not await cancel(chat.__aenter__, count) and chat.is_open:
            await chat.__aexit__(None, None, None)

        assert not chat.is_open
        assert asyncio.all_tasks() == before
        async with Chat(path, password_cost="low") as again:
            assert await _all(again) == []


@WAYS
async def test_closing_that_is_cancelled_closes_all_the_same(tmp_path: Path, cancel: Cancel) -> None:
    path = tmp_path / "chat.db"
    before = asyncio.all_tasks()
    for count in range(0, 30, 3):
        chat = Chat(path, password_cost="low")
        await chat.__aenter__()

        await cancel(partial(chat.__aexit__, None, None, None), count)

        if chat.is_open:  # it was cancelled before it began
            await chat.__aexit__(None, None, None)
        assert asyncio.all_tasks() == before
    async with Chat(path, password_cost="low"):
        pass
