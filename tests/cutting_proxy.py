"""A TCP proxy that drops each connection after a given number of bytes, in the middle of whatever they are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self


class CuttingProxy:
    """Passes bytes on to a port of this machine; use as `async with`.

    The n-th connection is dropped after the n-th of `budgets` bytes, counted over both directions. When the budgets
    are used up, connections live.
    """

    def __init__(self, port: int, budgets: Iterable[int]) -> None:
        self._port = port
        self._budgets: Iterator[int] = iter(budgets)
        self._server: asyncio.Server
        self.cuts = 0
        "How many connections were dropped."

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream, downstream = await asyncio.open_connection("127.0.0.1", self._port)
        left = [next(self._budgets, None)]
        pumps = [
            asyncio.ensure_future(self._pump(reader, downstream, left)),
            asyncio.ensure_future(self._pump(upstream, writer, left)),
        ]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for end in (writer, downstream):
            end.transport.abort()
        await asyncio.gather(*pumps, return_exceptions=True)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: list[int | None]) -> None:
        while data := await reader.read(4096):
            if left[0] is not None:
                data = data[: left[0]]
                left[0] -= len(data)
            writer.write(data)
            await writer.drain()
            if left[0] == 0:
                self.cuts += 1
                return
