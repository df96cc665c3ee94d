"""Attacks a server that has its usual throttles and caps, and measures what others notice of it."""

from __future__ import annotations

import asyncio
import math
import os
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import attrs
from argon2 import PasswordHasher

import chatcore
from chatcore.adapters.argon2 import NORMAL, Argon2Hasher
from chatcore.adapters.system import SystemClock
from chatcore.client.client import ChatClient
from chatcore.domain.conversations import GENERAL
from chatcore.domain.throttles import Throttles
from chatcore.errors import ChatError, SlowDown, WrongCredentials
from chatcore.process.limits import allow_many_files, most_files
from chatcore.service.throttle import Throttle
from chatcore.testing.server_process import ServerProcess

from .part import Outcome
from .readers import Reader, enter, filled, name, say, stranger, token

PASSWORD = "correct horse battery"  # noqa: S105 - of nobody real
USUAL = ("--throttling", "normal", "--password-cost", "normal", "--trusted-proxy", "127.0.0.1")
"""A server in earnest; whoever attacks comes from addresses that a proxy tells."""

LONGEST = "\U0001f986" * 4_000

NEAR = 0.10
"""By how much the medians of an unknown user and a wrong password may differ."""

TIMES = 2.0
"""By how much a flood of log-ins may raise the p99 of others' messages."""

TURNS = 4
"""How often it is calm and flooded in turn."""

GUESSES = 3
"""Log-ins on one connection of a flood."""

NOTICED = 0.2
"""Seconds below which it is the machine that is measured, and nobody would see it."""

SOON = 3.0
"""Seconds within which an honest log-in gets in while others flood, on a machine that has nothing else to do."""

HASHES = 5
"""Hashes whose mean is taken."""

GROWTH = 64 * 1024 * 1024
"""Bytes by which the process with the tables may grow under made-up names and addresses."""


@attrs.frozen
class Scale:
    """How much of it."""

    samples: int
    "Log-ins of each kind whose time is taken."
    seconds: float
    "How long messages are timed, with and without a flood each."
    attackers: int
    honest: int
    strangers: int
    made_up: int
    readers: int
    posts: int


@attrs.define
class _Found:
    figures: list[str] = attrs.field(factory=list)
    faults: list[str] = attrs.field(factory=list)

    def add(self, figure: str, *, holds: bool) -> None:
        self.figures.append(figure)
        if not holds:
            self.faults.append(figure)


async def attack(scale: Scale, seed: int = 0) -> Outcome:
    """Do one attack after the other. `seed` is of no use: nothing here is chance but the machine's."""
    del seed
    allow_many_files()
    found = _Found()
    with TemporaryDirectory() as folder:
        async with Argon2Hasher() as hasher:
            password_hash = await hasher.hash(PASSWORD)
        for number, part in enumerate((_same_time, _flood, _strangers, _burst, _made_up)):
            users = max(scale.samples, scale.readers + 1, scale.honest + 2)
            db = await filled(Path(folder) / f"{number}.db", users, password_hash)
            await part(scale, db, found)
    return Outcome("; ".join(found.figures), found.faults)


# ---- whether there is such a user


async def _same_time(scale: Scale, db: Path, found: _Found) -> None:
    """Unknown names and wrong passwords in turn, one at a time, each account once."""
    unknown: list[float] = []
    wrong: list[float] = []
    async with ServerProcess(db, "--password-cost", "normal") as server, chatcore.connect(server.url) as guesser:
        for number in range(scale.samples):
            # Each comes first as often as the other.
            both = [(wrong, name(number)), (unknown, f"no-one-{number}")]
            for times, who in both if number % 2 else reversed(both):
                start = monotonic()
                with suppress(WrongCredentials):
                    await guesser.log_in(who, "wrong horse battery")
                times.append(monotonic() - start)
    one, other = statistics.median(unknown), statistics.median(wrong)
    found.add(
        f"unknown user {one * 1000:.1f} ms, wrong password {other * 1000:.1f} ms (medians of {scale.samples})",
        holds=abs(one - other) <= NEAR * max(one, other),
    )


