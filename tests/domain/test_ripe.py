"""Which numbers are old enough."""

from __future__ import annotations

from chatcore.domain.ripe import TOGETHER, Ripe


def test_a_number_is_ripe_when_its_time_has_passed_and_those_before_it_are() -> None:
    ripe = Ripe(30)
    assert (ripe.upto(0), ripe.next_due()) == (0, None)

    ripe.note(5, 0)
    ripe.note(9, 10)

    assert [ripe.upto(now) for now in (0, 29.9, 30, 39.9, 40)] == [0, 0, 5, 5, 9]


def test_what_is_due_next_is_told() -> None:
    ripe = Ripe(30)
    ripe.note(5, 1)
    ripe.note(9, 10)

    assert ripe.next_due() == 31
    ripe.upto(31)
    assert ripe.next_due() == 40
    ripe.upto(40)
    assert ripe.next_due() is None


def test_a_flood_takes_little_memory_and_nothing_of_it_is_ripe_too_early() -> None:
    ripe = Ripe(30)
    for number in range(100_000):
        ripe.note(number, number / 1_000)

    assert len(ripe._noted) <= 100 / TOGETHER
    for now in range(30, 130):
        upto = ripe.upto(now)
        assert upto / 1_000 + 30 <= now
        assert upto / 1_000 + 30 >= now - TOGETHER - 0.01 or now == 30
