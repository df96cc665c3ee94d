"""A bus between hosts that share one event loop: nothing is lost, repeated or swapped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import attrs

from ..ports.bus import BusListener, Hint


@attrs.define(eq=False)
class _Subscription:
    subscriber: object
    listener: BusListener
    ended: bool = False

    def deliver(self, hints: Sequence[Hint]) -> None:
        if not self.ended:
            self.listener(hints)


class LocalBus:
    """Calls each listener from the event loop itself, so a publisher is never inside somebody else's code."""

    def __init__(self) -> None:
        self._subscriptions: list[_Subscription] = []

    def publish(self, hints: Sequence[Hint], publisher: object) -> None:
        for subscription in self._subscriptions:
            if subscription.subscriber is not publisher:
                asyncio.get_running_loop().call_soon(subscription.deliver, hints)

    def subscribe(self, subscriber: object, listener: BusListener) -> Callable[[], None]:
        subscription = _Subscription(subscriber, listener)
        self._subscriptions.append(subscription)

        def unsubscribe() -> None:
            subscription.ended = True
            if subscription in self._subscriptions:
                self._subscriptions.remove(subscription)

        return unsubscribe
