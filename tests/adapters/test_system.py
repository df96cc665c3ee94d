"""The machine's clock and chance keep what their ports promise."""

import base64
import time

import pytest

from chatcore.adapters.system import SystemClock, SystemIds
from chatcore.domain.ids import is_client_id, is_user_id


def test_the_time_of_day_is_in_milliseconds_since_1970() -> None:
    before = time.time()  # noqa: TID251 - the clock that is tested

    now = SystemClock().now_ms()

    assert before - 0.001 <= now / 1000 <= time.time()  # noqa: TID251 - the same


async def test_sleep_lasts_as_long_as_asked_on_the_monotonic_clock() -> None:
    clock = SystemClock()
    start = clock.monotonic()

    await clock.sleep(0.02)

    assert clock.monotonic() - start >= 0.02


async def test_a_timeout_ends_its_block_with_a_timeout_error() -> None:
    clock = SystemClock()

    with pytest.raises(TimeoutError):
        async with clock.timeout(0.001):
            await clock.sleep(30)


async def test_no_timeout_is_for_ever() -> None:
    clock = SystemClock()

    async with clock.timeout(None):
        await clock.sleep(0.001)


def test_user_ids_are_16_hexadecimal_digits_and_never_the_same() -> None:
    ids = SystemIds()

    made = [ids.user_id() for _ in range(1000)]

    assert all(is_user_id(user) for user in made)
    assert len(set(made)) == 1000


def test_a_token_is_256_bits() -> None:
    ids = SystemIds()

    first, second = ids.token(), ids.token()

    assert len(base64.urlsafe_b64decode(first + "=")) == 32
    assert first != second


def test_client_ids_of_one_time_lie_together_and_later_ones_after_them() -> None:
    ids = SystemIds()

    octets = [base64.urlsafe_b64decode(ids.client_id(now_ms) + "==") for now_ms in (1_000, 1_000, 2**40)]

    assert [int.from_bytes(part[:6]) for part in octets] == [1_000, 1_000, 2**40]
    assert len({part[6:] for part in octets}) == 3


@pytest.mark.parametrize("now_ms", [0, 1_700_000_000_000, 2**48, -1])
def test_a_client_id_is_16_bytes_whatever_the_clock_says(now_ms: int) -> None:
    made = SystemIds().client_id(now_ms)

    assert is_client_id(made)
    assert len(base64.urlsafe_b64decode(made + "==")) == 16


def test_fractions_lie_from_0_up_to_but_not_1() -> None:
    ids = SystemIds()

    made = [ids.fraction() for _ in range(1000)]

    assert all(0 <= number < 1 for number in made)
    assert len(set(made)) > 990


def test_instances_differ() -> None:
    ids = SystemIds()

    assert ids.instance() != ids.instance()
