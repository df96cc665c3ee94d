"""The tests that every attendance passes: inherit, give a fixture `attendance` and a way to let time pass."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

import attrs
import pytest

from ...domain.hosts import FORGOTTEN, HostSeen
from ...domain.ids import UserId
from ...ports.attendance import Attendance, Beat
from .storage_base import ALICE, BOB, CAROL

MARGIN = 5.0
"""Seconds that a test may take between two of its steps."""


def whole(host: str, *users: UserId, number: int = 1, label: str = "", known: Mapping[str, int] | None = None) -> Beat:
    """Return the first beat of a host; with a label it was given that name."""
    return Beat(host, label or host, bool(label), number, users, (), is_whole=True, known=known or {}, buries=False)


def later(
    host: str,
    number: int,
    *,
    came: Sequence[UserId] = (),
    went: Sequence[UserId] = (),
    known: Mapping[str, int] | None = None,
    buries: bool = False,
) -> Beat:
    """Return a beat that goes on from the one before."""
    return Beat(host, host, False, number, tuple(came), tuple(went), is_whole=False, known=known or {}, buries=buries)


def by_host(seen: Sequence[HostSeen]) -> dict[str, HostSeen]:
    """Return hosts by their names."""
    assert len({host.host for host in seen}) == len(seen)
    return {host.host: host for host in seen}


class AttendanceContract:
    """What the port `chatcore.ports.attendance.Attendance` promises, as tests for pytest with pytest-asyncio.

    Inherit in a class whose name begins with `Test`, and override the fixture `attendance` and the methods `pass_time`
    and `crash`.
    """

    @pytest.fixture
    def attendance(self) -> Attendance:
        """Return an attendance in which nothing is written."""
        msg = "override the fixture `attendance`"
        raise NotImplementedError(msg)

    async def pass_time(self, attendance: Attendance, seconds: float) -> None:
        """Make what was written so much older."""
        raise NotImplementedError

    async def crash(self, attendance: Attendance) -> None:
        """Have it lose what was written, as a crash does."""
        raise NotImplementedError

    async def test_a_host_is_seen_with_those_who_are_present_there(self, attendance: Attendance) -> None:
        await attendance.beat(whole("one", BOB, ALICE, number=7))

        seen = by_host(await attendance.beat(whole("two")))

        assert (seen["one"].number, seen["one"].users) == (7, (ALICE, BOB))
        assert 0 <= seen["one"].age < MARGIN
        assert seen["two"].age < MARGIN

    async def test_who_came_and_went_is_seen_after_the_next_beat(self, attendance: Attendance) -> None:
        await attendance.beat(whole("one", ALICE, BOB))
        await attendance.beat(later("one", 2, came=[CAROL, ALICE], went=[BOB]))
        await attendance.beat(later("one", 2, came=[CAROL, ALICE], went=[BOB]))

        assert by_host(await attendance.beat(whole("two")))["one"].users == (ALICE, CAROL)

    async def test_a_whole_beat_stands_for_all_that_was_written_before(self, attendance: Attendance) -> None:
        await attendance.beat(whole("one", ALICE, BOB))
        await attendance.beat(whole("one", BOB, CAROL, number=2))

        assert by_host(await attendance.beat(whole("two")))["one"].users == (BOB, CAROL)

    async def test_users_are_read_only_where_more_is_written_than_is_known(self, attendance: Attendance) -> None:
        await attendance.beat(whole("one", ALICE, number=3))

        knows = by_host(await attendance.beat(whole("two", known={"one": 3})))
        lags = by_host(await attendance.beat(later("two", 1, known={"one": 2})))

        assert (knows["one"].users, lags["one"].users) == (None, (ALICE,))

    async def test_a_host_whose_last_present_user_has_gone_is_read_as_empty(self, attendance: Attendance) -> None:
        await attendance.beat(whole("one", ALICE))
        await attendance.beat(later("one", 2, went=[ALICE]))

        assert by_host(await attendance.beat(whole("two", known={"one": 1})))["one"].users == ()

    async def test_a_host_grows_older_until_it_beats_again(self, attendance: Attendance) -> None:
        await attendance.beat(whole("one", ALICE))
        await self.pass_time(attendance, 60)
        old = by_host(await attendance.beat(whole("two")))["one"]
        await attendance.beat(later("one", 1))
        new = by_host(await attendance.beat(later("two", 1)))["one"]

        assert 60 <= old.age < 60 + MARGIN
        assert old.users == (ALICE,)
        assert new.age < MARGIN

    async def test_a_silent_host_is_given_up_by_a_beat_that_buries_and_by_no_other(
        self, attendance: Attendance
    ) -> None:
        await attendance.beat(whole("one", ALICE))
        await attendance.beat(whole("two"))
        await self.pass_time(attendance, FORGOTTEN + 1)
        spared = by_host(await attendance.beat(later("two", 1)))["one"]
        buried = by_host(await attendance.beat(later("two", 1, buries=True)))

        assert FORGOTTEN < spared.age < inf
        assert buried["one"].age == inf
        assert not buried["one"].users
        assert buried["two"].age < MARGIN

    async def test_no_host_is_given_up_that_has_beaten_of_late(self, attendance: Attendance) -> None:
        await attendance.beat(whole("one"))
        await attendance.beat(whole("two"))
        await self.pass_time(attendance, FORGOTTEN - MARGIN)

        assert by_host(await attendance.beat(later("two", 1, buries=True)))["one"].age < FORGOTTEN

    async def test_a_host_that_was_given_up_sees_it_and_writes_nothing_more(self, attendance: Attendance) -> None:
        await attendance.beat(whole("one", ALICE))
        await self.pass_time(attendance, FORGOTTEN + 1)
        await attendance.beat(attrs.evolve(whole("two"), buries=True))

        own = [by_host(await attendance.beat(beat))["one"] for beat in (later("one", 2), whole("one", BOB, number=3))]
        seen = by_host(await attendance.beat(later("two", 1)))["one"]

        assert [host.age for host in own] == [inf, inf]
        assert (seen.age, seen.users or ()) == (inf, ())

    async def test_a_host_that_has_left_is_seen_as_ended(self, attendance: Attendance) -> None:
        await attendance.beat(whole("one", ALICE))
        await attendance.leave("one")
        await attendance.leave("one")
        await attendance.leave("nobody")

        seen = by_host(await attendance.beat(whole("two")))["one"]

        assert (seen.age, seen.users or ()) == (inf, ())

    async def test_after_a_crash_a_host_is_not_seen_until_it_has_written_all_again(
        self, attendance: Attendance
    ) -> None:
        await attendance.beat(whole("one", ALICE))
        await self.crash(attendance)

        lost = by_host(await attendance.beat(later("one", 2, came=[BOB])))
        await attendance.beat(whole("one", ALICE, BOB, number=2))

        assert lost == {}
        assert by_host(await attendance.beat(whole("two")))["one"].users == (ALICE, BOB)

    async def test_one_name_is_had_by_one_host_that_lives(self, attendance: Attendance) -> None:
        await attendance.beat(whole("one", label="berlin"))

        named, other = await attendance.named("berlin"), await attendance.named("one")
        refused = by_host(await attendance.beat(whole("two", ALICE, label="berlin")))
        await attendance.leave("one")
        left = await attendance.named("berlin")
        taken = by_host(await attendance.beat(whole("two", ALICE, label="berlin")))

        assert named is not None
        assert (named.host, named.users, other, left) == ("one", None, None, None)
        assert refused["two"].age == inf
        assert taken["two"].age < MARGIN

    async def test_labels_that_were_not_given_may_be_the_same(self, attendance: Attendance) -> None:
        for name in ("one", "two", "three"):
            await attendance.beat(attrs.evolve(whole(name), label="worker"))

        assert {host.host for host in await attendance.beat(later("one", 1)) if host.age < inf} == {
            "one",
            "two",
            "three",
        }
        assert await attendance.named("worker") is None
