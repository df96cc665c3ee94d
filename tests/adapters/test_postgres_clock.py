"""The time of a message is that of the database's clock, whatever the clocks of the servers say."""

import logging

import pytest

from chatcore.adapters.postgres import PostgresStorage, opening
from chatcore.adapters.system import SystemClock
from chatcore.errors import StorageError
from chatcore.ports.commits import Stored
from chatcore.testing.contracts.storage_base import ALICE, BOB, GENERAL, NOON, enrol, post


async def sent(storage: PostgresStorage, name: str, now_ms: int) -> int:
    """Post with a server's clock; return the time of the message."""
    (outcome,) = await storage.append([post(ALICE, GENERAL, name)], now_ms)
    assert isinstance(outcome, Stored)
    return outcome.message.sent_at_ms


async def test_p2_servers_whose_clocks_differ_give_messages_the_time_of_the_database(database: str) -> None:
    clock = SystemClock()
    async with PostgresStorage(database) as one, PostgresStorage(database) as other:
        await enrol(one, ALICE, BOB)
        before = clock.now_ms()
        times = [
            await sent(storage, f"c-{turn}-{name}", clock.now_ms() + ahead)
            for turn in range(3)
            for name, storage, ahead in (("one", one, 50_000), ("other", other, -50_000))
        ]
        after = clock.now_ms()

    assert before <= times[0]
    assert times == sorted(times)
    assert times[-1] <= after


@pytest.mark.parametrize(("seconds", "is_refused", "is_told"), [(4, False, False), (6, False, True), (61, True, False)])
@pytest.mark.parametrize("sign", [1, -1])
async def test_a_server_whose_clock_differs_by_more_than_5_s_says_so_and_by_more_than_a_minute_does_not_start(
    database: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    seconds: int,
    sign: int,
    *,
    is_refused: bool,
    is_told: bool,
) -> None:
    class Wrong(SystemClock):
        def now_ms(self) -> int:
            return super().now_ms() + sign * seconds * 1000

    monkeypatch.setattr(opening, "SystemClock", Wrong)
    caplog.set_level(logging.WARNING)

    if is_refused:
        with pytest.raises(StorageError, match=r"differ by 6[01] s: set the one that is wrong"):
            await PostgresStorage(database).open()
        return
    async with PostgresStorage(database):
        pass

    assert any("the clocks of this machine and of" in line for line in caplog.messages) == is_told


async def test_a_storage_for_tests_takes_the_times_that_it_is_given(database: str) -> None:
    async with PostgresStorage(database, has_given_times=True) as storage:
        await enrol(storage, ALICE, BOB)

        assert await sent(storage, "c-1", NOON) == NOON
