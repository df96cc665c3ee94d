"""A bus that keeps a queue for each subscriber."""

import asyncio
from collections.abc import Callable, Sequence

from chatcore.ports.bus import BusListener, Hint

MAX_WAITING = 1_000
"""Hints that wait for one subscriber: when there are more, the newest are lost, and made good by reading."""


class QueueBus:
    """Each listener is called from a task of its own."""

    def __init__(self) -> None:
        self._queues: dict[object, asyncio.Queue[Sequence[Hint]]] = {}

    def publish(self, hints: Sequence[Hint], publisher: object) -> None:
        """Tell the others."""
        for subscriber, queue in self._queues.items():
            if subscriber is not publisher and not queue.full():
                queue.put_nowait(hints)

    def subscribe(self, subscriber: object, listener: BusListener) -> Callable[[], None]:
        """Call `listener` with what others publish."""
        queue: asyncio.Queue[Sequence[Hint]] = asyncio.Queue(MAX_WAITING)
        self._queues[subscriber] = queue
        task = asyncio.get_running_loop().create_task(_empty(queue, listener))

        def leave() -> None:
            self._queues.pop(subscriber, None)
            task.cancel()

        return leave


async def _empty(queue: asyncio.Queue[Sequence[Hint]], listener: BusListener) -> None:
    while True:
        listener(await queue.get())
