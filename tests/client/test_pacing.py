"""The client's clock and chance."""

from chatcore.client.pacing import RETRY_AFTER, Pacing
from chatcore.domain.ids import is_client_id
from chatcore.testing import VirtualClock
from chatcore.testing.fakes import SeededIds


def test_what_was_refused_for_now_is_tried_again_after_half_a_second_to_a_whole() -> None:
    pacing = Pacing(VirtualClock(), SeededIds())

    waits = [pacing.later() - pacing.now() for _ in range(200)]

    assert min(waits) >= RETRY_AFTER
    assert max(waits) < 2 * RETRY_AFTER
    assert len(set(waits)) > 100


def test_the_times_are_those_of_the_clock() -> None:
    clock = VirtualClock(start_ms=5_000)
    pacing = Pacing(clock, SeededIds())

    assert (pacing.now(), pacing.now_ms()) == (0.0, 5_000)


def test_each_post_gets_an_id_of_its_own() -> None:
    pacing = Pacing(VirtualClock(), SeededIds())

    made = [pacing.client_id() for _ in range(100)]

    assert len(set(made)) == 100
    assert all(map(is_client_id, made))
