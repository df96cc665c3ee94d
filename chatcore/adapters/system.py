"""The machine's own clock and chance."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import socket
import time
from contextlib import AbstractAsyncContextManager

from ..domain.ids import ClientId, Token, UserId


class SystemClock:
    """The machine's clock; waiting is the event loop's."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def timeout(self, seconds: float | None) -> AbstractAsyncContextManager[object]:
        return asyncio.timeout(seconds)


def label_of(node: str | None) -> str:
    """Return what people call this process: the name that it was given, or one that no other has by chance."""
    return node or f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"


class SystemIds:
    """Ids and jitter from the operating system's random numbers."""

    def __init__(self) -> None:
        self._chance = secrets.SystemRandom()

    def user_id(self) -> UserId:
        return UserId(secrets.token_hex(8))

    def token(self) -> Token:
        return Token(secrets.token_urlsafe(32))

    def client_id(self, now_ms: int) -> ClientId:
        # The clock comes first so that the ids of one time lie together in an index; nothing else reads it.
        octets = (now_ms % 2**48).to_bytes(6) + secrets.token_bytes(10)
        return ClientId(base64.urlsafe_b64encode(octets).decode().rstrip("="))

    def instance(self) -> str:
        return secrets.token_urlsafe(12)

    def fraction(self) -> float:
        return self._chance.random()
