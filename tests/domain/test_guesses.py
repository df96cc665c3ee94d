"""Failed log-ins: attackers wait, owners do not, and made-up names and addresses fill nothing."""

from __future__ import annotations

import attrs
import pytest

from chatcore.domain.guesses import WITHOUT_ADDRESS, Guesses
from chatcore.domain.rates import ANY, Rate
from chatcore.domain.throttles import Throttles
from chatcore.errors import SlowDown

USUAL = Throttles()
PAIRS_ALONE = attrs.evolve(USUAL, guesses_per_address=ANY, guesses_per_account=ANY)
ALICE, HOME, ABROAD = ("alice", "192.0.2.1"), "192.0.2.1", "203.0.113.9"


def fail(guesses: Guesses, pair: tuple[str, str], now: float, times: int = 1) -> int:
    """Guess wrong so often, and return how often it was looked at."""
    looked = 0
    for _ in range(times):
        try:
            guesses.begin(pair, now)
            looked += 1
        except SlowDown:
            pass
    return looked


def test_five_may_fail_at_once_and_then_the_waits_double_up_to_a_minute() -> None:
    guesses, now, waits = Guesses(PAIRS_ALONE), 0.0, []
    assert fail(guesses, ALICE, now, 50) == 5

    for _ in range(9):
        waits.append(guesses.wait(ALICE, now))
        now += waits[-1]
        assert fail(guesses, ALICE, now, 50) == 1

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_many_at_once_are_no_way_around_it() -> None:
    guesses = Guesses(USUAL)

    begun = fail(guesses, ALICE, 0.0, 200)  # of none of which it is known yet that it fails

    assert begun == 5


def test_the_right_password_begins_anew() -> None:
    guesses = Guesses(USUAL)
    fail(guesses, ALICE, 0.0, 4)

    guesses.begin(ALICE, 0.0)
    guesses.right(ALICE, 0.0)

    assert fail(guesses, ALICE, 0.0, 10) == 5


def test_what_nobody_has_looked_at_does_not_count() -> None:
    guesses = Guesses(USUAL)

    for _ in range(100):
        guesses.begin(ALICE, 0.0)
        guesses.undecided(ALICE, 0.0)

    assert guesses.wait(ALICE, 0.0) == 0.0
    assert len(guesses) == 0


def test_after_an_hour_it_is_forgotten() -> None:
    guesses = Guesses(USUAL)
    fail(guesses, ALICE, 0.0, 5)

    assert fail(guesses, ALICE, 3600.0, 10) == 5


def test_an_attacker_elsewhere_does_not_keep_the_owner_out() -> None:
    guesses = Guesses(USUAL)

    for second in range(3_600):
        fail(guesses, ("alice", ABROAD), float(second), 3)

    assert guesses.wait(ALICE, 3_600.0) == 0.0


def test_one_address_has_thirty_guesses_an_hour_over_all_accounts() -> None:
    guesses = Guesses(USUAL)

    looked = sum(fail(guesses, (f"user-{at}", ABROAD), at * 3.6) for at in range(1_000))

    assert looked in range(59, 62)  # thirty at once, and thirty in the hour


def test_who_knew_the_password_is_not_kept_out_by_others_at_the_same_address() -> None:
    guesses = Guesses(USUAL)
    guesses.begin(ALICE, 0.0)
    guesses.right(ALICE, 0.0)

    for number in range(100):
        fail(guesses, (f"user-{number}", HOME), 1.0)

    assert guesses.wait(("bob", HOME), 1.0) > 100
    assert guesses.wait(ALICE, 1.0) == 0.0


def test_guesses_from_very_many_addresses_become_one_for_each_and_the_owner_gets_in_everywhere() -> None:
    guesses = Guesses(USUAL)
    guesses.begin(ALICE, 0.0)
    guesses.right(ALICE, 0.0)

    looked = [fail(guesses, ("alice", f"198.51.{at // 250}.{at % 250}"), 1.0, 50) for at in range(1_000)]

    assert (looked[:20], looked[21:]) == ([5] * 20, [1] * 979)
    assert guesses.wait(ALICE, 1.0) == 0.0
    assert guesses.wait(("alice", "203.0.113.77"), 1.0) == 0.0
    assert fail(guesses, ALICE, 1.0, 10) == 5


def test_without_an_address_only_accounts_count_and_nobody_waits_long() -> None:
    guesses = Guesses(USUAL)

    looked = [fail(guesses, (f"user-{number}", ""), 0.0) for number in range(1_000)]
    fail(guesses, ("alice", ""), 0.0, 5)
    for second in range(100):
        fail(guesses, ("alice", ""), float(second))

    assert looked == [1] * 1_000
    assert 0 < guesses.wait(("alice", ""), 99.0) <= WITHOUT_ADDRESS


@pytest.mark.parametrize("address", ["", "192.0.2.1"])
def test_a_million_made_up_names_are_kept_in_the_room_for_a_few(address: str) -> None:
    guesses = Guesses(attrs.evolve(USUAL, guesses_per_address=Rate(1e9, 1e9)), most=500)
    fail(guesses, ("alice", address), 0.0, 50)
    before = guesses.wait(("alice", address), 0.0)

    largest = 0
    for number in range(200_000):
        fail(guesses, (f"made-up-{number}", address), 0.0)
        largest = max(largest, len(guesses))

    assert largest <= 3 * 500
    assert guesses.wait(("alice", address), 0.0) == before > 0


def test_a_million_made_up_addresses_are_kept_in_the_room_for_a_few() -> None:
    guesses = Guesses(USUAL, most=500)

    largest = 0
    for number in range(200_000):
        fail(guesses, ("alice", f"address {number}"), 0.0)
        largest = max(largest, len(guesses))

    assert largest <= 3 * 500


def test_switched_off_it_counts_nothing() -> None:
    assert fail(Guesses(Throttles.off()), ALICE, 0.0, 500) == 500
