"""The law of the whole where three hosts serve one chat, and what becomes of it without each of their rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from chatcore.domain.generations import Point
from chatcore.domain.hosts import AboutPresence, HostPresenceChanged, Hosts
from chatcore.domain.ids import UserId
from chatcore.host.attending import Attending
from chatcore.host.looking import Looking
from chatcore.testing import ChatWorld
from chatcore.testing.simulator.simulation import Simulation

HOSTS = 3

ENOUGH = 80
"""Worlds of which one at least is broken, where a rule is taken out."""


async def _looks_for_nothing(self: Looking, _place: Point) -> Point:
    return (await self._storage.overview(UserId(""), 0)).point


async def _looks_for_no_marks(_: Looking, place: int) -> int:
    return place


async def _does_nothing(*_: object) -> None:
    pass


_hear = Hosts.hear


def _applies_any_change(self: Hosts, told: AboutPresence, now: float) -> None:
    if isinstance(told, HostPresenceChanged) and told.host in self.known:
        told = attrs.evolve(told, number=self.known[told.host] + 1)
    _hear(self, told, now)


def _forgets_nobody(*_: object) -> None:
    pass


RULES: dict[str, tuple[type, str, Callable[..., Any]]] = {
    "what others have committed is looked for": (Looking, "_look", _looks_for_nothing),
    "marks that were made elsewhere are looked for": (Looking, "_look_for_marks", _looks_for_no_marks),
    "sessions that have ended elsewhere are looked for": (Looking, "_look_for_ends", _does_nothing),
    "who is present is written down": (Attending, "_beat", _does_nothing),
    "of changes of presence the next one is applied": (Hosts, "hear", _applies_any_change),
    "hosts that live no more are forgotten": (Hosts, "_forget", _forgets_nobody),
    "only a start while no other is at work is a generation": (ChatWorld, "_is_last", lambda *_: True),
}
"""Of each rule the method that carries it out, and another one that does not."""


@pytest.mark.parametrize("seed", range(40))
async def test_p15_whatever_the_bus_loses_and_whoever_dies_every_client_shows_what_is_stored(seed: int) -> None:
    simulation = Simulation(seed, hosts=HOSTS)

    faults = await simulation.run(steps=100)

    assert faults == [], simulation.story()


@pytest.mark.parametrize("rule", RULES)
async def test_without_any_one_of_the_rules_for_several_hosts_some_world_is_broken(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, name, other = RULES[rule]
    monkeypatch.setattr(where, name, other)

    assert await _first_broken() is not None


async def _first_broken() -> int | None:
    for seed in range(ENOUGH):
        try:
            faults = await Simulation(seed, hosts=HOSTS).run(steps=100)
        except ExceptionGroup:  # the server has made mistakes
            return seed
        if faults:
            return seed
    return None
