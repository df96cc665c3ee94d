"""The parts of the benchmark: one table of what each measures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import attrs

from .bench import Bench
from .clients import clients
from .connections import connections
from .direct import direct
from .entering import entering
from .general import general
from .goals import Run
from .latency import latency
from .marks import marks
from .stored import stored
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
    Part("latency", "how long a message takes at a steady rate", latency),
    Part("connections", "the memory of idle connections", connections),
    Part("general", "the general chat, with many online", general),
    Part("entering", "logging in, alone and in a crowd", entering),
    Part("stored", "reading from a large chat", stored),
    Part("marks", "marking messages as read", marks),
    Part("clients", "the clients, installed from the wheel (not in a quick run)", clients),
)
