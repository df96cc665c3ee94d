"""The bus through PostgreSQL keeps the port's promises, within a server and between servers."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from chatcore.adapters.postgres import PostgresBus
from chatcore.adapters.postgres.parts import CHARACTERS, Joining, split
from chatcore.domain.events import MessagePosted, SessionEnded
from chatcore.domain.hosts import HostPresence
from chatcore.domain.ids import ClientId, UserId
from chatcore.domain.messages import MAX_TEXT, Message
from chatcore.errors import BadFrame, StorageError
from chatcore.ports.bus import Hint
from chatcore.testing.contracts.bus import ENDED, HINTS, LAST, POSTED, BusContract, Ear
from chatcore.testing.contracts.storage_base import ALICE, ALICE_BOB, NOON
from tests.adapters.across import Across
from tests.postgres import Cluster
from tests.waiting import until


class TestPostgresBus(BusContract):
    @pytest.fixture
    async def bus(self, database: str) -> AsyncIterator[PostgresBus]:
        async with PostgresBus(database) as bus:
            yield bus


class TestPostgresBusBetweenServers(BusContract):
    @pytest.fixture
    async def bus(self, database: str) -> AsyncIterator[Across]:
        async with PostgresBus(database) as here, PostgresBus(database) as there:
            yield Across(here, there)


async def test_long_hints_and_many_at_once_pass_in_parts(database: str) -> None:
    long = MessagePosted(Message(ALICE_BOB, 7, ALICE, ClientId("c"), "🦆" * MAX_TEXT, NOON, 6, 3, 9))
    users = tuple(UserId(f"{n:016x}") for n in range(5_000))
    hints: list[Hint] = [long, HostPresence("host", 1, users), long, long]
    async with PostgresBus(database) as here, PostgresBus(database) as there:
        ear = Ear(here)

        there.publish([*hints, LAST], object())

        assert await ear.until_the_last() == hints


async def test_what_a_server_passes_on_it_does_not_tell_its_own_once_more(database: str) -> None:
    async with PostgresBus(database) as here, PostgresBus(database) as there:
        own, others = Ear(here), Ear(there)

        here.publish([POSTED], object())
        await until(lambda: others.heard)
        there.publish([LAST], object())

        assert await own.until_the_last() == [POSTED]


async def test_a_bus_whose_connection_was_cut_works_again(
    cluster: Cluster, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with PostgresBus(database) as here, PostgresBus(database) as there:
        calls = list[int]()
        here.subscribe(object(), lambda hints: calls.append(len(hints)))
        cluster.run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'chatcore'")
        connections = here._connection, there._connection
        await until(lambda: all(bus._connection not in connections for bus in (here, there)))
        await until(lambda: calls == [0])  # so what was lost is looked for
        ear = Ear(here)

        async with asyncio.timeout(20):
            while LAST not in ear.heard:
                there.publish([POSTED, LAST], object())
                await asyncio.wait([asyncio.ensure_future(ear.until_the_last())], timeout=0.5)

    assert ear.heard[:2] == [POSTED, LAST]


async def test_two_installations_in_one_database_do_not_hear_each_other(cluster: Cluster, database: str) -> None:
    cluster.run("create schema other", database="chat", role="chat")
    async with PostgresBus(database) as here, PostgresBus(f"{database}&search_path=other") as stranger:
        ear = Ear(here)

        stranger.publish([ENDED], object())
        async with PostgresBus(database) as there:
            there.publish([LAST], object())

            assert await ear.until_the_last() == []


@pytest.mark.parametrize("forged", ["", "1 1 1", "1 2 1\n{}", "1 1 1\n{}", "1 1 1\n[1]", "a b c\n{}", "1 1 1\nnull"])
async def test_what_is_no_hint_is_dropped_with_a_line_in_the_log(
    cluster: Cluster, database: str, caplog: pytest.LogCaptureFixture, forged: str
) -> None:
    async with PostgresBus(database) as here, PostgresBus(database) as there:
        ear = Ear(here)

        with caplog.at_level(logging.WARNING):
            cluster.run(f"select pg_notify('{here._channel}', '{forged}')", database="chat", role="chat")
            there.publish([LAST], object())
            heard = await ear.until_the_last()

    assert heard == []
    assert sum("is not one of ours" in record.message for record in caplog.records) == 2  # each bus says so


async def test_a_database_that_cannot_be_reached_is_told_at_the_start(cluster: Cluster) -> None:
    with pytest.raises(StorageError, match="does not exist"):
        async with PostgresBus(cluster.address("nowhere")):
            pass


# ---- the parts


def test_no_two_parts_are_the_same_and_none_is_too_long() -> None:
    long = MessagePosted(Message(ALICE_BOB, 7, ALICE, ClientId("c"), "🦆" * MAX_TEXT, NOON, 6, 3, 9))

    parts = [part for number in (1, 2) for part in split([long, long, *HINTS], number)]

    assert len(set(parts)) == len(parts) > 2
    assert max(len(part.encode()) for part in parts) < 8_000


def test_parts_are_joined_and_what_lacks_one_is_lost_alone() -> None:
    ended: list[Hint] = [SessionEnded("x" * CHARACTERS), SessionEnded("y" * CHARACTERS)]
    first, second, third = (split(ended, number) for number in (1, 2, 3))
    joining = Joining()

    came = [joining.add(part) for part in (*first, second[0], *second[2:], *third[1:], *third)]

    assert [hints for hints in came if hints] == [ended, ended]


@pytest.mark.parametrize("part", ["", "1 1", "1 2 1\n", "0 0 0\n", "-1 1 1\n", "1 1 99999999999999999\n", "x 1 1\n"])
def test_what_is_no_part_is_refused(part: str) -> None:
    with pytest.raises(BadFrame):
        Joining().add(part)
