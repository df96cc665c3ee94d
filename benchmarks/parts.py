"""The parts of the benchmark: one table of what each measures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

import attrs

from .bench import Bench
from .clients import clients
from .cluster import cluster
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
    is_quick: bool = True
    "Whether a quick run has it, where it is not asked for by name."


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
    Part("cluster", "several servers over PostgreSQL (not in a quick run)", cluster, is_quick=False),
    Part("clients", "the clients, installed from the wheel (not in a quick run)", clients, is_quick=False),
)


def chosen(names: Collection[str], *, quick: bool) -> list[Part]:
    """Return the parts of these names, or else all of a run, with the yardsticks in any case."""
    usual = [part.name for part in PARTS if part.is_quick or not quick]
    return [part for part in PARTS if part.name in (names or usual) or part is YARDSTICK]
