"""The throttle: what counts as a failed log-in, and what does not."""

from __future__ import annotations

from contextlib import suppress

import pytest

from chatcore.domain.throttles import Throttles
from chatcore.errors import Busy, ChatError, SlowDown, WrongCredentials
from chatcore.service.throttle import Throttle
from chatcore.testing import VirtualClock


async def tries(throttle: Throttle, outcome: ChatError | None, times: int) -> int:
    """Log in so often with this outcome; return how often the password was looked at."""
    looked = 0
    for _ in range(times):
        with suppress(SlowDown, WrongCredentials, Busy):
            async with throttle.guess("alice", "192.0.2.1"):
                looked += 1
                if outcome is not None:
                    raise outcome
    return looked


@pytest.mark.parametrize(
    ("outcome", "looked"), [(WrongCredentials(), 5), (Busy(), 60), (None, 60)], ids=["wrong", "not looked at", "right"]
)
async def test_only_wrong_passwords_count(outcome: ChatError | None, looked: int) -> None:
    throttle = Throttle(Throttles(), VirtualClock())

    assert await tries(throttle, outcome, 60) == looked


async def test_the_log_says_once_that_who_comes_over_the_loopback_shares_an_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    throttle = Throttle(Throttles(), VirtualClock())

    for address in ["192.0.2.1"] * 8 + [""] * 8 + ["127.0.0.1"] * 8 + ["::1"] * 8:
        with suppress(SlowDown, WrongCredentials):
            async with throttle.guess(f"of {address}", address):
                raise WrongCredentials

    assert ["--trusted-proxy" in message for message in caplog.messages] == [True]
