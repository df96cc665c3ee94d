"""An application with a say in a random world: it refuses posts, rewrites them, takes its time and makes mistakes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from random import Random

import attrs

from ...domain.ids import UserId
from ...errors import Refused
from ...host.host import Host
from ...service.hooks import TIME, Draft, Hooks
from ..world import ChatWorld

PAUSES = (0.0, 0.0, 0.0, 0.05, 0.3, 1.0, TIME + 0.5)
"""Seconds that it thinks; the last ones are too many."""


@attrs.define(eq=False)
class Asked:
    """One time at which it was asked about a text. No two messages of a world have the same."""

    host: Host
    "In whose life."
    author: UserId
    answer: str | None = None
    "The text to be stored; None where it has refused, or is not heard any more."
    is_over: bool = False


class Editor:
    """The hook. It never says the same twice: a second answer to one post would show."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)
        self._world: ChatWorld | None = None
        self._asked: dict[str, list[Asked]] = {}
        self._count = 0

    @property
    def hooks(self) -> Hooks:
        """What a host is given."""
        return Hooks(before_post=self._answer)

    def work_in(self, world: ChatWorld) -> None:
        """Take this world's time."""
        self._world = world

    def answers(self, text: str) -> Collection[str]:
        """Return what may be stored in the place of a text."""
        return {asked.answer for asked in self._asked.get(text, ()) if asked.answer is not None}

    def has_refused(self, text: str) -> bool:
        """Return whether it has once not said what may be stored in the place of a text."""
        return any(asked.answer is None for asked in self._asked.get(text, ()))

    def thinking(self) -> frozenset[str]:
        """Return the texts that it is thinking about."""
        return frozenset(text for text, times in self._asked.items() if not times[-1].is_over)

    def faults(self, kept_out: Collection[UserId]) -> Iterable[str]:
        """Tell of what it was asked more than once, though the server lived on and the author was never kept out."""
        for text, times in self._asked.items():
            if len({id(asked.host) for asked in times}) < len(times) and times[0].author not in kept_out:
                yield f"the application was asked {len(times)} times about {text!r}"

    async def _answer(self, draft: Draft) -> str | None:
        if self._world is None:
            msg = "no world to work in"
            raise RuntimeError(msg)
        asked = Asked(self._world.host, draft.author.id)
        self._asked.setdefault(draft.text, []).append(asked)
        self._count += 1
        number, luck, pause = self._count, self._chance.random(), self._chance.choice(PAUSES)
        try:
            await self._world.clock.sleep(pause)
            if luck < 0.15:
                reason = f"no, {number}"
                raise Refused(reason)
            if luck < 0.18:
                reason = f"a mistake, {number}"
                raise LookupError(reason)
            asked.answer = draft.text if luck < 0.5 else f"{draft.text}, in other words, {number}"
        finally:
            asked.is_over = True
        return None if asked.answer == draft.text else asked.answer
