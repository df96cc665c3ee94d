"""A person who decides on a row of the list, and a list that moves before their key or press arrives."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from random import Random  # noqa: TID251 - of a given seed
from typing import Protocol

from chatcore import GENERAL, ChatClient
from chatcore.testing import ChatWorld
from chatcore.view.aim import LAG

Act = Callable[[], Awaitable[None]]

PEOPLE = ("ann", "annabel", "joanna", "susann", "bob", "carol")
ROUNDS = 12


class Frontend(Protocol):
    """What a person sees of a frontend, and what they can do to it. Its own clock stands still between two steps."""

    @property
    def rows(self) -> list[str]:
        """The names in the list as it was drawn, the general chat as `general`."""

    @property
    def opened(self) -> str:
        """Whose conversation is open."""

    @property
    def marked(self) -> str:
        """Whose row is marked while somebody is choosing."""

    def elapse(self, seconds: float) -> None:
        """Let the person's time pass."""

    async def settle(self) -> None:
        """Have everything drawn that the network has brought."""

    def pressing(self, name: str) -> Sequence[Act]:
        """Return the movements of a hand that press on the row where it stands now."""

    async def digit(self, place: int) -> None:
        """Press the key for a place of the list, from 1."""

    async def step(self, steps: int) -> None:
        """Open the conversation below, or above."""

    async def seek(self, text: str) -> None:
        """Begin to choose, with a text."""

    async def arrow(self) -> None:
        """Mark the row below."""

    async def enter(self) -> None:
        """Press Enter."""

    async def write(self, text: str) -> None:
        """Write a message and send it."""


class Person:
    """Alice: she looks, decides, and acts within half a second, whatever moves meanwhile."""

    def __init__(self, seed: int, world: ChatWorld, alice: ChatClient, others: Sequence[ChatClient]) -> None:
        self._chance, self._world, self._alice, self._others = Random(seed), world, alice, others
        self._newcomers = count()

    async def plays(self, frontend: Frontend) -> None:
        """Choose somebody again and again, and write to them."""
        for _ in range(ROUNDS):
            frontend.elapse(2 * LAG)  # she looks
            name, acts = await self._decides(frontend)
            seen = list(frontend.rows)
            for act in acts:
                await self._list_moves(frontend, LAG / len(acts))
                await act()
            assert frontend.opened == name, f"{name} in {seen}, which became {frontend.rows}"
            await frontend.write(f"for {name}")
            await frontend.settle()
        await self._everything_arrived()

    async def _decides(self, frontend: Frontend) -> tuple[str, Sequence[Act]]:
        """Return whom she wants, and what her hands will do about it."""
        rows, opened = frontend.rows, frontend.opened
        name = self._chance.choice(rows)
        match self._chance.randrange(6):
            case 0 | 1:
                return name, frontend.pressing(name)
            case 2:
                place = rows.index(name) + 1
                return (name, [lambda: frontend.digit(place)]) if place < 10 else (name, frontend.pressing(name))
            case 3 if opened in rows:
                steps = self._chance.choice((-1, 1))
                place = min(max(rows.index(opened) + steps, 0), len(rows) - 1)
                return rows[place], [lambda: frontend.step(steps)]
            case 4:
                await frontend.seek(self._chance.choice(("a", "an", "ann", "o", "l", "")))
                return frontend.marked, [frontend.enter]
            case _:
                await frontend.seek(self._chance.choice(("a", "o", "")))
                await self._list_moves(frontend, LAG)
                await frontend.arrow()
                return frontend.marked, [frontend.enter]

    async def _list_moves(self, frontend: Frontend, seconds: float) -> None:
        """Let others write and register at random moments within so much time."""
        moments = sorted(self._chance.uniform(0, seconds * 0.9) for _ in range(self._chance.randrange(4)))
        passed = 0.0
        for moment in moments:
            frontend.elapse(moment - passed)
            passed = moment
            if self._chance.random() < 0.15:
                await self._world.users(f"{self._chance.choice(PEOPLE)[:3]}-{next(self._newcomers)}")
            else:
                writer = self._chance.choice(self._others)
                to = GENERAL if self._chance.random() < 0.2 else await writer.conversation_with("alice")
                await writer.post(to, "me first")
            await frontend.settle()

    async def _everything_arrived(self) -> None:
        """Hold what everybody has got against whom it was meant for."""
        sent = 0
        for row in self._alice.replica.rows:
            own = [
                each.text for each in await self._alice.history(row.conversation) if each.sender == self._alice.me.id
            ]
            assert own == [f"for {row.name}"] * len(own)
            sent += len(own)
        assert sent == ROUNDS
