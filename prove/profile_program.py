"""One program of a profile, in a process of its own: writes until it is told to leave, and says what was entered.

`python -m prove.profile_program URL TOKEN OUTBOX CONVERSATION LABEL`: each line on standard output is a text that was
entered. SIGTERM lets it leave, SIGUSR1 cuts its connection. With the label - it writes nothing, and leaves when nothing
waits any more.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from random import Random

from chatcore import GENERAL
from chatcore.adapters.outbox_file import OutboxFile
from chatcore.adapters.system import SystemClock
from chatcore.client.client import ChatClient
from chatcore.domain.ids import ConversationId, Token
from chatcore.errors import Unreachable

from .crowd import EagerIds, RememberingDialer, until

PAUSE = 0.05
"""Seconds between two messages, on average."""

LEVEL = 60.0
"""Seconds within which everything that was left must be sent."""


async def main(url: str, token: str, outbox: str, conversation: str, label: str) -> None:
    """Run it."""
    dialer, leaving, loop = RememberingDialer(), asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, leaving.set)
    loop.add_signal_handler(signal.SIGUSR1, lambda: _cut(dialer))
    client = ChatClient(
        url,
        dialer=dialer,
        clock=SystemClock(),
        ids=EagerIds(),
        token=Token(token),
        wait=False,
        keeper=OutboxFile(outbox),
        must_keep=False,
    )
    async with client:
        if label == "-":
            await until(lambda: client.replica.complete and not client.waiting, LEVEL)
            return
        await _write(client, [GENERAL, ConversationId(conversation)], label, leaving)
        await client.flush()


def _cut(dialer: RememberingDialer) -> None:
    if dialer.link is not None:
        dialer.link.abort()


async def _write(client: ChatClient, conversations: list[ConversationId], label: str, leaving: asyncio.Event) -> None:
    chance, number = Random(label), 0
    while not leaving.is_set():
        text = f"{label} {number}"
        with suppress(Unreachable):  # nobody was logged in so far
            client.post_soon(chance.choice(conversations), text)
            os.write(sys.stdout.fileno(), f"{text}\n".encode())
            number += 1
        with suppress(TimeoutError):
            await asyncio.wait_for(leaving.wait(), chance.random() * 2 * PAUSE)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
