"""The composition root of what operators do with either kind of database: a file, or one of PostgreSQL's."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import attrs

from chatcore import Chat, StorageError
from chatcore.adapters.sql.tables import Source, copy_tables
from chatcore.adapters.sqlite.tools.faults import faults
from chatcore.adapters.sqlite.tools.moving import FileSource, make, unused
from chatcore.adapters.sqlite.tools.new_file import new_file
from chatcore.adapters.sqlite.tools.restore import begin_epoch as begin_epoch_of
from chatcore.adapters.sqlite.tools.snapshot import Contents, contents, snapshot
from chatcore.adapters.websocket.own_socket import NotOwn, check_folder
from chatcore.process.folders import NoHome, data_folder

from ..config import DatabaseUrl
from ..storages import address_of, kept_at

if TYPE_CHECKING:
    from chatcore.adapters.postgres.address import Address


@attrs.frozen
class Shared:
    """A database of PostgreSQL's, and the file with the password for it."""

    url: DatabaseUrl
    password_file: str | None = None
    bus: str | None = None
    "The address of the NATS server by which its servers ring each other; None where they do it through the database."
    bus_credentials: str | None = None

    def __str__(self) -> str:
        return self.url

    @property
    def address(self) -> Address:
        """Where it is. Raises StorageError."""
        return address_of(self.url, self.password_file)

    @property
    def desk(self) -> Path:
        """Return beside which path this user of the system keeps what is about it. Raises StorageError."""
        parts, query = urlsplit(self.url), parse_qs(urlsplit(self.url).query)
        return _desk([query.get("host", [parts.hostname or "localhost"])[0], parts.path.strip("/")])

    @property
    def doors(self) -> Path:
        """Return the folder in which this user's servers on it have their doors, by their names. Raises StorageError.

        Unlike the record, it is of one port of a machine alone: nobody stops the servers of another database.
        """
        parts, query = urlsplit(self.url), parse_qs(urlsplit(self.url).query)
        hosts = parts.netloc.rpartition("@")[2].lower() or "localhost"
        named = [query.get("host", [hosts])[0], *query.get("port", []), parts.path.strip("/")]
        desk = _desk(named)
        return desk.with_name(f"{desk.name}.servers")


def _desk(named: list[str]) -> Path:
    try:
        folder = data_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (NoHome, OSError) as error:
        msg = f"there is no folder for what is about the database: {error}"
        raise StorageError(msg) from error
    return folder / re.sub(r"[^\w.-]+", "_", "-".join(["postgresql", *named]))


Where = Path | Shared


def desk(db: Where) -> Path:
    """Return beside which path lies what is about a database. Raises StorageError."""
    return db if isinstance(db, Path) else db.desk


def check_doors(folder: Path, closed: int) -> None:
    """Raise StorageError where others could put a door of their own there, and be told passwords; OSError."""
    try:
        check_folder(folder, closed)
    except NotOwn as error:
        raise StorageError(str(error.phrase)) from error


def chat_on(db: Where) -> Chat:
    """Return a chat on a database, not open yet: on one of PostgreSQL's it is one more of its servers.

    Raises StorageError.
    """
    if isinstance(db, Path):
        return Chat(db)
    kept = kept_at(db.url, db.password_file, db.bus, db.bus_credentials)
    return Chat(storage=kept.storage, bus=kept.bus)


Tell = Callable[[str], object]
"""Takes one line."""


@contextmanager
def moment(db: Where, fault: Tell | None = None) -> Iterator[sqlite3.Connection]:
    """Return one moment of a database, which can be read as a file is; raise StorageError.

    One of PostgreSQL's is copied into a file of its own for that. `fault` is told what is wrong with its tables.
    """
    if isinstance(db, Path):
        with snapshot(db) as connection:
            yield connection
        return
    with TemporaryDirectory(prefix="chatcore-") as folder:
        file = Path(folder) / "moment.db"
        for told in asyncio.run(_copied(db.address, file, with_schema=fault is not None)):
            if fault is not None:
                fault(told)
        with snapshot(file) as connection:
            yield connection


async def _copied(address: Address, file: Path, *, with_schema: bool) -> list[str]:
    from chatcore.adapters.postgres.tools import moving as postgres  # noqa: PLC0415 - whoever has a file needs no driver
    from chatcore.adapters.postgres.tools.schema import faults_of_schema  # noqa: PLC0415

    async with postgres.connected(address) as connection:
        await postgres.check_schema(connection, address)
        found = await faults_of_schema(connection) if with_schema else []
        async with postgres.one_moment(connection, address) as source:
            return found + await make(file, source)


def begin_epoch(db: Where) -> None:
    """Have all clients load the chat anew. Raises StorageError, where a server is at work too."""
    if isinstance(db, Path):
        begin_epoch_of(db)
    else:
        asyncio.run(_begin_epoch(db.address))


async def _begin_epoch(address: Address) -> None:
    from chatcore.adapters.postgres.tools import moving as postgres  # noqa: PLC0415

    async with postgres.connected(address) as connection:
        await postgres.check_schema(connection, address)
        async with postgres.unused(connection, address):
            await postgres.begin_epoch(connection)


def copy(source: Where, target: Where, tell: Tell) -> Contents:
    """Copy everything into a database that nothing is in, and check both; say what is in it.

    The target has everything, on disk, or nothing of it. Raises StorageError, where a server is at work on one of them
    and where a check finds something.
    """
    return asyncio.run(_copy(source, target, tell))


async def _copy(source: Where, target: Where, tell: Tell) -> Contents:
    if isinstance(target, Path):
        with new_file(target) as part:
            async with _unused(source) as rows:
                tell(f"reading {source}")
                _check(await make(part, rows), source)
            return _checked(part, target, tell)
    from chatcore.adapters.postgres.tools import moving as postgres  # noqa: PLC0415

    address = target.address
    async with (
        _unused(source) as rows,
        postgres.connected(address) as connection,
        postgres.empty(connection, address) as rows_there,
    ):
        tell(f"copying {source}")
        _check(await copy_tables(rows, rows_there), source)
        # What has arrived is read back, and checked where all checks are made: in a file.
        with TemporaryDirectory(prefix="chatcore-") as folder:
            file = Path(folder) / "moment.db"
            _check(await make(file, rows_there), target)
            return _checked(file, target, tell)


@asynccontextmanager
async def _unused(source: Where) -> AsyncIterator[Source]:
    """Give the rows of a database on which no server is at work, nor begins meanwhile; a file is checked before."""
    if isinstance(source, Path):
        with unused(source) as connection:
            _check(faults(connection), source)
            yield FileSource(connection)
        return
    from chatcore.adapters.postgres.tools import moving as postgres  # noqa: PLC0415

    address = source.address
    async with (
        postgres.connected(address) as connection,
        postgres.unused(connection, address),
        postgres.one_moment(connection, address) as rows,
    ):
        yield rows


def _checked(file: Path, named: Where, tell: Tell) -> Contents:
    tell(f"checking {named}")
    with snapshot(file) as connection:
        _check(faults(connection), named)
        return contents(connection)


def _check(found: Iterable[str], where: Where) -> None:
    for fault in found:
        msg = f"nothing is copied, since {where} has a fault, see chatcore-server fsck: {fault}"
        raise StorageError(msg)