# ---- a flood of log-ins


async def _flood(scale: Scale, db: Path, found: _Found) -> None:
    calm: list[float] = []
    flooded: list[float] = []
    alone: list[float] = []
    entered: list[float] = []
    waited: list[int] = []
    async with ServerProcess(db, *USUAL) as server, _pair(server.url) as (writer, _):
        for turn in range(TURNS):  # in turn, since the machine does other things as well
            alone.append(await _honest(server.url, 2, "203.0.113.100"))
            calm += await _latencies(writer, scale.seconds / TURNS)
            async with _flooding(server.port, scale.attackers, turn) as flood:
                timing = asyncio.create_task(_latencies(writer, scale.seconds / TURNS))
                for _ in range(scale.honest // TURNS):
                    who, before_it = 2 + len(entered), flood.hashed
                    entered.append(await _honest(server.url, who, f"203.0.113.{who}"))
                    waited.append(flood.hashed - before_it)
                flooded += await timing
    before, during = _p99(calm), _p99(flooded)
    found.add(
        f"p99 of messages {before * 1000:.0f} ms, {during * 1000:.0f} ms while {scale.attackers} flood with log-ins",
        holds=during <= max(NOTICED, TIMES * before),
    )
    hashes = max(waited)
    idle = hashes * _seconds_of_a_hash() / (os.cpu_count() or 1)
    found.add(
        f"{len(entered)} honest log-ins meanwhile in {max(entered):.1f} s, behind {hashes} hashes of others at most: "
        f"{idle:.1f} s where nothing else runs (alone one took {min(alone) * 1000:.0f} ms)",
        holds=math.isfinite(max(entered)) and idle <= SOON,
    )


def _seconds_of_a_hash() -> float:
    """Return the seconds of a core that the server's hash of a password takes."""
    hasher = PasswordHasher(time_cost=NORMAL.passes, memory_cost=NORMAL.memory_kib, parallelism=1)
    begun = time.process_time()
    for _ in range(HASHES):
        hasher.hash(PASSWORD)
    return (time.process_time() - begun) / HASHES


@asynccontextmanager
async def _pair(url: str) -> AsyncIterator[tuple[ChatClient, ChatClient]]:
    async with chatcore.connect(url, token=token(0)) as one, chatcore.connect(url, token=token(1)) as other:
        yield one, other


async def _latencies(writer: ChatClient, seconds: float) -> list[float]:
    """Write ten messages a second; give the seconds until each is acknowledged."""
    times, clock, until = [], SystemClock(), monotonic() + seconds
    while monotonic() < until:
        start = monotonic()
        await writer.post(GENERAL, "is somebody there?")
        times.append(monotonic() - start)
        await clock.sleep(max(0.0, 0.1 - times[-1]))
    return times


def _p99(times: Sequence[float]) -> float:
    return sorted(times)[round(0.99 * (len(times) - 1))]


@attrs.define
class _Flood:
    """Log-ins of nobody, on connections that come and go."""

    peers: list[Reader] = attrs.field(factory=list)

    @property
    def hashed(self) -> int:
        """How many passwords the server has looked at for it."""
        return sum(peer.refusals for peer in self.peers)


@asynccontextmanager
async def _flooding(port: int, attackers: int, turn: int) -> AsyncIterator[_Flood]:
    """Let so many log in under made-up names as fast as they are let, from a new address for every few."""
    rounds, all_of_it = count(), _Flood()

    async def flood(attacker: int) -> None:
        while True:
            number = attacker + (next(rounds) * TURNS + turn) * attackers
            with suppress(OSError, TimeoutError):
                peer = await stranger(port, f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::1")
                all_of_it.peers.append(peer)
                peer.transport.write(say(type="hello", versions=[2], instance=""))
                for guess in range(1, GUESSES + 1):
                    who = f"made-up-{number}-{guess}"
                    peer.transport.write(say(type="log_in", id=guess, name=who, password=PASSWORD, told=None))
                await peer.until(lambda each: each.refusals >= GUESSES)
                peer.transport.abort()

    tasks = [asyncio.create_task(flood(attacker)) for attacker in range(attackers)]
    try:
        yield all_of_it
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _honest(url: str, number: int, address: str) -> float:
    """Log a user in from an address of their own; give the seconds that it took, without an end where it failed."""
    start = monotonic()
    async with chatcore.connect(url, headers={"X-Forwarded-For": address}) as client:
        with suppress(ChatError):  # who was refused or waited in vain has not been in time
            await client.log_in(name(number), PASSWORD)
            return monotonic() - start
    return math.inf


# ---- idle strangers


async def _strangers(scale: Scale, db: Path, found: _Found) -> None:
    """Open as many connections as this process may; nobody logs in on any."""
    many = min(scale.strangers, most_files() - 500)
    async with ServerProcess(db, *USUAL) as server, _pair(server.url) as (writer, _):
        before, idle = _resident(server.pid), []
        for _ in range(0, many, 100):
            idle += await asyncio.gather(*(stranger(server.port, "198.51.100.7") for _ in range(min(100, many))))
        grown = _resident(server.pid) - before
        open_files = _open_files(server.pid)
        slowest = max(await _latencies(writer, 2.0))
        took = await _honest(server.url, 2, "203.0.113.9")
        for each in idle:
            each.transport.abort()
    found.add(
        f"{len(idle):,} idle strangers from one address: {open_files} files open, {grown / 2**20:.0f} MiB more, "
        f"messages within {slowest * 1000:.0f} ms, an honest log-in in {took:.1f} s",
        holds=took <= SOON and slowest <= 1.0 and open_files < 200,  # of strangers there are fifty
    )


def _open_files(process: int) -> int:
    """Return how many files and sockets a process has open."""
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def _resident(process: int) -> int:
    """Return the bytes of memory that a process has."""
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return int(fields["VmRSS"].split()[0]) * 1024


# ---- made-up names and addresses


async def _made_up(scale: Scale, db: Path, found: _Found) -> None:
    """Have the tables of a server count so many, without a server: over a network it would take days."""
    del db
    throttle = Throttle(Throttles(), SystemClock())
    before = _resident(os.getpid())
    for number in range(scale.made_up):
        address = f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::1"
        with suppress(WrongCredentials):
            async with throttle.guess(f"made-up-{number}", address):
                raise WrongCredentials
        with suppress(SlowDown):
            throttle.register(address)
    grown = _resident(os.getpid()) - before
    found.add(
        f"{scale.made_up:,} made-up names and addresses: {grown / 2**20:.0f} MiB in all tables",
        holds=grown <= GROWTH,
    )


# ---- a burst


async def _burst(scale: Scale, db: Path, found: _Found) -> None:
    """Write the longest messages at once before many readers."""
    async with ServerProcess(db) as server:
        author, *readers = [await enter(server.port, number) for number in range(scale.readers + 1)]
        start = monotonic()
        for number in range(1, scale.posts + 1):
            post = say(type="post", id=number + 1, conversation=GENERAL, client_id=f"c{number}", text=LONGEST)
            author.transport.write(post)
        await asyncio.gather(*(reader.until(lambda each: each.messages >= scale.posts) for reader in readers))
        took = monotonic() - start
        cut = sum(reader.is_lost for reader in readers)
        for reader in (author, *readers):
            reader.transport.abort()
    found.add(
        f"{scale.posts} posts of 4,000 emoji before {len(readers)} readers: all read in {took:.1f} s, {cut} cut off",
        holds=cut == 0,
    )
