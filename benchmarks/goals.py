"""The goals: what each figure may be, and which yardstick of the same run it is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

import attrs

Run = Mapping[str, float]
"""What was measured in one run, by the names of the figures."""

ECHO = "echo"
"""CPU microseconds of a plain `websockets` server for one message that it echoes."""

PACED = "echo at 200/s"
"""Milliseconds until such an echo is back where only 200 a second are sent: a machine that rests is slower."""

FDATASYNC = "fdatasync"
"""Milliseconds of one fdatasync on the disk of the databases."""

PYTHON = "python"
"""Milliseconds of a Python that starts, imports asyncio and ssl, and ends."""

PYTHON_MEMORY = "python in memory"
"""Resident MiB of such a Python."""

OPENING = "opening a WebSocket"
"""CPU microseconds of a plain `websockets` server for one client that comes: TCP and the handshake."""

FIRST_LIST = "first list"
"""Milliseconds until the terminal client has the list, with nothing known before."""

FIRST_PICTURE = "first picture"
"""Milliseconds until the window looks as it stays, with nothing known before."""

REFERENCE = {ECHO: 18.0, PACED: 0.22, FDATASYNC: 0.4, PYTHON: 60.0, PYTHON_MEMORY: 20.0}
"""What they were where the goals were set: a goal without a ratio of its own is divided by one of these."""

TOLERANCE = 4 / 3
"""Beyond so much of its goal a ratio is a regression."""

SURELY = 6 / 7
"""Below so much of its goal a ratio of a quick run is called reached; up to `TOLERANCE` it may be chance."""


@attrs.frozen
class Goal:
    """One line of the table."""

    what: str
    figure: str
    unit: str
    limit: float
    "In the figure's unit, where the goals were set."
    yardstick: str = ECHO
    factor: float | None = None
    "The limit of the ratio to the yardstick, where it is not `limit` by the reference."
    is_rate: bool = False
    "So many a second at least: compared by how long one takes."
    reached: float = 0.0
    "The ratio there is where the goal is out of reach, for a reason that docs/performance.md gives."
    is_brief: bool = True
    "Whether a quick run can tell: not by the clock, which goes on while others use the core, nor the worst of a few."

    @property
    def most(self) -> float:
        """What the ratio may be."""
        if self.factor is not None:
            return self.factor
        return self._as_yardstick(self.limit) / REFERENCE[self.yardstick]

    def is_regression(self, ratio: float) -> bool:
        """Return whether this is worse by more than a third than the goal, or than what there is."""
        return ratio > max(self.most, self.reached) * TOLERANCE

    def ratio(self, runs: Sequence[Run]) -> float | None:
        """Return the figure as so many times its yardstick of the same run: the median of all runs that have both.

        The machine is faster in one run than in the other, but for both of them.
        """
        of_each = [
            self._as_yardstick(run[self.figure]) / run[self.yardstick]
            for run in runs
            if self.figure in run and self.yardstick in run
        ]
        return median(of_each) if of_each else None

    def _as_yardstick(self, value: float) -> float:
        """Return a value of the figure in the unit of its yardstick."""
        if self.is_rate:
            return 1e6 / value
        return value * 1e3 if (self.unit, YARDSTICKS[self.yardstick]) == ("ms", "µs") else value


def figure(runs: Sequence[Run], name: str) -> float | None:
    """Return the median of a figure; None where it was not measured."""
    values = [run[name] for run in runs if name in run]
    return median(values) if values else None


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest of the values that so many percent of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-len(ordered) * percent // 100) - 1)]


YARDSTICKS = {
    ECHO: "µs",
    PACED: "ms",
    FDATASYNC: "ms",
    OPENING: "µs",
    "plain connection": "KiB",
    "broadcast": "µs",
    "python-socketio": "µs",
    "on SQLite": "µs",
    "on PostgreSQL": "µs",
    "without a snapshot": "µs",
    PYTHON: "ms",
    FIRST_LIST: "ms",
    FIRST_PICTURE: "ms",
    PYTHON_MEMORY: "MiB",
}
"""What the goals are held against, measured in every run, and the units."""

GOALS = (
    Goal("direct message, 50 pairs × 4 outstanding, CPU", "direct 50x4", "µs", 40, factor=2.2),
    Goal("the same, against python-socketio + aiosqlite", "direct 50x4", "µs", 40, "python-socketio", 1 / 3.5),
    Goal("the same, messages a second", "direct 50x4 rate", "/s", 20_000, is_rate=True, is_brief=False),
    Goal("the same behind uvicorn (ASGI), CPU", "asgi 50x4", "µs", 80),
    Goal("direct message, 500 pairs × 1, CPU", "direct 500x1", "µs", 75),
    Goal("direct message, 8 pairs × 1, CPU", "direct 8x1", "µs", 125),
    Goal("latency at 200/s, p50, beyond one fdatasync", "latency 200 p50", "ms", 0.6, PACED, is_brief=False),
    Goal("latency at 200/s, p99", "latency 200 p99", "ms", 2, PACED, reached=20, is_brief=False),
    Goal(
        "latency at 5,000/s of a machine with an echo of 18 µs, p99", "latency 5000 p99", "ms", 5, PACED, is_brief=False
    ),
    Goal("idle logged-in connection", "idle connection", "KiB", 16, "plain connection", 1.3),
    Goal("general chat, 500 online, one at a time, for each delivery", "general x1", "µs", 8),
    Goal("the same, against websockets.broadcast", "general x1", "µs", 8, "broadcast", 1),
    Goal("general chat, 500 online, 4 outstanding, for each delivery", "general x4", "µs", 5),
    Goal("log-in by token, CPU", "log-in", "µs", 500),
    Goal("the same, against opening a WebSocket", "log-in", "µs", 500, OPENING, 2.5, reached=3.7),
    Goal("log-in by token, a second", "log-in rate", "/s", 2_000, is_rate=True, is_brief=False),
    Goal("history page of 50", "history", "µs", 400),
    Goal("unread count", "count", "µs", 60),
    Goal("first page of the list", "list", "µs", 1_000),
    Goal("1,000 users log in at once, all told of each other, CPU", "crowd", "ms", 1_500),
    Goal("mark read", "mark", "µs", 40),
    Goal("500 readers mark one message of the general chat", "500 marks", "ms", 10, reached=1_900),
    Goal("one server on PostgreSQL, 50 pairs × 4 outstanding, its CPU", "on PostgreSQL", "µs", 60, "on SQLite", 1.5),
    Goal("the same with a million messages stored", "among many", "µs", 60, "on PostgreSQL", 1.3),
    Goal("three servers, to readers on another one, CPU of all", "three servers", "µs", 75, "on PostgreSQL", 1.25),
    Goal("the same beside an open snapshot, time", "beside a snapshot", "µs", 75, "without a snapshot", 1.25),
    Goal("to a reader on another server, p50, beyond one on the same", "remote p50", "ms", 2, PACED),
    Goal("to a reader on another server, p99, beyond one on the same", "remote p99", "ms", 10, PACED),
    Goal("a server at which nobody is, CPU in a second", "looking", "µs", 10_000),
    Goal("the same with a million messages stored", "looking among many", "µs", 10_000),
    Goal("commits a second, three servers, one message of each pair under way", "commits", "/s", 1_650, is_rate=True),
    Goal("messages a second with a standby that confirms after 5 ms", "standby rate", "/s", 1_650, is_rate=True),
    Goal("import chatcore, installed with bytecode", "import", "ms", 100, PYTHON),
    Goal("terminal client, first screen", "first screen", "ms", 400, PYTHON),
    Goal("the same, with what it knew before", "first screen, known before", "ms", 400, PYTHON),
    Goal("the list alone, against a start with nothing", "first list, known before", "ms", 400, FIRST_LIST, 1),
    Goal("window, first picture", FIRST_PICTURE, "ms", 700, PYTHON),
    Goal("the same, with what it knew before", "first picture, known before", "ms", 700, PYTHON),
    Goal("the same, against a start with nothing", "first picture, known before", "ms", 700, FIRST_PICTURE, 1),
    Goal("terminal, redraw with 20,000 messages, a step of the wheel, CPU", "redraw", "ms", 16),
    Goal("the same, a whole screen of other messages, CPU", "redraw of another screen", "ms", 16),
    Goal("window, scroll step with 20,000 messages", "scroll step", "ms", 8, PYTHON),
    Goal("client, list of 10,000 rows, memory", "rows in memory", "MiB", 25, PYTHON_MEMORY),
    Goal("client, 100,000 messages scrolled through, memory", "history in memory", "MiB", 100, PYTHON_MEMORY),
)
