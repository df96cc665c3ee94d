"""The users that a program makes and finds."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

import chatcore
import chatcore_server
from chatcore import Chat, InvalidName, LoggedOut, NameTaken, NotFound, UserId, WeakPassword, WrongCredentials
from chatcore.service import accounts

PASSWORD = "correct horse battery"


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat(":memory:", password_cost="low") as chat:
        yield chat


async def test_a_program_makes_users_and_finds_them_by_name_and_id(chat: Chat) -> None:
    ann = await chat.users.create("Ann", password=PASSWORD)
    bob = await chat.users.create("bob")

    assert [await chat.users.get(who) for who in ("ANN", ann.id, "bob", "carol", "not a name!")] == [
        ann,
        ann,
        bob,
        None,
        None,
    ]
    assert [user async for user in chat.users] == [ann, bob]


async def test_many_users_are_given_page_by_page_each_once(chat: Chat) -> None:
    made = [await chat.users.create(f"user{number}") for number in range(1_200)]

    assert [user async for user in chat.users] == made


async def test_what_cannot_be_a_user_is_refused(chat: Chat) -> None:
    await chat.users.create("ann")

    for name, password, refusal in (
        ("ANN", None, NameTaken),
        ("general", None, InvalidName),
        ("bob", "short", WeakPassword),
    ):
        with pytest.raises(refusal):
            await chat.users.create(name, password=password)


@pytest.mark.parametrize("guess", ["", "nobody's password", "None", PASSWORD])
async def test_into_an_account_without_a_password_no_password_leads(chat: Chat, guess: str) -> None:
    await chat.users.create("ann")

    async with chatcore_server.serve(chat, port=0) as door, chatcore.connect(door.url) as client:
        with pytest.raises(WrongCredentials):
            await client.log_in("ann", guess or " ")


async def test_another_password_ends_all_sessions_and_is_the_only_one_from_then_on(chat: Chat) -> None:
    ann = await chat.users.create("ann", password=PASSWORD)
    token = await chat.sessions.begin(ann)
    with pytest.raises(WeakPassword):
        await chat.users.set_password(ann, "short")
    assert await chat.sessions.of(ann)

    await chat.users.set_password(ann, "another horse battery")

    assert not await chat.sessions.of(ann)
    context = chat._context()
    with pytest.raises(LoggedOut):
        await accounts.resume(context, token)
    with pytest.raises(WrongCredentials):
        await accounts.check_credentials(context, "ann", PASSWORD)
    assert await accounts.check_credentials(context, "ann", "another horse battery") == ann
    with pytest.raises(NotFound):
        await chat.users.set_password(UserId("f" * 16), PASSWORD)
