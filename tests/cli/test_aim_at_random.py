"""At the terminal no message goes anywhere but to the row that was shown when the person decided."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pytest

from chatcore.testing import ChatWorld
from tests.cli.emulator import ALT_DOWN, ALT_UP, CTRL_F, DOWN, ENTER, ChatEmulator, alt, terminal
from tests.frontends.aim import PEOPLE, Act, Person

SEEDS = range(5)


class AtTerminal:
    """Reads cells, and presses what a terminal sends."""

    def __init__(self, emulator: ChatEmulator) -> None:
        self._t = emulator

    @property
    def rows(self) -> list[str]:
        return [name for line in self._t.roster if (name := _name(line))]

    @property
    def opened(self) -> str:
        head = self._t.lines[0].partition("│")[2]
        return _plain(head.strip(" ●○").split("  ")[0]) if head.strip() else ""

    @property
    def marked(self) -> str:
        return next(_name(line) for line in self._t.roster if line.startswith(">"))

    def elapse(self, seconds: float) -> None:
        self._t.clock.elapse(seconds)

    async def settle(self) -> None:
        await self._t.settle()

    def pressing(self, name: str) -> Sequence[Act]:
        line = next(row for row, line in enumerate(self._t.lines) if _name(line.split("│")[0]) == name)
        return [partial(self._t.type, f"\x1b[<0;6;{line + 1}{how}") for how in "Mm"]

    async def digit(self, place: int) -> None:
        await self._t.type(alt(str(place)))

    async def step(self, steps: int) -> None:
        await self._t.type(ALT_DOWN if steps > 0 else ALT_UP)

    async def seek(self, text: str) -> None:
        await self._t.type(CTRL_F, *text)

    async def arrow(self) -> None:
        await self._t.type(DOWN)

    async def enter(self) -> None:
        await self._t.type(ENTER)

    async def write(self, text: str) -> None:
        await self._t.type(text, ENTER)


def _name(line: str) -> str:
    """The name in the first line of a row; nothing in the second one, which is the preview."""
    return _plain(line[3:22].split("  ", maxsplit=1)[0]) if line[1:2] in {"●", "○"} else ""


def _plain(name: str) -> str:
    return "general" if name == "General chat" else name.strip()


@pytest.mark.parametrize("seed", SEEDS)
async def test_everybody_gets_what_was_meant_for_them_however_the_list_moves(seed: int) -> None:
    async with ChatWorld(seed=seed) as world:
        alice, *others = await world.users("alice", *PEOPLE)
        async with terminal(world, alice, 100, 50) as t:
            await Person(seed, world, alice, others).plays(AtTerminal(t))
