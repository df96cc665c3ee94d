"""The parts of the proof: one table of what each does, and how much of it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from enum import Enum, auto
from functools import partial
from typing import Any

import attrs

from .attack import Scale, attack
from .cluster import Trouble, cluster
from .copies import copies
from .faultpoints import faultpoints
from .fuzz import fuzz
from .hooks import hooks
from .kill import kill
from .machine import machine
from .outages import ROWS, outages
from .part import Outcome
from .powercut import powercut
from .profile import profile
from .simulation import simulation
from .soak import Load, soak
from .storm import storm


class Lane(Enum):
    """Which parts can go on beside each other: one of each of the first two."""

    COMPUTES = auto()
    "It keeps a core busy."
    WAITS = auto()
    "It waits for processes, disks and time more than it computes."
    ALONE = auto()
    "It judges how long things take."


@attrs.frozen
class Part:
    """One way to break things."""

    name: str
    meaning: str
    work: Callable[[Any, int], Coroutine[Any, Any, Outcome]]
    quick: Any
    "How much of it, within a minute or so."
    full: Any
    "How much of it for a figure that convinces."
    has_seeds: bool = False
    lane: Lane = Lane.WAITS


MINUTE = 60.0
COMPUTES, ALONE = Lane.COMPUTES, Lane.ALONE

PARTS = (
    Part(
        "simulation",
        "random worlds with every fault there is, on virtual time",
        simulation,
        300,
        20_000,
        True,
        COMPUTES,
    ),
    Part(
        "hosts",
        "the same with three hosts, and a bus that loses, doubles, delays and swaps what they tell each other",
        partial(simulation, hosts=3),
        100,
        20_000,
        True,
        COMPUTES,
    ),
    Part("machine", "random commands to the core, held against the plainest model", machine, 500, 5_000, lane=COMPUTES),
    Part(
        "fuzz",
        "anything at all, said to codec, server, client, names and sanitiser",
        fuzz,
        MINUTE,
        30 * MINUTE,
        lane=COMPUTES,
    ),
    Part(
        "attack",
        "log-ins, strangers, made-up names and the longest messages, by the thousand; what others notice is measured",
        attack,
        Scale(
            samples=100, seconds=16.0, attackers=30, honest=8, strangers=2_000, made_up=200_000, readers=500, posts=64
        ),
        Scale(
            samples=200, seconds=60.0, attackers=30, honest=20, strangers=10_000, made_up=10**6, readers=500, posts=64
        ),
        lane=ALONE,
    ),
    Part("kill", "kill -9 in the middle of load, again and again", kill, 50, 2_000),
    Part("hooks", "kill -9 of a program that follows the events and hears who has missed what", hooks, 12, 300),
    Part("copies", "an older copy of the database is put in place without a word, again and again", copies, 6, 300),
    Part(
        "powercut",
        "the power goes at any moment; what was not synced is lost, torn or swapped",
        powercut,
        2_000,
        50_000,
        lane=COMPUTES,
    ),
    Part("faultpoints", "kill -9 at each named place of the server's work", faultpoints, 1, 5),
    Part(
        "profile",
        "two programs of one user, killed, cut, frozen, closed and started again, while the server is, too",
        profile,
        30.0,
        10 * MINUTE,
    ),
    Part(
        "cluster",
        "three servers on one PostgreSQL, killed, frozen, cut off and slowed down, and their database with them",
        cluster,
        Trouble(faults=12, people=8, devices=2, pause=1.5, longest=2.0, writing=0.2),
        Trouble(faults=200, people=25, devices=2, pause=3.0, longest=6.0, writing=0.5),
    ),
    Part(
        "nats",
        "the same with a NATS between them, to which as much is done",
        partial(cluster, through_nats=True),
        Trouble(faults=12, people=8, devices=2, pause=1.5, longest=2.0, writing=0.2),
        Trouble(faults=200, people=25, devices=2, pause=3.0, longest=6.0, writing=0.5),
    ),
    Part(
        "outages",
        "what people at three servers notice while one thing after the other is away",
        outages,
        4,
        len(ROWS),
        lane=ALONE,
    ),
    Part("storm", "all clients lose their server and come back at once", storm, 200, 2_000, lane=ALONE),
    Part(
        "soak",
        "a long load, with connections that break and readers that do not read",
        soak,
        Load(clients=200, rate=50, stalled=5, seconds=MINUTE, edge=20.0, max_rise=2.0),
        Load(clients=500, rate=100, stalled=20, seconds=20 * MINUTE, edge=5 * MINUTE, max_rise=1.5),
        lane=ALONE,
    ),
)
