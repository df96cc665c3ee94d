"""Shows where the server spends the time of a direct message: `python -m benchmarks.profile`, or `make profile`.

How long the event loop's thread has run, and how long the others, which are SQLite's, is read from the kernel. Within
the event loop py-spy looks many times which part is the innermost one, and the shares are of what a message cost
without being looked at.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from .__main__ import BUILD
from .bench import Bench
from .direct import pairs
from .load import Exchange, Fault
from .meter import LOAD_CORE, Meter, main_thread, pin
from .server import PinnedServer

try:
    from uvloop import new_event_loop
except ImportError:
    from asyncio import new_event_loop  # type: ignore[assignment]

PAIRS, OUTSTANDING = 50, 4
EACH = 1_000
"""Messages of each pair, once without py-spy and once with it."""

LOOKS = 500
"""A second."""

OTHER_THREADS = "SQLite and the disk, in a thread of their own"
LOOP = "event loop, sockets read (uvloop, kernel)"

# The innermost frame that one of these finds decides.
PARTS = (
    ("to SQLite's thread and back (aiosqlite)", r"\(aiosqlite/|\(concurrent/|\(asyncio/futures"),
    ("what is to be stored: numbers, checks, rows", r"\(chatcore/adapters/sqlite/"),
    ("WebSocket frames that come in (websockets)", r"\(websockets/"),
    ("sockets written (kernel)", r"ServerLink\.write|_wired"),
    ("connections: one's turn, and bounds of what waits", r"\(chatcore/(adapters/websocket|host/connection)"),
    ("JSON, coding, checks of frames (orjson, cattrs)", r"\(chatcore/(wire|protocol)/|<cattrs|<attrs .*chatcore\.wire"),
    (
        "use case: who may, and what is a text",
        r"\(chatcore/(service/(posting|access|context)|domain)|<attrs .*chatcore\.domain",
    ),
    ("group commit", r"\(chatcore/service/writer"),
    ("fan-out and send queues", r"\(chatcore/host/|<attrs .*chatcore\.(host|ports)"),
)


def main() -> int:
    """Print the table."""
    pin(os.getpid(), LOAD_CORE)
    BUILD.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=BUILD) as folder, asyncio.Runner(loop_factory=new_event_loop) as runner:
        try:
            others, loop = runner.run(_watched(Bench(Path(folder)), looks := Path(folder) / "looks"))
        except Fault as fault:
            print(f"profile: {fault}", file=sys.stderr)
            return 1
        seen = looks_by_part(looks.read_text(encoding="utf-8").splitlines())
    costs = {OTHER_THREADS: others, **{part: number / seen.total() * loop for part, number in seen.items()}}
    total = sum(costs.values())
    print("| part | µs | share |\n|---|--:|--:|")
    for part, cost in sorted(costs.items(), key=lambda item: -item[1]):
        print(f"| {part} | {cost:.1f} | {cost / total:.0%} |")
    print(f"| a message in all | {total:.1f} | 100% |")
    return 0


async def _watched(bench: Bench, file: Path) -> tuple[float, float]:
    """Return the CPU microseconds of a message, in SQLite's threads and in the event loop's; write what py-spy sees."""
    async with pairs(bench, PAIRS) as (server, exchange):
        all_threads, loop = await _run(server, exchange)
        spy = await asyncio.create_subprocess_exec(
            *(Path(sys.executable).with_name("py-spy"), "record", "--format", "raw", "--rate", str(LOOKS)),
            *("--duration", "3600", "--output", file, "--pid", str(server.pid)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        await _run(server, exchange)
        if spy.returncode is None:
            spy.send_signal(signal.SIGINT)  # it writes what it has
        _, said = await spy.communicate()
        await exchange.check()
    if spy.returncode != 0:
        msg = f"py-spy cannot look at the server: {said.decode().strip()}"
        raise Fault(msg)
    return all_threads - loop, loop


async def _run(server: PinnedServer, exchange: Exchange) -> tuple[float, float]:
    """Return the CPU microseconds of a message, of all threads and of the event loop's."""
    number = exchange.prepare(EACH)
    before = main_thread(server.pid)
    with Meter(server.pid) as meter:
        await exchange.run(OUTSTANDING)
    return meter.cpu / number * 1e6, (main_thread(server.pid) - before) / number * 1e6


def looks_by_part(lines: Iterable[str]) -> Counter[str]:
    """Count the looks at the event loop; a line has the frames from the outermost on, and how often they were seen."""
    seen: Counter[str] = Counter()
    for line in lines:
        frames, _, number = line.rpartition(" ")
        if "Thread._bootstrap" not in frames:
            seen[_part(frames.split(";"))] += int(number)
    return seen


def _part(frames: Sequence[str]) -> str:
    found = (part for frame in reversed(frames) for part, pattern in PARTS if re.search(pattern, frame))
    return next(found, LOOP)


if __name__ == "__main__":
    sys.exit(main())
