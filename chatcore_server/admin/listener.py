"""The running server's ear for its operator: whoever may open the socket is one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from chatcore import ChatError
from chatcore.protocol.server import error_frame
from chatcore.wire.frames import ErrorFrame

from . import frames as f
from .doors import open_doors

log = logging.getLogger(__name__)


Act = Callable[[Any], Awaitable[f.Answer]]
"""Does what one kind of request asks for. Raises ChatError."""


@asynccontextmanager
async def operator_listener(db: Path, acts: Mapping[type, Act], secret: str) -> AsyncIterator[None]:
    """Answer operators while in the block, which holds the database's lock; `secret` is a new one.

    `acts` has an entry for each kind of request.
    """
    tasks: set[asyncio.Task[None]] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(_converse(reader, writer, acts))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    try:
        async with open_doors(db, meet, secret):
            yield
    finally:  # nobody comes any more
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, acts: Mapping[type, Act]) -> None:
    """Answer one request, unless its author goes away."""
    try:
        with suppress(OSError):
            line = await _line(reader)
            if line:
                answer = await _while_there(reader, _answer(line, acts))
                if answer is not None:
                    writer.write(f.answers().encode(answer) + b"\n")
                    await writer.drain()
    finally:
        writer.close()


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ValueError:  # too long
        return b"\n"


async def _while_there(
    reader: asyncio.StreamReader, answering: Coroutine[object, object, f.Answer | ErrorFrame]
) -> f.Answer | ErrorFrame | None:
    """Return the answer, or None where the operator has gone before."""
    loop = asyncio.get_running_loop()
    answer, gone = loop.create_task(answering), loop.create_task(reader.read(1))
    try:
        await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
    finally:
        unfinished = [task for task in (answer, gone) if task.cancel()]
        await asyncio.gather(*unfinished, return_exceptions=True)
    return None if answer.cancelled() else answer.result()


async def _answer(line: bytes, acts: Mapping[type, Act]) -> f.Answer | ErrorFrame:
    try:
        request: f.Request = f.requests().decode(line)
        return await acts[type(request)](request)
    except ChatError as error:
        log.warning("an operator's request was refused: %s", error.message)
        return error_frame(error, None)
