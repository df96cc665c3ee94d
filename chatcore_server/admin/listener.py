"""The running server's ear for its operator: whoever may open the socket is one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import attrs

from chatcore import ChatError, Internal
from chatcore.protocol.server import error_frame
from chatcore.wire.frames import ErrorFrame

from . import frames as f
from .audit import Audit, peer_of
from .doors import open_doors

log = logging.getLogger(__name__)


Act = Callable[[Any], Awaitable[f.Answer]]
"""Does what one kind of request asks for. Raises ChatError."""


@attrs.frozen
class Recorded:
    """Does requests, and records those that change something."""

    acts: Mapping[type, Act]
    audit: Audit
    now_ms: Callable[[], int]

    async def do(self, request: f.Request, by: str) -> f.Answer:
        """Do what somebody asks for. Raises ChatError: where it cannot be recorded nothing is done."""
        if isinstance(request, f.Question):
            return await self.acts[type(request)](request)
        await asyncio.to_thread(self.audit.note, by, request, self.now_ms())
        try:
            return await self.acts[type(request)](request)
        except ChatError as error:
            await asyncio.to_thread(self.audit.note, by, request, self.now_ms(), error.code)
            raise


def _let_go(writer: asyncio.StreamWriter) -> None:
    writer.close()


@asynccontextmanager
async def operator_listener(
    door: Path, acts: Recorded, secret: str, keep: Callable[[asyncio.StreamWriter], object] = _let_go
) -> AsyncIterator[None]:
    """Answer operators while in the block; `secret` is a new one.

    Only one server at a time has what is beside the path `door`: the database that it has locked, or a name of its own.
    `acts` has an entry for each kind of request. `keep` is given the link of who has the server stop, to close
    it at the very end.
    """
    conversations: dict[asyncio.Task[None], _Conversation] = {}

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversation = _Conversation(reader, writer, acts, keep)
        task = asyncio.get_running_loop().create_task(conversation.run())
        conversations[task] = conversation
        task.add_done_callback(conversations.pop)

    try:
        async with open_doors(door, meet, secret):
            yield
    finally:  # nobody comes any more
        for task, conversation in conversations.items():
            if not conversation.is_done:
                task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)


class _Conversation:
    """One request, and its answer, unless its author goes away."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        acts: Recorded,
        keep: Callable[[asyncio.StreamWriter], object],
    ) -> None:
        self._reader, self._writer, self._acts, self._keep = reader, writer, acts, keep
        self._by = peer_of(writer.get_extra_info("socket"))
        self.is_done: bool = False
        "Whether what was asked for is done, and only the answer is to be sent: that the server stops, too."

    async def run(self) -> None:
        """Hear, do and answer it."""
        answer: f.Answer | ErrorFrame | None = None
        try:
            with suppress(OSError):
                line = await _line(self._reader)
                if line:
                    answer = await _while_there(self._reader, self._answer(line))
                    if answer is not None:
                        self._writer.write(f.answers().encode(answer) + b"\n")
                        await self._writer.drain()
        finally:
            (self._keep if isinstance(answer, f.Stopping) else _let_go)(self._writer)

    async def _answer(self, line: bytes) -> f.Answer | ErrorFrame:
        answer = await _answer(line, self._acts, self._by)
        self.is_done = True
        return answer


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


async def _answer(line: bytes, acts: Recorded, by: str) -> f.Answer | ErrorFrame:
    try:
        request: f.Request = f.requests().decode(line)
        return await acts.do(request, by)
    except ChatError as error:
        log.warning("an operator's request was refused: %s", error.message)
        return error_frame(error, None)
    except Exception:
        log.exception("an operator's request failed")
        return error_frame(Internal(), None)
