"""A PostgreSQL that tests start for themselves, as another user than root, and a database of it for each test."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import attrs
import pytest

from chatcore.adapters.postgres import PostgresStorage

ROLE = "chat"
"""Whose the databases are; it comes in without a password."""

TEMPLATE = "chatcore_template"
"""The database of which each test's is a copy: it has today's schema, and nothing else."""

_SUPER = "postgres"
_SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "log_min_messages": "fatal",
}
_DOORS = "local all with_password scram-sha-256\nlocal all all trust\n"


@attrs.frozen
class Cluster:
    """A running PostgreSQL, which is reached by a Unix socket only."""

    programs: Path
    folder: Path

    def address(self, database: str, role: str = ROLE) -> str:
        """Return where a database is."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.folder), safe='')}"

    def run(self, *sql: str, database: str = "postgres", role: str = _SUPER) -> str:
        """Have statements executed, each a transaction of its own; give what they find."""
        program = [str(self.programs / "psql"), "-h", str(self.folder), "-U", role, "-d", database, "-qAtX"]
        commands = [part for statement in sql for part in ("-c", statement)]
        done = subprocess.run(
            [*program, "-v", "ON_ERROR_STOP=1", *commands], check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return str(done.stdout).strip()

    def make(self, database: str, template: str = "template0", more: str = "") -> None:
        """Make a database."""
        self.run(f"create database {database} owner {ROLE} template {template} {more}")

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.run(f"drop database if exists {database} with (force)")

    def control(self, *order: str) -> None:
        """Start it, stop it or start it again."""
        program: list[str | Path] = [
            self.programs / "pg_ctl",
            "-D",
            self.folder / "data",
            "-w",
            "-s",
            "-l",
            self.folder / "log",
        ]
        _as_owner(*program, *order)


@contextmanager
def running() -> Iterator[Cluster]:
    """Start a PostgreSQL, or skip the test."""
    programs = _programs()
    folder = Path(mkdtemp(prefix="chatcore-pg-"))
    cluster = Cluster(programs, folder)
    try:
        if (owner := _owner()) is not None:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        data = folder / "data"
        options = ("-U", _SUPER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
        _as_owner(programs / "initdb", "-D", data, *options)
        (data / "pg_hba.conf").write_text(_DOORS)
        settings = {**_SETTINGS, "unix_socket_directories": f"'{folder}'"}
        with (data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in settings.items())
        cluster.control("start")
        try:
            cluster.run(f"create role {ROLE} login")
            yield cluster
        finally:
            cluster.control("stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder)


async def make_template(cluster: Cluster) -> str:
    """Make the database of which each test's is a copy; give its name."""
    cluster.make(TEMPLATE)
    async with PostgresStorage(cluster.address(TEMPLATE)):
        pass
    return TEMPLATE


def _programs() -> Path:
    """Return the folder with the newest PostgreSQL's programs, or skip the test."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda folder: int(folder.parent.name))
    initdb = shutil.which("initdb")
    if initdb is None:
        pytest.skip("needs postgresql")
    return Path(initdb).resolve().parent


def _owner() -> pwd.struct_passwd | None:
    """Return as whom it runs: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _as_owner(*command: str | Path) -> None:
    owner = _owner()
    other = {} if owner is None else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": list[int]()}
    # A server that stays must not keep our pipes, or we would wait for its end.
    with Path(os.devnull).open("r+b") as nothing:
        done = subprocess.run(command, cwd="/", check=False, stdin=nothing, stdout=nothing, stderr=nothing, **other)  # type: ignore[call-overload] # the keywords of another user, or none
    assert done.returncode == 0, command
