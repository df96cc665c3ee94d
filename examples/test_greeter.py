"""A fixture that gives each test a chat of its own, and a test of a hook with it."""

from collections.abc import AsyncIterator

import pytest

import chatcore


async def greet(chat: chatcore.Chat, user: chatcore.User) -> None:
    """Welcome somebody: the function under test."""
    await chat.post(user, chatcore.GENERAL, f"{user.name} is here")


@pytest.fixture
async def chat() -> AsyncIterator[chatcore.Chat]:
    async with chatcore.Chat(":memory:", passwords=False) as chat:
        yield chat


async def test_everybody_hears_that_somebody_came(chat: chatcore.Chat) -> None:
    ann, bob = [await chat.users.create(name) for name in ("ann", "bob")]

    await greet(chat, ann)

    async with chat.client(bob) as client:
        assert [message.text for message in await client.history(chatcore.GENERAL)] == ["ann is here"]
    assert await chat.unread(bob) == 1
