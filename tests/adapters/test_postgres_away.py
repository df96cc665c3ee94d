"""A PostgreSQL that goes away and comes back: posts wait, the rest is refused for now, nothing is lost or doubled."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

import asyncpg
import pytest

from chatcore.adapters.postgres import PostgresStorage
from chatcore.domain.invitations import InvitationRecord
from chatcore.domain.users import AccountName, NewUser, UserChange
from chatcore.errors import Busy, StorageError, StorageUnavailable
from chatcore.ports.commits import Altered, Marked, Outcome, Stored
from chatcore.testing.contracts.storage_base import (
    ALICE,
    ALICE_BOB,
    BOB,
    NOON,
    append_one,
    enrol,
    log_of,
    marks,
    post,
    send,
    told_by,
)
from tests.postgres import Cluster
from tests.waiting import until

CUT = "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'chat' and application_name = 'chatcore'"


@pytest.fixture
async def storage(database: str) -> AsyncIterator[PostgresStorage]:
    async with PostgresStorage(database) as storage:
        yield storage


async def test_connections_that_were_cut_while_nobody_used_them_are_replaced_unseen(
    cluster: Cluster, storage: PostgresStorage
) -> None:
    await send(storage, ALICE, ALICE_BOB, "before")

    cluster.run(CUT)
    pages = await asyncio.gather(*(log_of(storage) for _ in range(6)))
    cluster.run(CUT)
    await send(storage, ALICE, ALICE_BOB, "after")

    assert [[m.text for m in page] for page in pages] == [["before"]] * 6
    assert [m.text for m in await log_of(storage)] == ["before", "after"]


async def test_what_is_posted_while_the_database_is_down_waits_and_reads_are_refused_for_now(
    cluster: Cluster, storage: PostgresStorage, caplog: pytest.LogCaptureFixture
) -> None:
    await enrol(storage, ALICE)
    cluster.control("stop", "-m", "immediate")
    try:
        posted = asyncio.create_task(append_one(storage, post(ALICE, ALICE_BOB, "1")))
        await until(lambda: storage.is_away)
        for _ in range(50):
            with pytest.raises(Busy):
                await storage.user(ALICE)
        assert not posted.done()
    finally:
        cluster.control("start")

    outcome = await posted

    assert isinstance(outcome, Stored)
    assert [m.seq for m in await _patiently(storage)] == [1]
    told = [
        record.message for record in caplog.records if "cannot reach" in record.message or "again" in record.message
    ]
    assert len(told) == 2


async def _patiently(storage: PostgresStorage) -> Sequence[Any]:
    async with asyncio.timeout(10):
        while True:
            with suppress(Busy):
                return await log_of(storage)
            await storage._opened.database.until_due()


async def test_a_write_that_can_be_asked_for_again_does_not_wait_for_ever(
    cluster: Cluster, storage: PostgresStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatcore.adapters.postgres.work.PATIENCE", 0.2)
    cluster.control("stop", "-m", "immediate")
    try:
        with pytest.raises(Busy):
            await storage.end_session("digest")
    finally:
        cluster.control("start")


async def test_a_storage_that_is_closed_while_the_database_is_down_gives_its_posts_up(
    cluster: Cluster, database: str
) -> None:
    async with PostgresStorage(database) as storage:
        cluster.control("stop", "-m", "immediate")
        posted = asyncio.create_task(append_one(storage, post(ALICE, ALICE_BOB, "1")))
        await until(lambda: storage.is_away)
    cluster.control("start")

    with pytest.raises(StorageError):
        await posted


class Doubt:
    """Cuts the connection at a commit, before it is sent or before it is answered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, is_stored: bool) -> None:
        self.count = 0
        execute = asyncpg.Connection.execute

        async def cutting(connection: asyncpg.Connection, query: str, *args: object, **named: object) -> str:
            if query == "commit" and self.count == 0:
                self.count += 1
                if is_stored:
                    await execute(connection, query)
                connection.terminate()
                raise ConnectionResetError
            return str(await execute(connection, query, *args, **named))

        monkeypatch.setattr(asyncpg.Connection, "execute", cutting)


@pytest.mark.parametrize("is_stored", [True, False])
async def test_a_post_whose_commit_is_in_doubt_is_stored_once_and_told_as_stored(
    storage: PostgresStorage, monkeypatch: pytest.MonkeyPatch, *, is_stored: bool
) -> None:
    told = told_by(storage)
    doubt = Doubt(monkeypatch, is_stored=is_stored)

    outcomes = await storage.append([post(ALICE, ALICE_BOB, "1"), post(BOB, ALICE_BOB, "1")], NOON)

    assert doubt.count == 1
    assert [type(outcome) for outcome in outcomes] == [Stored, Stored]
    assert [list(commit) for commit in told] == [list(outcomes)]
    assert [m.seq for m in await log_of(storage)] == [1, 2]


