"""The bus port: tells the hosts of one chat what the others have committed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from ..domain.events import Event

BusListener = Callable[[Sequence[Event]], None]


class Bus(Protocol):
    """A doorbell between hosts: it makes things fast, nothing relies on it to be right.

    *Loss*: a hint may be lost. *Duplicates*: it may come twice. *Order*: hints of one publisher usually come in the
    order in which they were published; a receiver uses one only if it is exactly the next, and else reads the log.
    *Echo*: a publisher never hears itself.
    """

    def publish(self, events: Sequence[Event], publisher: object) -> None:
        """Tell the other hosts. Returns at once and does not raise."""

    def subscribe(self, subscriber: object, listener: BusListener) -> Callable[[], None]:
        """Call `listener` on the event loop with what others publish, until the returned function is called."""
