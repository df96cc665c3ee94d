"""Two people who chat while something bad happens, and whatever the server's log and memory say of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import attrs

from chatcore import ConnectionPhase
from chatcore.adapters.system import SystemClock
from chatcore.testing.server_process import ServerProcess
from tests.server.network import Chat, diary_of, memory
from tests.waiting import until

MEMORY = 24 * 1024 * 1024
"""Bytes by which the server may grow while it is maltreated; what one connection may cost is far less."""

_is_log_line = re.compile(r"\d{4}-\d\d-\d\dT\S+ (INFO|WARNING) chatcore[\w.]*: .+").fullmatch


@attrs.define
class Bystanders:
    """What the two have noticed."""

    server: ServerProcess
    slowest: float = 0.0
    "Seconds that the slowest message took from its writing to its acknowledgement."
    _log_before: int = 0

    @property
    def log(self) -> list[str]:
        """The lines that the server has logged since they began."""
        return self.server.log[self._log_before :].splitlines()


@asynccontextmanager
async def undisturbed(chat: Chat) -> AsyncIterator[Bystanders]:
    """Let two people chat during the block; fail unless they, the log and the memory are as if nothing had happened.

    Each message is acknowledged in a second and received once and in order, no connection breaks; the log has whole
    lines and no traceback.
    """
    alice, bob = await chat.users("alice", "bob")
    conversation = await alice.conversation_with(bob.me.name)
    hers, his = diary_of(alice), diary_of(bob)
    clock, stopped, posted = SystemClock(), asyncio.Event(), []
    seen = Bystanders(chat.server, log_before=len(chat.server.log))
    memory_before = memory(chat.server)

    async def chatting() -> None:
        while not stopped.is_set() or not posted:
            start = clock.monotonic()
            posted.append(await alice.post(conversation, f"message {len(posted)}"))
            seen.slowest = max(seen.slowest, clock.monotonic() - start)
            await clock.sleep(0.02)

    task = asyncio.create_task(chatting())
    try:
        yield seen
    finally:
        stopped.set()
        await task
    await until(lambda: len(his.messages) >= len(posted))
    assert his.messages == posted
    assert hers.phases == his.phases == [ConnectionPhase.ONLINE]
    assert seen.slowest < 1.0
    assert [line for line in seen.log if not _is_log_line(line) or not line.isprintable() or "Traceback" in line] == []
    assert memory(chat.server) - memory_before < MEMORY
