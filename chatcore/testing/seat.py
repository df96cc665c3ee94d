"""A place where a host of a world runs: it can be killed and started again, over its own storage object and network."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from ..adapters.memory_link import MemoryLink
from ..errors import StorageError, TemporaryError
from ..host.host import Host
from ..ports.clock import Clock
from ..ports.storage import Storage
from .memory_network import MemoryNetwork
from .slow_storage import SlowStorage

RESTART = 1.0
"""Seconds after which a server is started again whose storage has failed."""


class Seat:
    """Runs one host after the other over one storage."""

    def __init__(
        self,
        clock: Clock,
        network: MemoryNetwork,
        storage: SlowStorage,
        make: Callable[[Storage], Host],
        background: Callable[[Coroutine[object, object, None]], None],
    ) -> None:
        """`make` makes the next host, `background` runs what goes on beside it."""
        self.network: MemoryNetwork = network
        self.storage: SlowStorage = storage
        self.host: Host | None = None
        "The one that runs."
        self.mistakes: list[Exception] = []
        self._clock, self._make, self._background = clock, make, background
        self._is_wanted = False
        "Whether a host is to run: then it is started again where its storage has failed."

    async def start(self) -> None:
        """Start a host, over what is stored; nothing happens where one runs. If its storage fails, try again."""
        self._is_wanted = True
        if self.host is not None:
            return
        host = self.host = self._make(self.storage)
        try:
            await host.__aenter__()
        except (StorageError, TemporaryError):
            if self.host is host:
                self.host = None
                self._background(self._start_again())
            return
        if self.host is not host:  # it was killed meanwhile
            await host.__aexit__(None, None, None)
            return
        self.network.listen(lambda link: self._serve(host, link))
        self._background(self._supervise(host))

    async def kill(self) -> None:
        """Stop the host at once; what is committed stays."""
        host, self.host, self._is_wanted = self.host, None, False
        await self.network.close()
        if host is not None:
            await host.__aexit__(None, None, None)

    async def _serve(self, host: Host, link: MemoryLink) -> None:
        try:
            await host.serve(link)
        except Exception as mistake:  # noqa: BLE001 - told when the world ends
            self.mistakes.append(mistake)

    async def _supervise(self, host: Host) -> None:
        """Start a host again when its storage has failed, as a supervisor does with a program that exits."""
        try:
            await host.failure()
        except StorageError:
            if self.host is host:
                await self.kill()
                self._is_wanted = True
                await self._start_again()

    async def _start_again(self) -> None:
        await self._clock.sleep(RESTART)
        if self._is_wanted:
            await self.start()
