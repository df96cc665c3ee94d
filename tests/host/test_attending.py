"""Hosts that write down that they live: presence is right though the bus is dead, and whatever dies or freezes."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import pytest

from chatcore.adapters.local_bus import LocalBus
from chatcore.adapters.memory import MemoryStorage
from chatcore.adapters.memory_attendance import MemoryAttendance
from chatcore.domain.hosts import BEAT, FORGOTTEN, HostSeen
from chatcore.domain.ids import UserId
from chatcore.domain.presence import GRACE
from chatcore.errors import Busy, StorageError
from chatcore.host.attending import CUT_OFF, NAME_WATCHED, STEP
from chatcore.host.passing import TICK
from chatcore.host.settings import HostSettings
from chatcore.ports.attendance import Beat
from chatcore.testing import ChatWorld
from chatcore.testing.beside import Beside
from chatcore.wire import frames as f
from tests.host.raw import Raw, registered, resumed
from tests.host.test_looking import DeadBus
from tests.host.two_hosts import second_host, two_hosts

SEEN = STEP + BEAT + 4 * TICK
"""Seconds after which all hosts know who came or went, though the bus tells nothing."""

DEAD = FORGOTTEN + BEAT + 4 * TICK
"""Seconds after which nobody counts as present any more at a host that has died: less than 15."""


@attrs.define
class Way:
    """A host's way to the attendance, which may be cut."""

    to: MemoryAttendance
    is_cut: bool = False
    beats: list[Beat] = attrs.field(factory=list)

    async def beat(self, beat: Beat) -> Sequence[HostSeen]:
        self._pass()
        self.beats.append(beat)
        return await self.to.beat(beat)

    async def named(self, label: str) -> HostSeen | None:
        self._pass()
        return await self.to.named(label)

    async def leave(self, host: str) -> None:
        self._pass()
        await self.to.leave(host)

    def _pass(self) -> None:
        if self.is_cut:
            raise Busy


class Ways:
    """The ways of all hosts, in the order in which they start."""

    def __init__(self) -> None:
        self.ways: list[Way] = []

    def __call__(self, attendance: MemoryAttendance) -> Way:
        self.ways.append(Way(attendance))
        return self.ways[-1]


def told_inactive(raw: Raw) -> set[UserId]:
    return {user for event in raw.of(f.PresenceEvent) for user in event.inactive}


async def test_p15_with_a_dead_bus_who_comes_and_goes_is_told_within_seconds() -> None:
    async with two_hosts(DeadBus(), attend=Ways()) as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")
        await first.settle(SEEN)
        both = {alice.me.id, bob.me.id}
        active = set(first.host.active()), set(second.host.active())
        await bob.link.close()
        await first.settle(SEEN)

        assert active == (both, both)
        assert set(first.host.active()) == {alice.me.id}
        assert told_inactive(alice) == {bob.me.id}


async def test_with_the_bus_who_comes_and_goes_is_told_at_once() -> None:
    async with two_hosts(attend=Ways()) as (first, second):
        alice = await registered(first, "alice")
        await first.settle(2 * SEEN)
        bob = await registered(second, "bob")
        await first.settle(4 * TICK)
        came = set(first.host.active())
        await bob.link.close()
        await first.settle(4 * TICK)

        assert came == {alice.me.id, bob.me.id}
        assert set(first.host.active()) == {alice.me.id}


async def test_hosts_that_are_idle_for_long_with_a_dead_bus_go_on_knowing_who_is_present() -> None:
    async with two_hosts(DeadBus(), attend=Ways()) as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")
        await first.settle(SEEN)
        alice.forget()

        await first.settle(10 * FORGOTTEN)

        assert set(first.host.active()) == set(second.host.active()) == {alice.me.id, bob.me.id}
        assert alice.heard == []


@pytest.mark.parametrize("bus", [LocalBus, DeadBus])
async def test_p15_who_was_at_a_host_that_has_died_is_inactive_at_the_others(bus: type[LocalBus]) -> None:
    async with two_hosts(bus(), attend=Ways()) as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")
        await first.settle(2 * FORGOTTEN)

        await first.kill()
        await second.settle(DEAD)

        assert second.host.active() == (bob.me.id,)
        assert told_inactive(bob) == {alice.me.id}


async def test_who_was_at_a_host_that_has_stopped_in_peace_is_inactive_within_seconds() -> None:
    async with two_hosts(DeadBus(), attend=Ways()) as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")
        await first.settle(SEEN)

        await first.host.drain()
        await first.kill()
        await second.settle(SEEN)

        assert second.host.active() == (bob.me.id,)
        assert told_inactive(bob) == {alice.me.id}


async def test_a_host_that_was_given_up_ends_its_connections_and_goes_on_as_another_one() -> None:
    ways = Ways()
    async with two_hosts(attend=ways) as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")
        await first.settle(2 * FORGOTTEN)
        ways.ways[1].is_cut = True
        await first.settle(DEAD)
        without = set(first.host.active())

        ways.ways[1].is_cut = False
        await first.settle(SEEN)
        again = await resumed(second, bob.token)
        await first.settle(SEEN)

        names = list(dict.fromkeys(beat.host for beat in ways.ways[1].beats))
        assert without == {alice.me.id}
        assert [closing.code for closing in bob.of(f.Closing)] == ["draining"]
        assert bob.down is not None
        assert len(names) == 2
        assert again.down is None
        assert set(first.host.active()) == set(second.host.active()) == {alice.me.id, bob.me.id}


