"""Between the window's thread and a client in the network's: calls wait until it is open, the desk hears of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

from chatcore import ChatClient
from chatcore.client.calls import Calls
from chatcore.home.desk_observer import DeskObserver, HandOver, Hearer

P = ParamSpec("P")


class Relay:
    """Belongs to one client."""

    def __init__(self, client: ChatClient, calls: Calls, hearer: Hearer, hand_over: HandOver) -> None:
        self.client, self.calls = client, calls
        self._observer = DeskObserver(client, hearer, self.tell)
        self._hand_over = hand_over
        self._waiting: list[Callable[[], None]] | None = []
        "What is to be done once the client is open; None from then on."
        self.is_current = True
        "Whether the window still wants to hear of this client. Its own thread sets and reads it."

    def when_open(self, call: Callable[[], None]) -> None:
        """Make a call on the client, in order, as soon as it can take one. In the loop's thread."""
        if self._waiting is None:
            call()
        else:
            self._waiting.append(call)

    def opened(self) -> None:
        """The client can take calls, and there is something to hear of it. In the loop's thread."""
        self._observer.begin()
        waiting, self._waiting = self._waiting or [], None
        for call in waiting:
            call()

    def back(self, told: Callable[P, None]) -> Callable[P, None]:
        """Return what tells somebody in the window's thread what is told it in the network's."""

        def hand_back(*answer: P.args, **named: P.kwargs) -> None:
            self.tell(lambda: told(*answer, **named))

        return hand_back

    def tell(self, call: Callable[[], None]) -> None:
        """Have a call made in the window's thread, in order, unless nobody wants to hear of this client any more."""
        self._hand_over(lambda: call() if self.is_current else None)
