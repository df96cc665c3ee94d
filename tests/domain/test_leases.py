"""Who has a job."""

from chatcore.domain.leases import LEASE, Leases

SECOND = 1_000


def test_a_job_is_had_for_some_seconds_and_then_by_whoever_takes_it_first() -> None:
    leases = Leases()
    leases.take("job", "one", 0)

    early = leases.take("job", "two", round(LEASE * SECOND) - 1)
    late = leases.take("job", "two", round(LEASE * SECOND))

    assert (early, late) == (False, True)
    assert (leases.has("job", "one"), leases.has("job", "two")) == (False, True)
    assert not leases.take("job", "one", round(LEASE * SECOND) + 1)


def test_who_takes_it_again_in_time_goes_on_having_it() -> None:
    leases = Leases()
    for at in range(0, 60, 10):
        leases.take("job", "one", at * SECOND)

    assert not leases.take("job", "two", 64 * SECOND)


def test_a_job_whose_time_is_over_is_still_had_while_nobody_has_taken_it() -> None:
    leases = Leases()
    leases.take("job", "one", 0)

    assert leases.has("job", "one")
    assert leases.take("job", "one", 3600 * SECOND)


def test_who_has_it_not_cannot_leave_it() -> None:
    leases = Leases()
    leases.take("job", "one", 0)
    leases.leave("job", "two")
    leases.leave("other", "one")

    assert leases.has("job", "one")
    leases.leave("job", "one")
    assert not leases.has("job", "one")
