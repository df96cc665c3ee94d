"""A PostgreSQL in processes of its own, to be stopped and started again by tests, and databases of it.

Its programs have to be on this machine (Debian's package `postgresql`); it runs as another user than root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import attrs

ROLE = "chat"
"""Whose the databases are; it comes in without a password."""

_SUPER = "postgres"
_SETTINGS = {"listen_addresses": "''", "log_min_messages": "fatal"}

QUICK = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "32MB", "max_connections": "60"}
"""Settings for tests: it needs little, and what it has written survives its own end, but no power cut."""

_DOORS = "local replication all trust\nlocal all with_password scram-sha-256\nlocal all all trust\n"


class NotInstalled(Exception):
    """The programs of PostgreSQL are not on this machine."""


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
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
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

    def configure(self, settings: Mapping[str, str]) -> None:
        """Have settings valid from the next start on."""
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in settings.items())

    @contextmanager
    def started(self) -> Iterator[None]:
        """Have it run until the end of the block."""
        self.control("start")
        try:
            yield
        finally:
            if (self.folder / "data" / "postmaster.pid").exists():  # where it was not stopped within the block
                self.control("stop", "-m", "immediate")

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
def running(settings: Mapping[str, str] = QUICK, within: Path | None = None) -> Iterator[Cluster]:
    """Run a PostgreSQL with these settings until the end of the block; NotInstalled where its programs are missing.

    Its files lie in a new folder `within` another one, by default the one for temporary files, and go with the block.
    """
    programs = _programs()
    with _folder(within) as folder:
        cluster = Cluster(programs, folder)
        options = ("-U", _SUPER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
        _as_owner(programs / "initdb", "-D", folder / "data", *options)
        (folder / "data" / "pg_hba.conf").write_text(_DOORS)
        cluster.configure({**_SETTINGS, "unix_socket_directories": f"'{folder}'", **settings})
        with cluster.started():
            cluster.run(f"create role {ROLE} login")
            yield cluster


@contextmanager
def _folder(within: Path | None) -> Iterator[Path]:
    """Make a folder that belongs to whom PostgreSQL runs as, for the time of the block."""
    folder = Path(mkdtemp(prefix="chatcore-pg-", dir=within))
    try:
        if (owner := _owner()) is not None:
            shutil.chown(folder, *owner)
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def standby(primary: Cluster, settings: Mapping[str, str]) -> Iterator[Cluster]:
    """Run a copy that follows a PostgreSQL, with these settings beside the first one's, until the end of the block."""
    with _folder(primary.folder.parent) as folder:
        follower = Cluster(primary.programs, folder)
        source = ("-h", str(primary.folder), "-U", _SUPER, "-D", folder / "data")
        _as_owner(
            primary.programs / "pg_basebackup", *source, "--write-recovery-conf", "--checkpoint=fast", "--no-sync"
        )
        follower.configure({"unix_socket_directories": f"'{folder}'", **settings})
        with follower.started():
            yield follower


def _programs() -> Path:
    """Return the folder with the newest PostgreSQL's programs."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda folder: int(folder.parent.name))
    initdb = shutil.which("initdb")
    if initdb is None:
        msg = "there is no PostgreSQL on this machine: no program initdb"
        raise NotInstalled(msg)
    return Path(initdb).resolve().parent


def _owner() -> tuple[int, int] | None:
    """Return as which user and group it runs, None as who runs this: it refuses to run as root."""
    if sys.platform == "win32":
        return None
    if os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415 - not every system has it, and the module is loaded on all

    names = {entry.pw_name: (entry.pw_uid, entry.pw_gid) for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _as_owner(*command: str | Path) -> None:
    user, group = _owner() or (None, None)
    others = None if user is None else list[int]()
    # A server that stays must not keep our pipes, or we would wait for its end.
    with Path(os.devnull).open("r+b") as nothing:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
            command,
            cwd="/",
            check=False,
            stdin=nothing,
            stdout=nothing,
            stderr=nothing,
            user=user,
            group=group,
            extra_groups=others,
        )
    assert done.returncode == 0, command
