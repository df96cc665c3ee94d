"""Two people who chat while something bad happens, and whatever the server's log and memory say of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import attrs

from chatcore import ConnectionPhase, Message
from chatcore.adapters.system import SystemClock
from chatcore.testing.server_process import ServerProcess
from tests.server.network import Chat, diary_of, memory
from tests.waiting import until

MEMORY = 24 * 1024 * 1024
"""Bytes by which the server may grow while it is maltreated; what one connection may cost is far less."""

SLOW = 3.0
"""Seconds that an acknowledgement may take meanwhile, on a machine that has other things to do as well."""

_is_log_line = re.compile(r"\d{4}-\d\d-\d\dT\S+ (INFO|WARNING) chatcore[\w.]*: .+").fullmatch


@attrs.define
class Bystanders:
    """What the two have noticed."""

    server: ServerProcess
    posted: list[Message] = attrs.field(factory=list)
    "What one of them has written, as it was acknowledged."
    slowest: float = 0.0
    "Seconds that the slowest message took from its writing to its acknowledgement."
    _log_before: int = 0

    @property
    def log(self) -> list[str]:
        """The lines that the server has logged since they began."""
        return self.server.log[self._log_before :].splitlines()

    async def chat_on(self, messages: int) -> None:
        """Wait until so many more messages are acknowledged."""
        enough = len(self.posted) + messages
        await until(lambda: len(self.posted) >= enough)


@asynccontextmanager
async def undisturbed(chat: Chat) -> AsyncIterator[Bystanders]:
    """Let two people chat during the block; fail unless they, the log and the memory are as if nothing had happened.

    Each message is acknowledged within SLOW seconds and received once and in order, no connection breaks; the log has
    whole lines and no traceback.
    """
    wanda, walter = await chat.users("wanda", "walter")
    conversation = await wanda.conversation_with(walter.me.name)
    hers, his = diary_of(wanda), diary_of(walter)
    clock, stopped = SystemClock(), asyncio.Event()
    seen = Bystanders(chat.server, log_before=len(chat.server.log))
    memory_before = memory(chat.server)

    async def chatting() -> None:
        while not stopped.is_set() or not seen.posted:
            start = clock.monotonic()
            seen.posted.append(await wanda.post(conversation, f"message {len(seen.posted)}"))
            seen.slowest = max(seen.slowest, clock.monotonic() - start)
            await clock.sleep(0.02)

    def received() -> list[Message]:
        return [message for message in his.messages if message.conversation == conversation]

    task = asyncio.create_task(chatting())
    try:
        yield seen
    finally:
        stopped.set()
        await task
    await until(lambda: len(received()) >= len(seen.posted))
    assert received() == seen.posted
    assert hers.phases == his.phases == [ConnectionPhase.ONLINE]
    assert seen.slowest < SLOW
    assert [line for line in seen.log if not _is_log_line(line) or not line.isprintable() or "Traceback" in line] == []
    assert memory(chat.server) - memory_before < MEMORY
