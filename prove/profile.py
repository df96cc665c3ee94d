"""Two programs of one profile, killed, cut, frozen, closed and started again at random, while the server is, too."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic

import attrs

from chatcore import GENERAL, ConversationId, connect
from chatcore.testing.server_process import ServerProcess

from .crowd import PASSWORD
from .part import Outcome

PROGRAMS = ("a", "b")

ENDS = {"kill": signal.SIGKILL, "close": signal.SIGTERM}
"""What ends a program; everything else only troubles it."""


TROUBLES = ("kill", "close", "cut", "cut", "freeze")


@attrs.define(eq=False)
class _Profile:
    """What the programs have in common, and what was entered in them."""

    server: ServerProcess
    token: str
    outbox: Path
    conversation: ConversationId
    chance: Random
    until: float
    "In the seconds of the machine's monotonic clock."
    entered: list[str] = attrs.field(factory=list)
    done: Counter[str] = attrs.field(factory=Counter)

    async def start(self, label: str) -> asyncio.subprocess.Process:
        """Start a program."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "prove.profile_program"),
            *(self.server.url, self.token, str(self.outbox), self.conversation, label),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
        )

    async def read(self, program: asyncio.subprocess.Process) -> None:
        """Note what is entered in a program until it ends."""
        assert program.stdout is not None
        async for line in program.stdout:
            self.entered.append(line.decode().rstrip("\n"))


async def profile(seconds: float, seed: int = 0) -> Outcome:
    """Trouble the programs for so long; then everything entered has to be there once, in each program's order."""
    with TemporaryDirectory() as folder:
        async with ServerProcess(Path(folder) / "chat.db", "--grace", "0.1") as server:
            outbox = Path(folder) / "state" / "outbox"
            shared = await _begin(server, outbox, seed, seconds)
            lives = [asyncio.create_task(_live(shared, name)) for name in PROGRAMS]
            await asyncio.gather(*lives, _trouble(shared))
            last = await shared.start("-")
            faults = [] if await last.wait() == 0 else ["something still waits"]
            logs = await _logs(shared)
        left = sorted(path.name for path in outbox.parent.glob("*"))
    faults += [fault for texts in logs for fault in _disorder(texts)]
    stored = [text for texts in logs for text in texts]
    faults += _losses(shared.entered, stored) + [f"{name} is left in the outbox" for name in left]
    times = ", ".join(f"{count} times {what}" for what, count in sorted(shared.done.items()))
    lost = sum("lost" in fault for fault in faults)
    return Outcome(f"{len(shared.entered)} messages of {len(PROGRAMS)} programs, {lost} lost ({times})", faults)


async def _begin(server: ServerProcess, outbox: Path, seed: int, seconds: float) -> _Profile:
    async with connect(server.url) as bob, connect(server.url) as alice:
        await bob.register("bob", PASSWORD)
        await alice.register("alice", PASSWORD)
        conversation, token = await alice.conversation_with("bob"), alice.token or ""
    return _Profile(server, token, outbox, conversation, Random(seed), monotonic() + seconds)


async def _logs(shared: _Profile) -> list[list[str]]:
    """Read the texts of both conversations."""
    async with connect(shared.server.url) as reader:
        await reader.log_in("bob", PASSWORD)
        logs = [await reader.history(where, limit=1_000_000) for where in (GENERAL, shared.conversation)]
    return [[message.text for message in log] for log in logs]


async def _live(shared: _Profile, name: str) -> None:
    """Let one program after the other run, until the time is over; the last one is closed."""
    run = 0
    while monotonic() < shared.until:
        program = await shared.start(f"{name}{run}")
        reading = asyncio.create_task(shared.read(program))
        end = ""
        while end not in ENDS:
            await asyncio.sleep(shared.chance.random() * 3)
            end = shared.chance.choice(TROUBLES) if monotonic() < shared.until else "close"
            shared.done[end] += 1
            await _do(program, end)
        await program.wait()
        await reading
        run += 1


async def _do(program: asyncio.subprocess.Process, what: str) -> None:
    with suppress(ProcessLookupError):  # a signal before it hears of any has ended it
        match what:
            case "cut":
                program.send_signal(signal.SIGUSR1)
            case "freeze":
                program.send_signal(signal.SIGSTOP)
                await asyncio.sleep(0.5)
                program.send_signal(signal.SIGCONT)
            case _:  # it ends in one of several ways
                program.send_signal(ENDS[what])


async def _trouble(shared: _Profile) -> None:
    """Kill the server or let it stand still, again and again."""
    while monotonic() < shared.until:
        await asyncio.sleep(shared.chance.random() * 2)
        if shared.chance.random() < 0.5:
            shared.done["server killed"] += 1
            await shared.server.kill()
            await asyncio.sleep(shared.chance.random() * 3)
            await shared.server.start()
        else:
            shared.done["server frozen"] += 1
            shared.server.send(signal.SIGSTOP)
            await asyncio.sleep(shared.chance.random() * 3)
            shared.server.send(signal.SIGCONT)


def _disorder(texts: Sequence[str]) -> list[str]:
    """Say where a program's messages stand in another order than they were entered in (promise 3)."""
    last: dict[str, int] = {}
    faults = []
    for text in texts:
        label, _space, number = text.partition(" ")
        if int(number) <= last.get(label, -1):
            faults.append(f"{text} stands behind {last[label]}")
        last[label] = int(number)
    return faults


def _losses(entered: Sequence[str], stored: Sequence[str]) -> list[str]:
    """Say what is not there, or more than once. What was entered as its program was killed may be there as well."""
    there = Counter(stored)
    lost = [f"{text} is lost" for text in entered if not there[text]]
    return lost + [f"{text} is there {count} times" for text, count in there.items() if count > 1]
