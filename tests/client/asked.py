"""The requests that a part of a client sent, to be answered by the test."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import attrs

from chatcore import ChatError, Unreachable
from chatcore.client.asking import Done
from chatcore.client.pacing import Pacing
from chatcore.testing import VirtualClock
from chatcore.testing.fakes import SeededIds
from chatcore.wire import frames as f

R = TypeVar("R", bound=f.Request)


@attrs.define
class Asked:
    """Keeps what was asked, in order."""

    requests: list[f.Request] = attrs.field(factory=list)
    waiting: list[Done] = attrs.field(factory=list)

    def ask(self, make: Callable[[int], f.Request], done: Done) -> None:
        """Take a request."""
        self.requests.append(make(len(self.requests) + 1))
        self.waiting.append(done)

    def answer(self, answer: f.Answer | ChatError) -> None:
        """Answer the request that waits longest."""
        self.waiting.pop(0)(answer)

    def lose(self) -> None:
        """Lose the connection: nothing that waits is answered."""
        waiting, self.waiting = self.waiting, []
        for done in waiting:
            done(Unreachable())

    def of(self, kind: type[R]) -> list[R]:
        """Return the requests of one type."""
        return [request for request in self.requests if isinstance(request, kind)]


def pacing() -> Pacing:
    """Make a clock that stands still, and chance that repeats."""
    return Pacing(VirtualClock(), SeededIds(1))
