"""A PostgreSQL database that cannot be used: what is wrong is told in one sentence, and nothing is written."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatcore.adapters.postgres import PostgresStorage, opening
from chatcore.adapters.postgres.address import Address, read_password
from chatcore.adapters.postgres.migrations import steps
from chatcore.adapters.system import SystemClock
from chatcore.errors import StorageError
from tests.postgres import Cluster

TABLES = "select count(*) from pg_class where relnamespace = 'public'::regnamespace"


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[str]:
    """The address of a database without a table."""
    cluster.make("empty")
    yield cluster.address("empty")
    cluster.drop("empty")


async def refused(url: str, password: str | None = None) -> str:
    """Return why it is not opened."""
    with pytest.raises(StorageError) as told:
        async with PostgresStorage(url, password=password):
            pass
    assert "\n" not in told.value.message
    return told.value.message


async def test_a_database_that_is_not_there(cluster: Cluster) -> None:
    url = cluster.address("nowhere")

    assert await refused(url) == f"{url} does not exist: make it with `createdb`"


async def test_a_server_that_is_not_there(cluster: Cluster) -> None:
    url = f"postgresql://chat@/chat?host={cluster.folder}/nowhere"

    assert await refused(url) == f"cannot reach {url}: no such file or directory"


async def test_a_port_at_which_nobody_listens() -> None:
    url = "postgresql://chat@127.0.0.1:1/chat"

    assert "cannot reach" in await refused(url)


async def test_a_role_that_is_not_there(cluster: Cluster, empty: str) -> None:
    url = cluster.address("empty", role="nobody")

    assert await refused(url) == f'{url} does not let us in: role "nobody" does not exist (28000)'


async def test_a_wrong_password_and_the_right_one(cluster: Cluster, empty: str) -> None:
    cluster.run("create role with_password login password 'right'", "grant all on schema public to with_password")
    cluster.run("grant all on schema public to with_password", database="empty")
    url = cluster.address("empty", role="with_password")
    try:
        assert "does not let us in: password authentication failed" in await refused(url, "wrong")
        assert "does not let us in" in await refused(url)
        assert cluster.run(TABLES, database="empty") == "0"
        async with PostgresStorage(url, password="right") as storage:
            assert await storage.user("a" * 16) is None  # type: ignore[arg-type]
    finally:
        cluster.drop("empty")
        cluster.run("revoke all on schema public from with_password", "drop role with_password")


async def test_an_encoding_that_has_no_place_for_every_text(cluster: Cluster) -> None:
    cluster.make("latin", more="encoding 'LATIN1'")
    try:
        url = cluster.address("latin")

        assert await refused(url) == f"the encoding of {url} is LATIN1: make a database with `createdb --encoding UTF8`"
        assert cluster.run(TABLES, database="latin") == "0"
    finally:
        cluster.drop("latin")


async def test_a_postgresql_of_an_older_version_than_is_known_to_work(
    cluster: Cluster, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "OLDEST", 99)

    told = await refused(empty)

    assert re.fullmatch(rf"{re.escape(empty)} is a PostgreSQL \d+: it has to be 99 or newer", told)
    assert cluster.run(TABLES, database="empty") == "0"


async def test_a_schema_that_is_not_there(empty: str) -> None:
    told = await refused(f"{empty}&search_path=nowhere")

    assert "has no schema that the role chat may use" in told


async def test_the_tables_of_another_program(cluster: Cluster, empty: str) -> None:
    cluster.run("create table message (id int)", database="empty", role="chat")

    assert await refused(empty) == f"{empty} has the tables of another program"


async def test_a_schema_of_a_newer_version(cluster: Cluster, database: str) -> None:
    newer = len(steps()) + 1
    cluster.run("update meta set value = value::int + 1 where name = 'schema'", database="chat")

    told = await refused(database)

    assert f"was made by a newer version: its schema is {newer}, this program knows those up to {newer - 1}" in told


async def test_a_role_without_rights(cluster: Cluster, database: str) -> None:
    cluster.run("create role stranger login")
    try:
        url = cluster.address("chat", role="stranger")

        assert await refused(url) == f"the role of {url} lacks a right: permission denied for table meta (42501)"
    finally:
        cluster.run("drop role stranger")


async def test_a_role_that_may_not_make_tables(cluster: Cluster, empty: str) -> None:
    cluster.run("create role stranger login")
    try:
        told = await refused(cluster.address("empty", role="stranger"))

        assert "lacks a right: permission denied for schema public" in told
    finally:
        cluster.run("drop role stranger")


async def test_too_few_connections(cluster: Cluster, database: str) -> None:
    cluster.run("alter role chat connection limit 2")
    try:
        assert "too few connections" in await refused(database)
    finally:
        cluster.run("alter role chat connection limit -1")


@pytest.mark.parametrize(("seconds", "is_refused"), [(7, False), (100, True)])
async def test_clocks_that_differ(
    database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, seconds: int, *, is_refused: bool
) -> None:
    now_ms = SystemClock.now_ms
    monkeypatch.setattr(SystemClock, "now_ms", lambda clock: now_ms(clock) + seconds * 1000)

    if is_refused:
        assert re.search(r"differ by (99|100) s", await refused(database))
    else:
        with caplog.at_level(logging.WARNING):
            async with PostgresStorage(database):
                pass
        assert "the clocks of this machine and of" in caplog.text


async def test_two_installations_have_a_schema_each_in_one_database(cluster: Cluster, empty: str) -> None:
    cluster.run("create schema one", "create schema other", database="empty", role="chat")

    async with (
        PostgresStorage(f"{empty}&search_path=one") as one,
        PostgresStorage(f"{empty}&search_path=other") as other,
    ):
        await one.begin("one")
        await other.begin("other")
        points = [(await storage.overview("a" * 16, 0)).point.generation for storage in (one, other)]  # type: ignore[arg-type]

    assert points == ["one", "other"]


@pytest.mark.parametrize(
    "url",
    ["postgresql://chat:secret@db.example/chat", "postgresql://chat@db.example/chat?password=secret"],
)
def test_an_address_with_a_password_in_it_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(StorageError) as told:
        PostgresStorage(url)

    assert "keep the password in a file" in told.value.message
    assert "secret" not in told.value.message


@pytest.mark.parametrize(
    "url", ["chat.db", "mysql://db/chat", "postgresql://db:port/chat", "postgresql://db/chat?what"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(StorageError, match="address"):
        PostgresStorage(url)


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(Address("postgresql://chat@db/chat", "secret"))


@pytest.mark.parametrize(
    ("url", "tls"),
    [
        ("postgresql://chat@db.example/chat", "require"),
        ("postgresql://chat@db.example/chat?sslmode=disable", None),
        ("postgresql://chat@127.0.0.1/chat", None),
        ("postgresql://chat@/chat?host=/run/postgresql", None),
        ("postgresql://chat@localhost/chat", None),
    ],
)
def test_a_database_on_another_machine_is_spoken_to_with_tls(url: str, tls: str | None) -> None:
    assert Address(url).options.get("ssl") == tls


def test_a_password_is_the_first_line_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("right\nremark\n")

    assert read_password(file) == "right"


@pytest.mark.parametrize(("content", "told"), [(None, "no such file"), (b"", "no password"), (b"\xff", "not UTF-8")])
def test_a_file_without_a_password(tmp_path: Path, content: bytes | None, told: str) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(StorageError, match=told):
        read_password(file)