@pytest.mark.parametrize("is_stored", [True, False])
async def test_marks_whose_commit_is_in_doubt_are_made_once_and_told(
    storage: PostgresStorage, monkeypatch: pytest.MonkeyPatch, *, is_stored: bool
) -> None:
    await send(storage, ALICE, ALICE_BOB, "1", "2")
    Doubt(monkeypatch, is_stored=is_stored)

    (outcome,) = await storage.append([marks(BOB, ALICE_BOB, 1)], NOON)

    assert isinstance(outcome, Marked)
    assert outcome.event is not None
    assert (outcome.event.seqs, outcome.tally.version, outcome.event.receipts) == ((1,), 1, {ALICE: {1: 1}})


@pytest.mark.parametrize("is_stored", [True, False])
async def test_a_registration_whose_commit_is_in_doubt_is_answered_with_the_user(
    storage: PostgresStorage, monkeypatch: pytest.MonkeyPatch, *, is_stored: bool
) -> None:
    Doubt(monkeypatch, is_stored=is_stored)

    user = await storage.add_user(NewUser(ALICE, AccountName("alice", "alice"), "hash"), NOON)

    assert user.number == 1
    assert list(await storage.users(0, 10)) == [user]


@pytest.mark.parametrize("is_stored", [True, False])
async def test_a_registration_whose_commit_is_in_doubt_uses_its_invitation_once(
    storage: PostgresStorage, monkeypatch: pytest.MonkeyPatch, *, is_stored: bool
) -> None:
    await storage.add_invitation(InvitationRecord("digest", "", NOON, 1))
    Doubt(monkeypatch, is_stored=is_stored)

    user = await storage.add_user(NewUser(ALICE, AccountName("alice", "alice"), "hash", invitation="digest"), NOON)

    assert user.number == 1
    assert [invitation.used for invitation in await storage.invitations()] == [1]


@pytest.mark.parametrize("is_stored", [True, False])
async def test_a_change_of_a_user_whose_commit_is_in_doubt_is_told_once_with_the_sessions_that_ended(
    storage: PostgresStorage, monkeypatch: pytest.MonkeyPatch, *, is_stored: bool
) -> None:
    await enrol(storage, ALICE)
    await storage.add_session("digest", ALICE, NOON)
    told = told_by(storage)
    Doubt(monkeypatch, is_stored=is_stored)

    user = await storage.change_user(ALICE, UserChange(disabled=True), NOON)

    assert (user.disabled, user.fact) == (True, 2)
    assert [list(commit) for commit in told] == [[Altered(user, ("digest",))]]


@pytest.mark.parametrize("is_stored", [True, False])
async def test_the_end_of_sessions_whose_commit_is_in_doubt_names_them_all(
    storage: PostgresStorage, monkeypatch: pytest.MonkeyPatch, *, is_stored: bool
) -> None:
    await enrol(storage, ALICE)
    for digest in ("one", "other"):
        await storage.add_session(digest, ALICE, NOON)
    Doubt(monkeypatch, is_stored=is_stored)

    assert sorted(await storage.end_sessions_of(ALICE)) == ["one", "other"]


async def test_a_statement_that_fails_by_itself_is_not_run_for_ever(
    storage: PostgresStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> list[Outcome]:
        raise asyncpg.DeadlockDetectedError

    monkeypatch.setattr(storage._opened.log, "append", broken)

    with pytest.raises(Busy):
        await append_one(storage, post(ALICE, ALICE_BOB, "1"))


async def test_what_the_database_refuses_costs_that_one_request(
    cluster: Cluster, storage: PostgresStorage, caplog: pytest.LogCaptureFixture
) -> None:
    cluster.run("alter table message add constraint short check (length(text) < 10)", database="chat")

    with pytest.raises(StorageUnavailable):
        await append_one(storage, post(ALICE, ALICE_BOB, "1", "a longer text"))
    stored = await append_one(storage, post(ALICE, ALICE_BOB, "2", "short"))

    assert isinstance(stored, Stored)
    assert stored.message.seq == 1
    assert "23514" in caplog.text


async def test_a_server_that_stops_in_the_middle_of_a_commit_does_not_hold_up_the_others(database: str) -> None:
    async with PostgresStorage(database) as one, PostgresStorage(database) as other:
        frozen = one._opened.database
        with suppress(Exception):
            async with frozen.transaction([frozen.locks.log, *frozen.locks.conversations([ALICE_BOB])]):
                outcome = await append_one(other, post(ALICE, ALICE_BOB, "1"))

    assert isinstance(outcome, Stored)
