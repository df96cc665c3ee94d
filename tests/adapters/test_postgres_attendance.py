"""Servers on one PostgreSQL write down that they live, and who is present at each."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from chatcore.adapters.postgres import PostgresStorage
from chatcore.adapters.reach import LAST
from chatcore.adapters.system import SystemClock
from chatcore.domain.hosts import FORGOTTEN
from chatcore.ports.attendance import Attendance
from chatcore.testing.contracts.attendance import AttendanceContract, by_host, later, whole
from chatcore.testing.contracts.storage_base import ALICE, ALICE_BOB, NOON, append_one, post
from tests.postgres import Cluster

AGO = "update host set seen = seen - interval '{} seconds'"


class TestPostgresAttendance(AttendanceContract):
    @pytest.fixture
    async def attendance(self, database: str, cluster: Cluster) -> AsyncIterator[PostgresStorage]:
        self.cluster = cluster
        async with PostgresStorage(database) as storage:
            yield storage

    async def pass_time(self, attendance: Attendance, seconds: float) -> None:
        self.cluster.run(AGO.format(seconds), database="chat", role="chat")

    async def crash(self, attendance: Attendance) -> None:
        self.cluster.run("truncate host, present", database="chat", role="chat")


@pytest.fixture
async def storage(database: str) -> AsyncIterator[PostgresStorage]:
    async with PostgresStorage(database) as storage:
        yield storage


async def test_a_beat_does_not_wait_for_posts_that_wait_for_a_lock(cluster: Cluster, storage: PostgresStorage) -> None:
    locks = storage._opened.database.locks
    async with PostgresStorage(storage.address.url) as other, other._opened.database.transaction([locks.log]):
        posted = asyncio.create_task(append_one(storage, post(ALICE, ALICE_BOB, "hello")))

        seen = await storage.beat(whole("one"))

        assert [host.host for host in seen] == ["one"]
        assert not posted.done()
    await posted


async def test_a_server_that_starts_while_no_other_is_at_work_forgets_those_that_have_died(
    storage: PostgresStorage,
) -> None:
    await storage.beat(whole("dead", ALICE))

    await storage.begin("new")

    assert by_host(await storage.beat(whole("new"))).keys() == {"new"}


async def test_a_server_that_starts_beside_another_one_forgets_nobody(storage: PostgresStorage) -> None:
    await storage.begin("one")
    await storage.beat(whole("one", ALICE))
    async with PostgresStorage(storage.address.url) as other:
        await other.begin("two")

        seen = by_host(await other.beat(whole("two")))

    assert seen["one"].users == (ALICE,)


async def test_a_server_that_starts_right_after_the_database_did_meets_those_that_were_at_work_before(
    cluster: Cluster, storage: PostgresStorage
) -> None:
    await storage.begin("one")
    cluster.control("restart", "-m", "immediate")
    async with PostgresStorage(storage.address.url) as other:
        begun = await other.begin("two")

    assert begun.generation == "one"


async def test_it_waits_for_those_that_do_not_yet_know_that_the_database_is_back(
    cluster: Cluster, storage: PostgresStorage
) -> None:
    await storage.begin("one")
    reach, now = storage._opened.database._reach, SystemClock().monotonic()
    reach._pause = LAST
    reach.failed(now, 1.0)
    cluster.control("restart", "-m", "immediate")
    async with PostgresStorage(storage.address.url) as other:
        begun = await other.begin("two")

    assert begun.generation == "one"


async def test_after_a_crash_of_the_database_nothing_is_written_and_beats_go_on(
    cluster: Cluster, storage: PostgresStorage
) -> None:
    await storage.beat(whole("one", ALICE))
    cluster.control("restart", "-m", "immediate")

    lost = await storage.beat(later("one", 2))
    seen = by_host(await storage.beat(whole("one", ALICE, number=2)))

    assert lost == []
    assert seen.keys() == {"one"}


async def test_many_servers_that_beat_and_bury_at_once_do_not_stop_each_other(
    cluster: Cluster, storage: PostgresStorage
) -> None:
    names = [f"host {n}" for n in range(6)]
    async with PostgresStorage(storage.address.url) as other:
        for n, name in enumerate(names):
            await (storage, other)[n % 2].beat(whole(name, ALICE))
        dead = f"{AGO.format(FORGOTTEN + 1)} where id like '%3' or id like '%4'"
        cluster.run(dead, database="chat", role="chat")

        seen = [await storage.beat(later("host 0", 1))]
        living = [name for name in names if name not in {"host 3", "host 4"}]
        for turn in range(2, 12):
            beats = [later(name, turn, came=[ALICE], buries=True) for name in living]
            seen = await asyncio.gather(*((storage, other)[n % 2].beat(beat) for n, beat in enumerate(beats)))

    assert {host.host for host in seen[0] if host.age < FORGOTTEN} == set(living)


async def test_a_job_is_free_when_the_time_of_who_had_it_is_over_by_the_clock_of_the_database(
    cluster: Cluster, storage: PostgresStorage
) -> None:
    async with PostgresStorage(storage.address.url) as other:
        await storage.take_job("missed", "one", NOON)
        early = await other.take_job("missed", "two", NOON + 10**9)
        cluster.run("update job_host set until = until - interval '15 s'", database="chat", role="chat")
        late = await other.take_job("missed", "two", NOON)
        kept = await storage.keep_positions("missed", "one", {"": 1})

    assert (early, late, kept) == (False, True, False)


async def test_who_starts_while_no_other_server_is_at_work_need_not_wait_for_a_job(storage: PostgresStorage) -> None:
    await storage.take_job("missed", "dead", NOON)

    await storage.begin("new")

    assert await storage.take_job("missed", "new", NOON)
