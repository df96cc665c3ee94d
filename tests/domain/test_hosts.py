"""The other hosts of a chat, and who is present there: hints may be lost, late and doubled, and hosts die."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from random import Random  # noqa: TID251 - a seed decides

import pytest

from chatcore import UserId
from chatcore.domain.hosts import (
    BEAT,
    FORGOTTEN,
    LONE_BEAT,
    UNSTEADY,
    AboutPresence,
    HostPresence,
    HostPresenceChanged,
    HostPresenceWanted,
    Hosts,
    HostSeen,
)
from chatcore.domain.presence import Presence

ALICE, BOB, CAROL = (UserId(letter * 16) for letter in "abc")


class Host:
    """One host: who is present at it, and what it knows of the others."""

    def __init__(self, name: str) -> None:
        self.presence, self.hosts = Presence(grace=0), Hosts(name)

    def comes(self, user: UserId) -> None:
        self.presence.connected(user, user, user)

    def goes(self, user: UserId) -> None:
        self.presence.logged_out(user)

    def says(self, now: float = 0.0) -> Sequence[AboutPresence]:
        return self.hosts.say(self.presence, self.presence.take_changed(), now)

    def hears(self, told: Sequence[AboutPresence], now: float = 0.0) -> None:
        for hint in told:
            self.hosts.hear(hint, now)


def joined() -> tuple[Host, Host]:
    """Make two hosts that know each other, with Alice at the first."""
    here, there = Host("here"), Host("there")
    here.comes(ALICE)
    for _ in range(3):
        there.hears(here.says())
        here.hears(there.says())
    here.hosts.take_changed()
    there.hosts.take_changed()
    return here, there


def test_a_host_that_starts_says_who_is_present_at_it() -> None:
    host = Host("here")
    host.comes(BOB)
    host.comes(ALICE)

    assert host.says() == [HostPresence("here", 1, (ALICE, BOB))]
    assert host.says() == []


def test_two_hosts_learn_of_each_other_whichever_speaks_first() -> None:
    old, new = Host("old"), Host("new")
    old.comes(ALICE)
    old.says()  # nobody heard it

    old.hears(new.says())
    new.hears(old.says())

    assert new.hosts.active() == {ALICE}
    assert new.hosts.take_changed() == {ALICE}
    assert new.hosts.is_active(ALICE)
    assert not old.hosts.active()


def test_a_change_is_told_as_such_and_applied() -> None:
    here, there = joined()
    here.comes(BOB)
    here.goes(ALICE)

    said = here.says()
    there.hears(said)

    assert said == [HostPresenceChanged("here", 2, came=(BOB,), went=(ALICE,))]
    assert there.hosts.active() == {BOB}
    assert there.hosts.take_changed() == {ALICE, BOB}


def test_a_user_at_two_other_hosts_is_active_until_they_are_gone_from_both() -> None:
    here, there = joined()
    third = Host("third")
    third.comes(ALICE)
    there.hears(third.says())
    here.goes(ALICE)

    there.hears(here.says())

    assert there.hosts.is_active(ALICE)


def test_what_comes_twice_or_late_changes_nothing() -> None:
    here, there = joined()
    here.comes(BOB)
    first = here.says()
    here.goes(BOB)
    second = here.says()
    there.hears([*first, *second])
    there.hosts.take_changed()

    there.hears([*second, *first])

    assert there.hosts.active() == {ALICE}
    assert there.hosts.take_changed() == frozenset()
    assert there.says() == []


@pytest.mark.parametrize("noticed_by", ["the next change", "a beat"])
def test_a_lost_change_is_noticed_and_the_whole_asked_for(noticed_by: str) -> None:
    here, there = joined()
    here.comes(BOB)
    here.says()  # lost
    if noticed_by == "the next change":
        here.comes(CAROL)

    there.hears(here.says(BEAT), BEAT)
    not_guessed = there.hosts.active()
    asked = there.says(1.0)
    here.hears(asked, BEAT)
    there.hears(here.says(BEAT), BEAT)

    assert not_guessed == {ALICE}
    assert asked == [HostPresenceWanted("here")]
    assert there.hosts.active() == here.presence.active


def test_it_is_asked_for_once_and_again_only_when_the_host_speaks_again() -> None:
    here, there = joined()
    here.comes(BOB)
    here.says()
    here.comes(CAROL)
    said = here.says()

    there.hears([*said, *said])

    assert there.says() == [HostPresenceWanted("here")]
    assert there.says() == []
    there.hears(said)
    assert there.says() == [HostPresenceWanted("here")]


def test_only_the_host_that_is_asked_answers() -> None:
    here, there = joined()

    there.hears([HostPresenceWanted("here")])
    here.hears([HostPresenceWanted("here")])

    assert there.says() == []
    assert here.says() == [HostPresence("here", 1, (ALICE,))]


def test_the_whole_as_it_was_before_a_change_is_passed_over() -> None:
    here, there = joined()
    here.hears([HostPresenceWanted("here")])
    late = here.says()
    here.comes(BOB)
    there.hears(here.says())

    there.hears(late)

    assert there.hosts.active() == {ALICE, BOB}


def test_a_host_that_is_silent_for_too_long_is_forgotten_with_all_who_are_present_there() -> None:
    _, there = joined()

    there.hosts.expire(FORGOTTEN - 0.1)
    before = there.hosts.active()
    there.hosts.expire(FORGOTTEN)

    assert before == {ALICE}
    assert there.hosts.active() == frozenset()
    assert there.hosts.take_changed() == {ALICE}


def test_a_beat_keeps_a_host_from_being_forgotten_and_is_due_in_time() -> None:
    here, there = joined()

    due = here.hosts.next_due()
    there.hears(here.says(due), due)
    there.hosts.expire(FORGOTTEN)

    assert due == BEAT
    assert there.hosts.active() == {ALICE}


def test_a_host_that_went_on_after_it_was_forgotten_is_known_again_by_its_next_beat() -> None:
    here, there = joined()
    there.hosts.expire(FORGOTTEN)

    there.hears(here.says(20.0), 20.0)
    here.hears(there.says(20.0), 20.0)
    there.hears(here.says(20.0), 20.0)

    assert there.hosts.active() == {ALICE}


def test_a_host_that_knows_of_no_other_says_seldom_that_it_lives() -> None:
    host = Host("alone")
    host.says(5.0)

    due = host.hosts.next_due()

    assert due == 5.0 + LONE_BEAT
    assert host.says(due) == [HostPresenceChanged("alone", 0)]


def test_the_end_of_a_host_that_is_silent_is_due() -> None:
    here, there = joined()
    there.says(FORGOTTEN - 0.5)

    assert there.hosts.next_due() == FORGOTTEN
    assert here.hosts.next_due() < FORGOTTEN


# ---- hosts that are written down


def reader() -> Hosts:
    """Make a host that has read of another one, with Alice, at 0."""
    hosts = Hosts("here", is_written=True)
    hosts.read([HostSeen("there", 1.0, 5, (ALICE,)), HostSeen("here", 0.0)], 0.0)
    return hosts


def test_who_is_written_as_present_elsewhere_is_active() -> None:
    hosts = reader()

    assert hosts.active() == hosts.take_changed() == {ALICE}
    assert hosts.known == {"there": 5}


def test_a_change_that_was_heard_of_is_not_undone_by_what_was_written_before() -> None:
    hosts = reader()
    hosts.hear(HostPresenceChanged("there", 6, came=(BOB,)), 1.0)
    hosts.read([HostSeen("there", 0.0, 5, (ALICE,))], 2.0)

    assert hosts.active() == {ALICE, BOB}


def test_what_the_bus_says_of_a_host_that_was_not_read_is_a_reason_to_read() -> None:
    hosts = reader()
    before = hosts.is_reading_wanted
    hosts.hear(HostPresence("third", 3, (CAROL,)), 1.0)
    wanted = hosts.is_reading_wanted
    hosts.read([], 1.0)

    assert (before, wanted, hosts.is_reading_wanted) == (False, True, False)
    assert hosts.active() == {ALICE}


def test_the_bus_does_not_keep_a_host_alive_that_does_not_write() -> None:
    hosts = reader()
    for now in range(1, 12):
        hosts.hear(HostPresenceChanged("there", 5), now)
        hosts.read([HostSeen("there", 1.0 + now, 5)], now)

    assert hosts.active() == frozenset()


def test_a_host_that_has_ended_is_forgotten_at_once() -> None:
    hosts = reader()
    hosts.read([HostSeen("there", inf, 5)], 1.0)

    assert hosts.active() == frozenset()


def test_a_host_that_cannot_read_what_is_written_does_not_answer_until_it_can() -> None:
    hosts, here = Hosts("here", is_written=True), Presence(grace=0)
    hosts.read([], 0.0)
    hosts.say(here, (), 0.0)

    hosts.hear(HostPresenceWanted("here"), UNSTEADY)
    silent = hosts.say(here, (), UNSTEADY)
    hosts.read([], UNSTEADY + 1)

    assert silent == []
    assert hosts.say(here, (), UNSTEADY + 1) == [HostPresence("here", 0, ())]


def test_all_that_are_known_can_be_asked() -> None:
    hosts, here = Hosts("here", is_written=True), Presence(grace=0)
    hosts.read([HostSeen("there", 0.0, 0), HostSeen("yonder", 0.0, 0)], 0.0)
    hosts.say(here, (), 0.0)

    hosts.ask_all()

    assert hosts.say(here, (), 1.0) == [HostPresenceWanted("there"), HostPresenceWanted("yonder")]


def test_a_host_that_was_dead_before_it_was_first_read_is_not_counted() -> None:
    hosts = Hosts("here", is_written=True)
    hosts.say(Presence(grace=0), (), 0.0)
    hosts.read([HostSeen("dead", FORGOTTEN, 5, (ALICE,))], 0.0)

    assert hosts.active() == frozenset()
    assert hosts.say(Presence(grace=0), (), 0.0) == []  # nobody is asked, and nobody greeted


def test_after_a_gap_in_reading_others_have_time_to_write_again() -> None:
    hosts = reader()
    hosts.expire(60.0)
    hosts.read([HostSeen("there", 61.0, 5)], 60.0)
    within = hosts.active()
    for now in (63.0, 66.0, 69.0, 71.0):
        hosts.read([HostSeen("there", now + 1.0, 5)], now)

    assert within == {ALICE}
    assert hosts.active() == frozenset()


def test_only_who_has_read_without_a_gap_for_long_enough_is_steady() -> None:
    hosts = reader()
    early = hosts.is_steady(0.0)
    for now in (3.0, 6.0, 9.0, 12.0):
        hosts.read([], now)

    assert (early, hosts.is_steady(12.0), hosts.is_steady(12.0 + UNSTEADY)) == (False, True, False)


def test_a_host_that_is_written_down_does_not_say_on_the_bus_that_it_lives() -> None:
    hosts, presence = reader(), Presence(grace=0)
    hosts.say(presence, (), 0.0)

    assert hosts.next_due() == inf
    assert hosts.say(presence, (), 1000.0) == []


class Weather:
    """Three hosts and a bus that loses, doubles and delays."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.hosts = [Host(name) for name in ("one", "two", "three")]
        self._late: list[tuple[Host, AboutPresence]] = []

    def change(self) -> None:
        """Let somebody come or go somewhere."""
        host, user = self.chance.choice(self.hosts), self.chance.choice([ALICE, BOB, CAROL])
        self.chance.choice([host.comes, host.goes])(user)

    def blow(self, now: float) -> None:
        """Pass on what is said, badly, and some of what is late."""
        for hearer, hint in self._said(now):
            times = self.chance.choice([0, 0, 1, 1, 2])
            hearer.hears([hint] * times, now)
            if not times and self.chance.random() < 0.5:
                self._late.append((hearer, hint))
        self.chance.shuffle(self._late)
        for hearer, hint in self._late[:1]:
            hearer.hears([hint], now)
        self._late = self._late[1:]

    def rest(self, now: float) -> None:
        """Pass on what is said, well."""
        for hearer, hint in self._said(now):
            hearer.hears([hint], now)

    def _said(self, now: float) -> list[tuple[Host, AboutPresence]]:
        said = [(speaker, speaker.says(now)) for speaker in self.hosts]
        return [
            (hearer, hint)
            for speaker, hints in said
            for hint in hints
            for hearer in self.hosts
            if hearer is not speaker
        ]


@pytest.mark.parametrize("seed", range(200))
def test_whatever_is_lost_doubled_or_late_all_is_right_again_when_no_more_is(seed: int) -> None:
    weather, now = Weather(seed), 0.0

    for _ in range(60):
        now += weather.chance.choice([0.05, 1.0, 4.0])
        weather.change()
        weather.blow(now)
        for host in weather.hosts:
            host.hosts.expire(now)
    for _ in range(4):
        now += BEAT
        weather.rest(now)

    for host in weather.hosts:
        others = [other.presence.active for other in weather.hosts if other is not host]
        assert host.hosts.active() == frozenset().union(*others)
