"""A database with many users and a long history, written without a server."""

from __future__ import annotations

from pathlib import Path

from chatcore import GENERAL
from chatcore.adapters.argon2 import LOW, Argon2Hasher
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.system import SystemClock, SystemIds
from chatcore.domain.ids import ClientId
from chatcore.domain.messages import NewMessage
from chatcore.domain.users import AccountName, NewUser
from tests.tk.desktop import PASSWORD

BATCH = 2_000


async def fill(db: Path, *, users: int, messages: int) -> None:
    """Let so many users register, alice first, and the second one write so many messages to everybody."""
    clock, ids = SystemClock(), SystemIds()
    async with Argon2Hasher(LOW) as hasher, SqliteStorage(db) as storage:
        hashed = await hasher.hash(PASSWORD)
        made = [
            await storage.add_user(NewUser(ids.user_id(), AccountName(name, name), hashed), clock.now_ms())
            for name in ("alice", *(f"user-{number:03}" for number in range(1, users)))
        ]
        for start in range(0, messages, BATCH):
            batch = [
                NewMessage(
                    made[1].id, GENERAL, ClientId(f"m{number}"), f"message {number} " + "and more " * (number % 30)
                )
                for number in range(start + 1, min(start + BATCH, messages) + 1)
            ]
            await storage.append(batch, clock.now_ms())
