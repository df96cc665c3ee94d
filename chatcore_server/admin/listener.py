"""The running server's ear for its operator: whoever may open the socket is one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Protocol

from chatcore import BadFrame, ChatError, StorageError
from chatcore.wire.frames import ErrorFrame

from . import frames as f
from .doors import open_doors

PAUSE = 0.002
"""Seconds of rest after each step of a copy, so that it takes neither disk nor processor for itself."""

log = logging.getLogger(__name__)


class Extent(Protocol):
    """How much is in a copy."""

    @property
    def users(self) -> int:
        """How many users."""

    @property
    def messages(self) -> int:
        """How many messages."""


class Copy(Protocol):
    """Copies the database while it is in use."""

    def __call__(self, to: Path, *, replace: bool, rest: Callable[[], None]) -> Extent:
        """Do it in a thread; `rest` is called again and again and raises to give up. Raises ChatError."""


@asynccontextmanager
async def operator_listener(db: Path, copy: Copy, secret: str) -> AsyncIterator[None]:
    """Answer operators while in the block, which holds the database's lock; `secret` is a new one."""
    tasks: set[asyncio.Task[None]] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(_converse(reader, writer, copy))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    try:
        async with open_doors(db, meet, secret):
            yield
    finally:  # nobody comes any more
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, copy: Copy) -> None:
    """Answer one request, unless its author goes away."""
    try:
        with suppress(OSError):
            line = await _line(reader)
            if line:
                answer = await _while_there(reader, _answer(line, copy))
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


async def _while_there(reader: asyncio.StreamReader, answering: Coroutine[object, object, f.Answer]) -> f.Answer | None:
    """Return the answer, or None where the operator has gone before."""
    loop = asyncio.get_running_loop()
    answer, gone = loop.create_task(answering), loop.create_task(reader.read(1))
    try:
        await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
    finally:
        unfinished = [task for task in (answer, gone) if task.cancel()]
        await asyncio.gather(*unfinished, return_exceptions=True)
    return None if answer.cancelled() else answer.result()


async def _answer(line: bytes, copy: Copy) -> f.Answer:
    try:
        request: f.BackUp = f.requests().decode(line)
        path = Path(request.path)
        if not path.is_absolute():
            msg = "the path is not an absolute one"
            raise BadFrame(msg, field="path")
        extent = await _copied(request, copy)
    except ChatError as error:
        log.warning("an operator's request was refused: %s", error.message)
        return ErrorFrame(None, error.code, error.message, error.field)
    log.info("backup %s has %s users and %s messages", path, extent.users, extent.messages)
    return f.BackedUp(extent.users, extent.messages)


async def _copied(request: f.BackUp, copy: Copy) -> Extent:
    """Copy in a thread; when cancelled, wait until the thread has given up and tidied."""
    is_over = Event()

    def rest() -> None:
        if is_over.wait(PAUSE):
            msg = "the backup was given up"
            raise StorageError(msg)

    copying = asyncio.ensure_future(asyncio.to_thread(copy, Path(request.path), replace=request.replace, rest=rest))
    try:
        return await asyncio.shield(copying)
    finally:
        is_over.set()
        await asyncio.wait([copying])
