"""The parts of the benchmark: one table of what each measures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import attrs

from .bench import Bench
from .clients import clients
from .direct import direct
from .goals import Run
from .yardsticks import yardsticks


@attrs.frozen
class Part:
    """Something to measure, again in each run."""

    name: str
    meaning: str
    work: Callable[[Bench], Awaitable[Run]]


YARDSTICK = Part("yardsticks", "the machine and the libraries; measured in every run", yardsticks)
PARTS = (
    YARDSTICK,
    Part("direct", "direct messages between pairs", direct),
    Part("clients", "the clients, installed from the wheel (not in a quick run)", clients),
)
