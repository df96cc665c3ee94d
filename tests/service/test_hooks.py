"""A hook's time, and what it gives."""

from __future__ import annotations

import asyncio

import pytest

from chatcore import GENERAL, Refused, User, UserId
from chatcore.service.hooks import TIME, Draft, ask, is_inside_hook
from chatcore.testing.clock import VirtualClock

DRAFT = Draft(User(UserId("a" * 16), "ann", 1, 1), GENERAL, "hi", "client")


async def test_a_hook_has_two_seconds() -> None:
    clock = VirtualClock()

    async def hook(_draft: Draft) -> str | None:
        await clock.sleep(60)
        return None

    asking = asyncio.create_task(ask(hook, DRAFT, clock))
    await clock.armed()
    clock.elapse(TIME)
    with pytest.raises(Refused) as told:
        await asking

    assert told.value.field == "hook"


async def test_a_hook_knows_that_it_is_one() -> None:
    seen: list[bool] = []

    async def hook(_draft: Draft) -> str | None:
        seen.append(is_inside_hook())
        return "ho"

    assert await ask(hook, DRAFT, VirtualClock()) == "ho"
    assert (seen, is_inside_hook()) == ([True], False)
