"""A PostgreSQL that is not fit for a chat: one sentence, status 1 and nothing written; not ready while it lasts."""
# ruff: noqa: S608 - only constants are put together

import asyncio
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import attrs
import pytest

import chatcore
from chatcore.adapters.postgres import PostgresStorage
from chatcore.adapters.postgres.migrations import steps
from chatcore.errors import StorageFull
from chatcore.testing.contracts.storage_base import ALICE, GENERAL, NOON, enrol, post
from chatcore.testing.server_process import ServerProcess
from chatcore_server.cli import main
from tests.postgres import Cluster
from tests.small_disk import fill, mounted

KNOWN = len(steps())

_STATE = """
select (select string_agg(relname, ',' order by relname) from pg_class where relnamespace = 'public'::regnamespace),
  (select sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_user_tables)
"""


@attrs.frozen
class Unfit:
    """What is done to a database, as whom the server comes, and what it says then."""

    told: str
    sql: tuple[str, ...] = ()
    template: str = "template0"
    more: str = ""
    role: str = "chat"
    query: str = ""


UNFIT = {
    "there is no such database": Unfit("does not exist: make it with `createdb`", ("drop database unfit",)),
    "there is no such role": Unfit('does not let us in: role "nobody" does not exist', role="nobody"),
    "there is no such schema": Unfit("has no schema that the role chat may use", query="&search_path=nowhere"),
    "another encoding": Unfit("the encoding of {url} is LATIN1", more="encoding 'LATIN1'"),
    "a newer schema": Unfit(
        f"was made by a newer version: its schema is {KNOWN + 1}, this program knows those up to {KNOWN}",
        (f"update meta set value = '{KNOWN + 1}' where name = 'schema'",),
        "chatcore_template",
    ),
    "another program's tables": Unfit("has the tables of another program", ("create table message (id int)",)),
    "a role that may not read": Unfit("lacks a right: permission denied", template="chatcore_template", role="guest"),
    "a role that may not make tables": Unfit("lacks a right: permission denied for schema public", role="guest"),
    "no connection left": Unfit("has too few connections left", ("alter role chat connection limit 0",)),
    "fewer connections than a server takes": Unfit(
        "has too few connections left", ("alter role chat connection limit 2",), "chatcore_template"
    ),
    "nobody is let in": Unfit("does not let us in", ("alter role chat nologin",)),
}


@pytest.fixture
def unfit(cluster: Cluster, template: str) -> Iterator[Cluster]:
    cluster.run("create role guest login")
    yield cluster
    cluster.drop("unfit")
    cluster.run("drop role guest", "alter role chat login connection limit -1")


@pytest.mark.parametrize("what", UNFIT)
def test_a_database_that_is_not_fit_is_refused_in_one_sentence_and_nothing_is_written(
    unfit: Cluster, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    row = UNFIT[what]
    unfit.make("unfit", row.template, row.more)
    for sql in row.sql:
        unfit.run(sql, database="postgres" if sql.startswith("drop database") else "unfit")
    is_there = what != "there is no such database"
    before = unfit.run(_STATE, database="unfit") if is_there else ""
    url = unfit.address("unfit", row.role) + row.query

    status = main(["serve", "--db", url, "--port", "0"])

    out, err = capsys.readouterr()
    assert (status, out) == (1, "")
    assert row.told.format(url=url) in err
    (line,) = [line for line in err.splitlines() if line.startswith("chatcore-server: ")]
    assert url in line
    assert "Traceback" not in err
    if is_there:
        assert unfit.run(_STATE, database="unfit") == before


@pytest.mark.parametrize(
    "setting",
    ["default_transaction_isolation = serializable", "default_transaction_read_only = on", "statement_timeout = 1"],
)
async def test_what_a_database_has_as_its_defaults_does_not_matter(
    cluster: Cluster, database: str, setting: str
) -> None:
    cluster.run(f"alter database chat set {setting}")

    async with PostgresStorage(database) as storage:
        await enrol(storage, ALICE)
        await storage.append([post(ALICE, GENERAL, "c-1")], NOON)
        tally = await storage.tally(ALICE, GENERAL)

    assert tally.seq == 1


AWAY = {
    "no connection is left": ("alter role chat connection limit 0", "alter role chat connection limit -1"),
    "nobody is let in": ("alter role chat nologin", "alter role chat login"),
    "the database takes nobody": (
        "alter database chat allow_connections false",
        "alter database chat allow_connections true",
    ),
}


@pytest.mark.parametrize("what", AWAY)
async def test_a_server_whose_database_becomes_unfit_is_not_ready_and_goes_on_when_it_is_fit_again(
    cluster: Cluster, database: str, tmp_path: Path, what: str
) -> None:
    before, after = AWAY[what]
    async with ServerProcess(tmp_path / "one", "--db", database) as server, chatcore.connect(server.url) as alice:
        await alice.register("alice", "correct horse battery")
        cluster.run(before, "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'chat'")
        try:
            posted = asyncio.create_task(alice.post(chatcore.GENERAL, "hello"))
            await until_told(server, "503")
            assert not posted.done()
        finally:
            cluster.run(after)
        message = await posted
        await until_told(server, "200")

    assert message.seq == 1
    assert "Traceback" not in server.log, server.log


async def until_told(server: ServerProcess, status: str) -> None:
    """Wait until the page for balancers says so."""
    told = ""
    async with asyncio.timeout(30):
        while told != status:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            told = (await reader.read()).split()[1].decode()
            writer.close()


async def test_p24_on_a_full_disk_posts_are_refused_reading_goes_on_and_with_room_it_goes_on_without_a_hole(
    cluster: Cluster, template: str
) -> None:
    folder = cluster.folder / "small"
    with mounted(folder):
        os.chown(folder, cluster.folder.stat().st_uid, cluster.folder.stat().st_gid)
        cluster.make("small", template)
        cluster.run(f"create tablespace small location '{folder}'")
        cluster.run("alter table message set tablespace small", database="small")
        try:
            async with PostgresStorage(cluster.address("small")) as storage:
                await enrol(storage, ALICE)
                await storage.append([post(ALICE, GENERAL, "c-0")], NOON)
                filler = fill(folder)
                stored = 1
                with suppress(StorageFull):
                    while stored < 1_000:
                        await storage.append([post(ALICE, GENERAL, f"c-{stored}", "ż" * 4_000)], NOON)
                        stored += 1
                read = await storage.page(ALICE, GENERAL, after=0, before=None, limit=1_000)
                filler.unlink()
                await storage.append([post(ALICE, GENERAL, f"c-{stored}", "again")], NOON)
                tally = await storage.tally(ALICE, GENERAL)
        finally:
            cluster.drop("small")
            cluster.run("drop tablespace small")
            folder.joinpath("filler").unlink(missing_ok=True)

    assert stored < 1_000
    assert len(read.messages) == stored
    assert tally.seq == stored + 1