async def test_a_host_that_only_the_bus_can_reach_does_not_come_back_by_what_it_says_there() -> None:
    ways = Ways()
    async with two_hosts(attend=ways) as (first, second):
        alice, _ = await registered(first, "alice"), await registered(second, "bob")
        await first.settle(2 * FORGOTTEN)
        ways.ways[1].is_cut = True
        await first.settle(DEAD)
        alice.forget()

        carol = await registered(second, "carol")
        await first.settle(DEAD)

        assert set(first.host.active()) == {alice.me.id}
        assert not any(carol.me.id in event.active for event in alice.of(f.PresenceEvent))


async def test_while_nothing_can_be_written_or_read_presence_stands_and_is_right_afterwards() -> None:
    ways = Ways()
    async with two_hosts(DeadBus(), attend=ways) as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")
        await first.settle(2 * FORGOTTEN)
        alice.forget()
        for way in ways.ways:
            way.is_cut = True
        await first.settle(3 * FORGOTTEN)
        during = set(first.host.active())
        ways.ways[0].is_cut = False
        await first.settle(2 * BEAT)
        ways.ways[1].is_cut = False
        await first.settle(2 * FORGOTTEN)

        assert during == set(first.host.active()) == set(second.host.active()) == {alice.me.id, bob.me.id}
        assert told_inactive(alice) == set()
        assert bob.down is None


async def test_after_all_that_was_written_is_lost_each_host_writes_its_part_again() -> None:
    async with two_hosts(DeadBus(), attend=Ways()) as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")
        await first.settle(2 * FORGOTTEN)
        alice.forget()
        way = first.attendance
        assert isinstance(way, Way)

        way.to.crash()
        await first.settle(2 * FORGOTTEN)
        carol = await registered(second, "carol")
        await first.settle(SEEN)

        assert told_inactive(alice) == set()
        assert alice.down is None
        assert set(first.host.active()) == {alice.me.id, bob.me.id, carol.me.id}


async def test_a_user_who_broke_off_is_written_as_present_for_the_grace() -> None:
    async with two_hosts(DeadBus(), attend=Ways()) as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")
        await first.settle(SEEN)

        bob.link.abort()
        await first.settle(GRACE - 4 * TICK)
        within = set(first.host.active())
        await first.settle(SEEN)

        assert within == {alice.me.id, bob.me.id}
        assert set(first.host.active()) == {alice.me.id}


async def test_at_rest_a_host_beats_every_three_seconds_and_no_more() -> None:
    ways = Ways()
    async with two_hosts(attend=ways) as (first, _):
        await first.settle(SEEN)
        ways.ways[0].beats.clear()

        await first.settle(20 * BEAT)

        assert 19 <= len(ways.ways[0].beats) <= 21
        assert not any(beat.came or beat.went or beat.is_whole for beat in ways.ways[0].beats)


# ---- names


def named(label: str) -> HostSettings:
    return HostSettings(label=label, is_named=True)


async def test_a_host_whose_name_another_one_has_that_lives_does_not_start() -> None:
    world = ChatWorld(settings=named("berlin"), latency=0)
    way = world.attendance = Way(MemoryAttendance(world.clock))
    async with world:
        with pytest.raises(StorageError, match="another server that runs has the name berlin"):
            async with second_host(world, Beside(MemoryStorage()), named("berlin"), way, 3):
                pass
        async with second_host(world, Beside(MemoryStorage()), named("rome"), way, 4):
            pass


async def test_a_host_takes_the_name_of_one_that_has_died_and_removes_what_it_wrote() -> None:
    async with two_hosts(DeadBus(), attend=Ways()) as (first, second):
        way = first.attendance
        assert isinstance(way, Way)
        carol = UserId("c" * 16)
        dead = Beat(
            "dead", "berlin", is_named=True, number=1, came=(carol,), went=(), is_whole=True, known={}, buries=False
        )
        await way.to.beat(dead)
        await first.settle(BEAT)
        was_there = carol in second.host.active()

        async with second_host(first, Beside(MemoryStorage()), named("berlin"), Way(way.to), 3):
            await first.settle(SEEN)
            namesake = await way.to.named("berlin")

        assert was_there
        assert carol not in second.host.active()
        assert namesake is not None
        assert namesake.host != "dead"


async def test_of_two_hosts_that_start_with_one_name_at_one_moment_one_is_refused() -> None:
    world = ChatWorld(latency=0)
    attendance = MemoryAttendance(world.clock)

    class Blind(Way):
        async def named(self, label: str) -> HostSeen | None:
            return None  # both have looked before either has written

    async with world:
        async with second_host(world, Beside(MemoryStorage()), named("berlin"), Blind(attendance)):
            with pytest.raises(StorageError, match="berlin"):
                async with second_host(world, Beside(MemoryStorage()), named("berlin"), Blind(attendance), 3):
                    pass
        assert world.clock.monotonic() < NAME_WATCHED


async def _cut_off(bus: LocalBus, *, all_of_them: bool) -> Raw:
    """Cut a host off from where hosts write for half a minute, or all; return who was there."""
    ways = Ways()
    async with two_hosts(bus, attend=ways) as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")
        await first.settle(SEEN)
        for way in ways.ways if all_of_them else ways.ways[1:]:
            way.is_cut = True
        await first.settle(CUT_OFF - BEAT)
        assert bob.down is None
        await first.settle(10)
        assert alice.down is None
        return bob


async def test_a_host_that_is_cut_off_while_others_go_on_sends_its_clients_to_them() -> None:
    bob = await _cut_off(LocalBus(), all_of_them=False)

    assert bob.down is not None
    assert [frame.code for frame in bob.of(f.Closing)] == ["draining"]


@pytest.mark.parametrize(("bus", "all_of_them"), [(LocalBus, True), (DeadBus, False)])
async def test_where_no_other_host_is_heard_that_goes_on_clients_stay(
    bus: type[LocalBus], *, all_of_them: bool
) -> None:
    bob = await _cut_off(bus(), all_of_them=all_of_them)

    assert bob.of(f.Closing) == []
