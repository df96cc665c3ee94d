"""The life of a running server: announce it, wait for the end, drain."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import attrs

from chatcore.process.signals import ENDS, HANGUP, INTERRUPT, handled, has_terminal

from .health import Health

DRAIN_TIME = 6.0
"""Seconds after which what is still in flight is given up: the whole stop takes less than 10."""

HANGUP_TIME = 0.2
"""Seconds after which a terminal that hangs up is gone for everything that was started from it."""

NOTHING_TO_RELOAD = "SIGHUP changes nothing: there is nothing that could be loaded anew"

log = logging.getLogger(__name__)


class Chat(Protocol):
    """What is served."""

    async def drain(self) -> None:
        """Answer what is in flight, tell the clients and close their links."""

    async def failure(self) -> None:
        """Wait for ever, or raise StorageError when the storage has failed."""


class Listener(Protocol):
    """What lets clients in."""

    @property
    def url(self) -> str:
        """Where clients find it."""

    def stop(self) -> None:
        """Let nobody in any more."""


@attrs.frozen
class Server:
    """A running chat, how clients come to it, and how it is."""

    chat: Chat
    listener: Listener
    health: Health
    order: asyncio.Event = attrs.field(factory=asyncio.Event)
    "Set when it is told to stop."
    reload: Callable[[], object] = lambda: log.info(NOTHING_TO_RELOAD)
    "Called at SIGHUP."
    tell: Callable[[str], object] = lambda _: None
    "Tells a service manager how it is, in the words of sd_notify(3)."

    async def run(self, announce: Callable[[str], None]) -> None:
        """Tell `announce` the URL, serve until SIGTERM, SIGINT or `order`, then drain.

        Raises StorageError when it fails.
        """
        failure = asyncio.create_task(self.chat.failure())
        try:
            with _ordered_by_signals(self.order, self.reload):
                log.info("listening on %s", self.listener.url)
                announce(self.listener.url)
                self.tell("READY=1")
                await _first(failure, self.order)
                await self._drain()
            # A failure meanwhile: what was not answered may be lost.
            await asyncio.wait([failure], timeout=0)
            _raise(failure)
        finally:
            self.health.is_draining = True  # whatever the end is, it is not ready any more
            failure.cancel()

    async def _drain(self) -> None:
        log.info("stopping: nobody is let in any more, and clients are told")
        self.tell("STOPPING=1")
        self.health.is_draining = True
        self.listener.stop()
        try:
            async with asyncio.timeout(DRAIN_TIME):
                await self.chat.drain()
        except TimeoutError:
            log.warning("not all clients could be told within %s s", DRAIN_TIME)


@contextmanager
def _ordered_by_signals(order: asyncio.Event, reload: Callable[[], object]) -> Iterator[None]:
    """Set the order at SIGTERM, at SIGINT, and at the end of the terminal from which the server was started.

    Any other SIGHUP is an order to reload.
    """
    loop, had_terminal = asyncio.get_running_loop(), has_terminal()

    def hung_up() -> None:
        if had_terminal:
            loop.call_later(HANGUP_TIME, look)
        else:
            reload()

    def look() -> None:
        if has_terminal():
            reload()
        else:
            order.set()

    with handled((*ENDS, INTERRUPT), order.set), handled((HANGUP,), hung_up):
        yield


async def _first(failure: asyncio.Task[None], order: asyncio.Event) -> None:
    """Wait for the order to stop; raise the failure when it comes before."""
    stopping = asyncio.create_task(order.wait())
    try:
        await asyncio.wait([failure, stopping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
    _raise(failure)


def _raise(failure: asyncio.Task[None]) -> None:
    if failure.done():
        failure.result()
