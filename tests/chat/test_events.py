"""What has happened in a chat, given again."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chatcore import GENERAL, Chat, OtherHistory
from chatcore.chat.events import ChatEvent


async def first(events: AsyncIterator[ChatEvent], count: int) -> list[ChatEvent]:
    return [await anext(events) for _ in range(count)]


def named(events: list[ChatEvent]) -> list[str]:
    return [e.message.text if e.message else e.user.name if e.user else "" for e in events]


async def test_events_come_in_order_and_as_they_happen_and_end_with_the_chat() -> None:
    async with Chat(":memory:", password_cost="low") as chat:
        ann = await chat.users.create("ann")
        await chat.post(ann, GENERAL, "one")
        events = chat.events()
        held = await first(events, 2)
        waiting = asyncio.ensure_future(anext(events))
        bob = await chat.users.create("bob")
        held.append(await waiting)
        await chat.post(bob, GENERAL, "two")
        held += await first(events, 1)
        last = asyncio.ensure_future(anext(events, None))

    assert named(held) == ["ann", "one", "bob", "two"]
    assert [event.user for event in held] == [ann, None, bob, None]
    assert await last is None


async def test_after_a_restart_they_go_on_from_a_cursor(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    async with Chat(path, password_cost="low") as chat:
        ann = await chat.users.create("ann")
        for text in ("one", "two", "three"):
            await chat.post(ann, GENERAL, text)
        cursor = (await first(chat.events(), 2))[-1].cursor
    async with Chat(path, password_cost="low") as chat:
        assert named(await first(chat.events(cursor), 2)) == ["two", "three"]


async def test_an_older_copy_put_in_place_is_another_history(tmp_path: Path) -> None:
    path, copy = tmp_path / "chat.db", tmp_path / "copy.db"
    async with Chat(path, password_cost="low") as chat:
        ann = await chat.users.create("ann")
    shutil.copy(path, copy)
    async with Chat(path, password_cost="low") as chat:
        await chat.post(ann, GENERAL, "one")
        cursor = (await first(chat.events(), 2))[-1].cursor
    shutil.copy(copy, path)
    async with Chat(path, password_cost="low") as chat:
        await chat.post(ann, GENERAL, "another one")
        with pytest.raises(OtherHistory):
            await anext(chat.events(cursor))


@pytest.mark.parametrize("cursor", ["", "7", "a.b.c.d", "1.2..", "1.2.3."])
async def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    async with Chat(":memory:", password_cost="low") as chat:
        with pytest.raises(ValueError, match="cursor of an event"):
            await anext(chat.events(cursor))
