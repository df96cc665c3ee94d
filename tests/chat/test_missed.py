"""A program that is told who has missed what: how it asks for it, and what survives a kill."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Timer

import pytest

from chatcore import Chat, Message, User

PROGRAM = """
import asyncio, sys
import chatcore

chat = chatcore.Chat(sys.argv[1], password_cost="low")

@chat.missed(after=0.3)
async def tell(message, readers):
    print("begun", flush=True)
    await asyncio.sleep(0.005)
    print("told", message.text, *(user.name for user in readers), flush=True)

async def write(ann, bob, carol):
    for number in range(40):
        for reader in (bob, carol):
            message = await chat.post(ann, reader, str(number))
            print("stored", message.text, reader.name, flush=True)

async def main():
    async with chat:
        if sys.argv[2] == "write":
            ann, bob, carol = [await chat.users.create(name) for name in ("ann", "bob", "carol")]
            async with chat.client(carol):
                await write(ann, bob, carol)
                await asyncio.Event().wait()
        await asyncio.Event().wait()

asyncio.run(main())
"""
"""Ann writes to Bob, who is not there, and to Carol, who is until the program is killed."""


WRITTEN = 80


def killed(path: Path, what: str, enough: Callable[[Sequence[str]], bool]) -> list[str]:
    """Run the program until it has said enough, kill it, and return the lines that it said."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM, path, what], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        said: list[str] = []
        watchdog = Timer(60, program.kill)
        watchdog.start()
        while not enough(said):
            said.append(program.stdout.readline())
            assert said[-1], "nothing more was said"
        watchdog.cancel()
        program.kill()
        said += program.stdout.readlines()
    return [line.rstrip("\n") for line in said if line.endswith("\n")]


def words(said: Sequence[str], first: str) -> list[str]:
    """Return the rest of the lines that begin with a word."""
    return [line.split(" ", 1)[1].rstrip("\n") for line in said if line.startswith(f"{first} ")]


def test_through_kills_each_is_told_of_once_and_again_only_in_the_call_that_was_under_way(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"

    def within_a_call(said: Sequence[str]) -> bool:
        done = len(words(said, "stored")) == WRITTEN and len(words(said, "told")) >= 10
        return done and said[-1].startswith("begun")

    first = killed(path, "write", within_a_call)
    wanted = set(words(first, "stored"))
    runs = [words(first, "told")]
    runs.append(words(killed(path, "rest", lambda said: len(words(said, "told")) == 30), "told"))
    runs.append(words(killed(path, "rest", lambda said: {*words(said, "told"), *runs[0], *runs[1]} >= wanted), "told"))

    assert {line for run in runs for line in run} == wanted
    again = [
        line for number, run in enumerate(runs) for line in run if any(line in earlier for earlier in runs[:number])
    ]
    assert {*again} <= {runs[0][-1], runs[1][-1]}
    assert all(len({*run}) == len(run) for run in runs)
    for name in ("bob", "carol"):
        numbers = [int(line.split()[0]) for run in runs for line in run if line.endswith(name)]
        assert numbers == sorted(numbers)


# ---- how it is asked for


async def heard(_message: Message, _readers: Sequence[User]) -> None:
    """Do nothing."""


async def test_it_is_given_one_hook_before_the_chat_is_open() -> None:
    chat = Chat(":memory:", password_cost="low")
    assert chat.missed(after=5)(heard) is heard

    with pytest.raises(RuntimeError, match="there is a hook missed already"):
        chat.missed()(heard)
    async with Chat(":memory:", password_cost="low") as opened:
        with pytest.raises(RuntimeError, match="the chat is open"):
            opened.missed()(heard)


def test_what_is_no_hook_or_no_time_is_refused() -> None:
    chat = Chat(":memory:")

    with pytest.raises(TypeError, match=r"as in @chat.missed\(after=30\)"):
        chat.missed(heard)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="is for an `async def`"):
        chat.missed()(lambda message, readers: None)  # type: ignore[arg-type,return-value] # noqa: ARG005
    for after in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="a number of seconds"):
            chat.missed(after=after)
