"""The lock of the one who may write to a database: on the file itself, so that it holds whatever name leads there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout, lock_descriptor

from ...errors import StorageError
from ..standing import Identity, identity
from .place import check_place, opening

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORKS = frozenset({"9p", "afs", "ceph", "cifs", "nfs", "nfs4", "smb3", "smbfs"})
"""File systems of which the lock on a whole file is one with SQLite's own locks, and would keep SQLite out."""

_BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside the file while it is open."""

# Of this process. When any descriptor of a file is closed, the system drops all locks that SQLite has on it in the same
# process (sqlite.org/howtocorrupt.html, 2.2): so nobody may open the file once more only to see that it is locked.
_held: set[Identity] = set()


class Hold:
    """The file that is held, while the lock lasts."""

    def __init__(self, path: Path, identity: Identity, *, is_new: bool) -> None:
        self.is_new = is_new
        "Whether it was made for the lock."
        self._path = path
        self._files = {path: identity}

    def note_files(self) -> None:
        """SQLite has the file open: see what it keeps beside it."""
        resolved = self._path.resolve()
        for suffix in _BESIDE:
            file = resolved.with_name(f"{resolved.name}{suffix}")
            found = identity(file)
            if found is not None:
                self._files[file] = found

    def trouble(self) -> str | None:
        """Say what is wrong where the path does not lead to this file any more, or what is beside it has gone."""
        for file, noted in self._files.items():
            try:
                found = identity(file)
            except OSError:  # it may be there for all we know
                continue
            if found != noted:
                became = "is not there any more" if found is None else "is another one now"
                return (
                    f"the file {file} {became}: it was deleted, moved or replaced while the server had it open, and "
                    "what was written since may be lost. Put the database in its place or restore a backup, then start "
                    "the server again"
                )
        return None


@contextmanager
def alone(path: Path) -> Iterator[Hold]:
    """Hold the lock of the one who may write to the file, which is made where there is none.

    Raises StorageError where another one has it. One that was made and is empty still is removed at the end.
    """
    with opening(path):
        check_place(path)
        is_new = not path.exists()
        held, release = _take(path)
    _held.add(held)
    try:
        yield Hold(path, held, is_new=is_new)
    finally:
        if is_new:
            _remove_empty(path, held)
        _held.discard(held)
        release()


def _take(path: Path) -> tuple[Identity, Callable[[], object]]:
    """Lock the file by a descriptor of its own, or else a file beside it; give what is held, and what releases it."""
    while True:
        if identity(path) in _held:
            raise _in_use(path)
        # For its owner only: messages and hashes of passwords. SQLite's other files get the same mode.
        descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        found = os.fstat(descriptor)
        opened = found.st_dev, found.st_ino
        release = (_itself if _can_lock_itself(found.st_dev) else _beside)(path, descriptor)
        if identity(path) == opened:
            return opened, release
        release()  # it was replaced between the two


def _itself(path: Path, descriptor: int) -> Callable[[], object]:
    try:
        is_locked = lock_descriptor(descriptor, blocking=False)
    except BaseException:
        os.close(descriptor)
        raise
    if not is_locked:
        os.close(descriptor)
        raise _in_use(path)
    return partial(os.close, descriptor)


def _beside(path: Path, descriptor: int) -> Callable[[], object]:
    """Take the substitute, which a second server can get around by a hard link, or when somebody removes the file."""
    os.close(descriptor)
    resolved = path.resolve()
    lock = FileLock(resolved.with_name(f"{resolved.name}.lock"), timeout=0, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise _in_use(path) from None
    return lock.release


def _can_lock_itself(device: int) -> bool:
    """Whether a lock on the file and SQLite's locks in it leave each other alone; elsewhere they are of one kind."""
    if sys.platform != "linux":
        return False
    number = f"{os.major(device)}:{os.minor(device)}"
    with suppress(OSError):
        for line in _MOUNTS.read_text(errors="replace").splitlines():
            # 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw (proc(5))
            before, _, after = line.partition(" - ")
            if before.split()[2] == number:
                return after.split()[0] not in _NETWORKS
    return True


def _remove_empty(path: Path, held: Identity) -> None:
    with suppress(OSError):
        if identity(path) == held and path.stat().st_size == 0:
            path.unlink()


def _in_use(path: Path) -> StorageError:
    return StorageError(f"the database {path} is in use by another server")
