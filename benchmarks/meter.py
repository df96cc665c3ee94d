"""What a process and its children use: CPU time to the nanosecond, and memory."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

PAGE = os.sysconf("SC_PAGE_SIZE")

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]


class Meter:
    """What a tree of processes uses within a `with` block."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.cpu = self.wall = 0.0
        "Seconds, once the block is left."

    def __enter__(self) -> Self:
        self._cpu, self._begun = cpu(self._pid), time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cpu, self.wall = cpu(self._pid) - self._cpu, time.perf_counter() - self._begun


def cpu(pid: int) -> float:
    """Return the seconds, user and system, that a tree of processes has run, threads that have ended too."""
    return sum(map(_own_cpu, tree(pid)))


def _own_cpu(pid: int) -> float:
    # Linux makes the clock of a process's CPU time out of its number; its value has no ticks of 10 ms, as /proc has.
    try:
        return time.clock_gettime(~pid << 3 | 2)
    except OSError:  # it has ended meanwhile: PostgreSQL has a process for each who connects
        return 0.0


def main_thread(pid: int) -> float:
    """Return the seconds that the first thread of a process has run."""
    return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9


def resident(pid: int) -> int:
    """Return the resident bytes of a tree of processes."""
    return sum(int(Path(f"/proc/{each}/statm").read_text(encoding="ascii").split()[1]) * PAGE for each in tree(pid))


def pin(pid: int, core: int) -> None:
    """Let a process with all its threads run on one core alone; what it starts later stays there too."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(ProcessLookupError):  # a thread may end meanwhile
            os.sched_setaffinity(int(task.name), {core})


def tree(pid: int) -> Iterator[int]:
    """Return a process and its children, with theirs."""
    yield pid
    with suppress(FileNotFoundError):  # it may end meanwhile
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                yield from tree(int(child))
