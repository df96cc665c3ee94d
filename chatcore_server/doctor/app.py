"""The composition root of `doctor`: looks at everything that there is to look at, beside a server or without one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from chatcore import ChatError, StorageError
from chatcore.adapters.sqlite.place import check_place, opening
from chatcore.adapters.sqlite.tools.backup import is_backup
from chatcore.adapters.sqlite.tools.condition import condition
from chatcore.adapters.standing import identity
from chatcore.adapters.websocket.doorway import KEPT_BACK

from ..admin import frames as f
from ..admin import nodes
from ..admin.call import call
from ..admin.databases import Shared
from ..config import Config, ConfigError, DatabaseUrl, default_db
from .backups import backups
from .certificate import certificate
from .files import database_files, room, secret_file
from .findings import Finding, fault, ok, warning
from .machine import clock, descriptors, files_of, is_clock_set
from .settings import settings

LONG_LOG = 256 * 1024 * 1024
"""Bytes of a write-ahead log that somebody keeps from being moved into the database."""

SKEW_MS = 5_000

FEW_CONNECTIONS = 5
"""As many as a server takes."""

_HANGS = "look at its log; a server that hangs is to be restarted"


def findings(config: Config, folder_of_backups: Path | None) -> Iterator[Finding]:
    """Look at everything. Nothing is changed."""
    now, process, last_ms = datetime.now(UTC), 0, 0
    if isinstance(config.db, Path):
        for finding, found in _file(config.db):
            yield finding
            last_ms = max(last_ms, found)
        process, finding = _server(config.db)
        yield finding
    else:
        yield from _postgres(config.db, config.db_password_file)
        yield from _servers(Shared(config.db))
    if config.tls_cert is not None and config.tls_key is not None:
        yield from certificate(config.tls_cert, config.tls_key, now)
    yield from settings(config)
    yield descriptors(files_of(process or None), config.caps.strangers, KEPT_BACK, is_running=process > 0)
    yield from clock(is_clock_set(), int(now.timestamp() * 1000), last_ms)
    if folder_of_backups is not None:
        yield backups(folder_of_backups, is_backup, now)


def _file(db: Path) -> Iterator[tuple[Finding, int]]:
    """Look at a database that is a file; each finding comes with the time of the last message, 0 where unknown."""
    try:
        with opening(db):
            if not _makes_folder(db):
                check_place(db)
            if identity(db) is None:
                yield _new(db), 0
                return
            for finding in database_files(db):
                yield finding, 0
        found = condition(db)
    except ChatError as error:
        told = "look at the file and its folder, or restore a backup (chatcore-server restore)"
        yield fault("database", error.message, told), 0
        return
    for told in found.faults:
        yield fault("database", told, "run chatcore-server fsck; stop the server and restore a backup"), 0
    if found.schema < found.newest_schema:
        told = f"it has the schema {found.schema}, and this version makes it {found.newest_schema}"
        yield warning("database", told, "make a backup, then start the server: it brings the schema up to date"), 0
    if found.log_bytes > LONG_LOG:
        told = f"{found.log_bytes // 1024**2} MiB wait in {db.name}-wal"
        yield (
            warning("database", told, "end what reads the database for so long: an export, a backup, another program"),
            0,
        )
    if not found.faults:
        yield ok("database", f"{db} has {found.holds}"), found.last_ms


def _makes_folder(db: Path) -> bool:
    """Whether the server makes the folder of a database that is not there yet: only where nobody has named one."""
    try:
        return db == default_db() and not db.parent.exists()
    except ConfigError:  # who has no home has named the database
        return False


def _new(db: Path) -> Finding:
    folder = db.parent
    if folder.is_dir() and not os.access(folder, os.W_OK):
        return fault(
            "database", f"there is no {db}, and {folder} may not be written to", f"make {folder} the server's own"
        )
    if folder.is_dir() and room(db).level != "ok":
        return room(db)
    return ok("database", f"there is no {db} yet: the server makes it")


def _server(db: Path) -> tuple[int, Finding]:
    """Ask the server that has the file open; give its process, 0 for none."""
    try:
        running = call(db, f.Status(), f.Running)
    except ChatError as error:
        return 0, fault("server", error.message, _HANGS)
    if running is None:
        return 0, ok("server", "none runs on the database")
    return running.process, ok("server", f"it runs at {running.url} as process {running.process}")


def _servers(db: Shared) -> Iterator[Finding]:
    """Ask the servers of this machine that share the database."""
    try:
        answers = nodes.asked(db, f.Status(), f.Running)
    except ChatError as error:
        yield warning("server", error.message, "operators reach servers by sockets in that folder: make it theirs")
        return
    for name, answer in answers.items():
        if isinstance(answer, f.Running):
            yield ok("server", f"{name} runs at {answer.url} as process {answer.process}")
        else:
            yield fault("server", f"{name}: {answer.message}", _HANGS)
    if not answers:
        yield ok("server", "none of this user runs here on the database")


def _postgres(url: DatabaseUrl, password_file: str | None) -> Iterator[Finding]:
    if password_file is not None:
        yield from secret_file("password", Path(password_file))
    try:
        from chatcore.adapters.postgres.address import read_password  # noqa: PLC0415 - an extra
        from chatcore.adapters.postgres.condition import condition as look  # noqa: PLC0415
    except ImportError as missing:
        told = f"{missing.name} is not installed"
        yield fault(
            "database", told, "install chatcore with the extra `postgres`: pip install 'chatcore[server,postgres]'"
        )
        return
    try:
        password = None if password_file is None else read_password(Path(password_file))
        found = asyncio.run(look(url, password))
    except StorageError as error:
        yield fault("database", error.message, "see to it with psql, as the server's user, from this machine")
        return
    if found.encoding != "UTF8":
        yield fault("database", f"its encoding is {found.encoding}", "make a database with createdb --encoding UTF8")
    if not found.is_durable:
        yield warning("database", "synchronous_commit is off: a crash takes the last messages", "set it to on")
    if not found.is_vacuumed:
        yield warning("database", "autovacuum is off: what was erased stays on the disk", "set it to on, or run VACUUM")
    if found.free_connections < FEW_CONNECTIONS:
        told = f"{found.free_connections} connections are free, and a server takes {FEW_CONNECTIONS}"
        yield warning("database", told, "raise max_connections")
    if abs(found.ahead_ms) > SKEW_MS:
        told = f"this machine's clock and the database's differ by {abs(found.ahead_ms) / 1000:.1f} s"
        yield fault("clock", told, "set the one that is wrong, by NTP")
    if 0 < found.schema < found.newest_schema:
        told = f"it has the schema {found.schema}, and this version makes it {found.newest_schema}"
        yield warning("database", told, "make a backup, then start the servers")
    schema = f"schema {found.schema}" if found.schema else "no server has begun on it yet"
    yield ok("database", f"{url} is a PostgreSQL {found.version}, {found.size // 1024**2} MiB, {schema}")
