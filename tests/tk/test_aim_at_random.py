"""At the window no message goes anywhere but to the row that was shown when the person decided."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from chatcore.home.profiles import Profile
from chatcore.testing import ChatWorld
from tests.frontends.aim import PEOPLE, Act, Person
from tests.tk.here import SERVER, Seat, seat

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]

SEEDS = range(5)


class AtWindow:
    """Reads the list, and makes events of keys and presses."""

    def __init__(self, at: Seat) -> None:
        self._at = at

    @property
    def rows(self) -> list[str]:
        return self._at.rows

    @property
    def opened(self) -> str:
        return "general" if self._at.opened == "General chat" else self._at.opened

    @property
    def marked(self) -> str:
        row = self._at.window.screen.roster.list.sight.marked
        return row.name if row else ""

    def elapse(self, seconds: float) -> None:
        self._at.clock.elapse(seconds)

    async def settle(self) -> None:
        await self._at.settle()

    def pressing(self, name: str) -> Sequence[Act]:
        return [partial(self._at.click, self._at.window.screen.roster.sheet, 50, self._at.middle_of(name))]

    async def digit(self, place: int) -> None:
        await self._at.key(f"Control-Key-{place}")

    async def step(self, steps: int) -> None:
        await self._at.key("Alt-Down" if steps > 0 else "Alt-Up")

    async def seek(self, text: str) -> None:
        await self._at.key("Control-f", "BackSpace")
        await self._at.type(text)

    async def arrow(self) -> None:
        await self._at.key("Down")

    async def enter(self) -> None:
        await self._at.key("Return")

    async def write(self, text: str) -> None:
        await self._at.type(text)
        await self._at.key("Return")


@pytest.mark.parametrize("seed", SEEDS)
async def test_everybody_gets_what_was_meant_for_them_however_the_list_moves(
    seed: int, lasting_display: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISPLAY", lasting_display)
    async with ChatWorld(seed=seed) as world:
        alice, *others = await world.users("alice", *PEOPLE)
        async with seat(world, tmp_path, Profile(SERVER, "alice", alice.token)) as at:
            at.root.geometry("980x900")
            await at.settle()
            await Person(seed, world, alice, others).plays(AtWindow(at))
