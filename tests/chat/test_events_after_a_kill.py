"""However a program ends, every message that it was told is stored is among the events, in order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from chatcore import Chat

PROGRAM = """
import asyncio, sys
import chatcore

async def main():
    async with chatcore.Chat(sys.argv[1], password_cost="low") as chat:
        number = 0
        while True:
            user = await chat.users.create(f"user{number}")
            for _ in range(3):
                message = await chat.post(user, chatcore.GENERAL, f"message {number}")
                number += 1
                print(message.number, message.text, flush=True)

asyncio.run(main())
"""
LINES = 100


def killed(path: Path) -> list[str]:
    """Run the program until it has stored some messages, kill it, and return what it was told of each."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM, path], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        told = [program.stdout.readline() for _ in range(LINES)]
        program.kill()
        rest = program.stdout.read().splitlines(keepends=True)
    return [line.rstrip("\n") for line in told + rest if line.endswith("\n")]


async def test_p5_p36_every_stored_message_is_an_event_in_order_and_its_author_comes_before(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    told = killed(path)
    texts: list[str] = []
    users: set[str] = set()

    async with Chat(path, password_cost="low") as chat:
        last = await chat.users.create("last")
        async for event in chat.events():
            if event.user is not None:
                users.add(event.user.id)
                if event.user == last:
                    break
            if event.message is not None:
                assert event.message.sender in users
                texts.append(f"{event.message.number} {event.message.text}")

    assert len(told) >= LINES
    assert texts[: len(told)] == told
    assert len(texts) - len(told) <= 1  # the last one may be stored without anybody being told
