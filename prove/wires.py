"""A wire between two programs of this machine that can be cut, held and slowed down: a proxy."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

Place = int | Path
"""A port of this machine, or a Unix socket."""


class Wire:
    """Passes bytes on from `here` to `there`; use as `async with`. With `here` 0 the system chooses the port."""

    def __init__(self, here: Place, there: Place) -> None:
        self._here, self.there = here, there
        self.delay = 0.0
        "Seconds that each piece waits."
        self._flows = asyncio.Event()
        self._flows.set()
        self._is_cut = False
        self._server: asyncio.Server
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        if isinstance(self._here, Path):
            self._server = await asyncio.start_unix_server(self._connected, self._here)
        else:
            self._server = await asyncio.start_server(self._connected, "127.0.0.1", self._here)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.cut()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        """The port that the system has chosen."""
        return int(self._server.sockets[0].getsockname()[1])

    # ---- what can be done to it

    def cut(self) -> None:
        """Break what there is, and let nothing new come up until it is mended."""
        self._is_cut = True
        self._abort()

    def hold(self) -> None:
        """Let nothing through, while both ends believe that the other one is there."""
        self._flows.clear()

    def mend(self) -> None:
        """Let everything through again, at once."""
        self._is_cut, self.delay = False, 0.0
        self._flows.set()

    # ---- passing on

    def _abort(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        writers = {writer}
        self._writers.add(writer)
        try:
            await self._flows.wait()
            far_reader, far_writer = await self._open()
            writers.add(far_writer)
            self._writers.add(far_writer)
            pumps = [
                asyncio.ensure_future(self._pump(reader, far_writer)),
                asyncio.ensure_future(self._pump(far_reader, writer)),
            ]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            pass  # nobody listens there just now, or all is over
        finally:
            self._tasks.discard(task)
            for end in writers:
                end.transport.abort()
            self._writers -= writers

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.there, Path):
            return await asyncio.open_unix_connection(self.there)
        return await asyncio.open_connection("127.0.0.1", self.there)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
