"""Who may read and write the files that a server uses, and how much room there is."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from .findings import Finding, fault, ok, warning

MIB = 1024 * 1024
LEAST_ROOM, LITTLE_ROOM = 64 * MIB, 1024 * MIB
"""Free bytes below which a server will soon refuse posts, and below which somebody should look."""

_BESIDE = ("-wal", "-shm", ".sock", ".port")
"""Of what stands beside a database while a server runs."""


def database_files(db: Path) -> Iterator[Finding]:
    """Look at a database that is there: its owner, its mode, its folder, the room on its disk."""
    real = db.resolve()
    yield from _closed("database file", real)
    for beside in (real.with_name(f"{real.name}{suffix}") for suffix in _BESIDE):
        if beside.exists() and _is_open(beside):
            yield _open_to_others("database file", beside)
    yield from _own_folder(real.parent)
    yield room(real)


def secret_file(topic: str, path: Path) -> Iterator[Finding]:
    """Look at a file that is for the server alone: a key, a password. A group may be meant to read it."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        yield fault(topic, f"{path} cannot be read ({_said(error)})", "name a file that the server may read")
        return
    if os.name != "nt" and mode & (stat.S_IRWXO | stat.S_IWGRP):
        yield _open_to_others(topic, path)


def room(path: Path) -> Finding:
    """Look how much room is left for a database and its log."""
    free = shutil.disk_usage(path.parent).free
    told = f"{free // MIB} MiB are free on the disk of {path}"
    if free < LEAST_ROOM:
        return fault("disk", told, "make room: posts are refused when there is none")
    wanted = max(LITTLE_ROOM, path.stat().st_size if path.exists() else 0)
    if free < wanted:
        return warning("disk", told, f"make room: a backup beside it and the log may need {wanted // MIB} MiB")
    return ok("disk", told)


def _closed(topic: str, path: Path) -> Iterator[Finding]:
    found = path.stat()
    if _is_open(path):
        yield _open_to_others(topic, path)
    elif hasattr(os, "geteuid") and found.st_uid != os.geteuid():
        yield warning(
            topic,
            f"{path} belongs to user {found.st_uid}, and this is user {os.geteuid()}",
            "run the server and these commands as the owner of the file",
        )
    else:
        yield ok(topic, f"{path} is for its owner alone")


def _own_folder(folder: Path) -> Iterator[Finding]:
    mode = folder.stat().st_mode
    if os.name != "nt" and mode & (stat.S_IWGRP | stat.S_IWOTH) and not mode & stat.S_ISVTX:
        yield fault(
            "folder",
            f"others may put another database into {folder} in the place of this one (mode {stat.S_IMODE(mode):o})",
            f"chmod go-w {folder}",
        )


def _is_open(path: Path) -> bool:
    return os.name != "nt" and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _open_to_others(topic: str, path: Path) -> Finding:
    mode = stat.S_IMODE(path.stat().st_mode)
    return fault(topic, f"{path} is open to other users of this machine (mode {mode:o})", f"chmod 600 {path}")


def _said(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
