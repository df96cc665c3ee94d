"""Logging in by token, all of it counted: from the TCP connection to the snapshot with the list of conversations."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from time import perf_counter

from .bench import Bench
from .chat import TOKENS, enter, log_in
from .filling import Filling, Person, neighbours
from .goals import Run
from .load import PATIENCE, Fault
from .meter import Meter
from .peer import Peer
from .server import PinnedServer
from .yardsticks import TOGETHER

USERS = 1_000

CHAT = Filling(USERS, general=2_000, pairs=neighbours(USERS, 4), messages=20_000, is_read=True)
"""Each has four conversations beside the general chat."""


async def entering(bench: Bench) -> Run:
    """Measure some who log in while few others are there, and a crowd."""
    return {**await _some(bench), **await _crowd(bench)}


async def _some(bench: Bench) -> Run:
    """Let them come in groups; the next one comes when the one before has left."""
    people = [Person(number) for number in range(1, USERS + 1)]
    cpu = wall = 0.0
    number = bench.many(2 * USERS // TOGETHER)
    async with PinnedServer(await bench.database(CHAT)) as server:
        await _visit(server, people[-TOGETHER:])
        for turn in range(number):
            first = turn * TOGETHER % USERS
            meter = await _visit(server, people[first : first + TOGETHER])
            cpu, wall = cpu + meter.cpu, wall + meter.wall
    return {"log-in": cpu / number / TOGETHER * 1e6, "log-in rate": number * TOGETHER / wall}


async def _visit(server: PinnedServer, people: Sequence[Person]) -> Meter:
    """Measure how they log in, not how they leave."""
    with Meter(server.pid) as meter:
        peers = await asyncio.gather(*(log_in(server.port, person) for person in people))
    await asyncio.gather(*(peer.close() for peer in peers))
    return meter


async def _crowd(bench: Bench) -> Run:
    """Measure until everybody has been told, by snapshot and events, that everybody is active."""
    people = [Person(number) for number in range(1, USERS + 1)]
    async with PinnedServer(await bench.database(CHAT)) as server:
        active: list[set[str]] = [set() for _ in people]
        begun = perf_counter()
        with Meter(server.pid) as meter:
            peers = await asyncio.gather(*(_come(server.port, person) for person in people))
            while not all(len(known) == USERS for known in active):
                for peer, known in zip(peers, active, strict=True):
                    _read(peer, known)
                if perf_counter() - begun > PATIENCE:
                    msg = f"{sum(len(known) < USERS for known in active)} of a crowd do not know of everybody"
                    raise Fault(msg)
                await asyncio.sleep(0.02)
    if set().union(*active) != {person.id for person in people}:
        msg = "somebody is active who has not come"
        raise Fault(msg)
    return {"crowd": meter.cpu * 1e3}


async def _come(port: int, person: Person) -> Peer:
    peer = await Peer.connect(port, TOKENS)
    enter(peer, person)
    return peer


def _read(peer: Peer, known: set[str]) -> None:
    """Take note of who is active by all that has come."""
    for text in peer.frames():
        frame = json.loads(text)
        if frame["type"] in {"snapshot", "presence"}:
            known.update(frame["active"])
            known.difference_update(frame.get("inactive", ()))
        elif frame["type"] in {"error", "closing"}:
            msg = f"one of a crowd cannot log in: {frame}"
            raise Fault(msg)
