"""Unix sockets for programs of one user of this machine: nobody else can listen there, or come.

A port of the machine is taken by whoever comes first, and gets the passwords of those who take it for the server. Here
both ends look whose the other end is, and the file stands in a folder that only its owner may enter.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import stat
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from ...domain.addresses import LONGEST_UNIX_PATH
from ...errors import Phrase
from ..standing import identity

ROOT = 0

_CREDENTIALS = struct.Struct("3i")
"""Process, user and group (unix(7), SO_PEERCRED)."""


_NONE = Phrase("this system has no Unix sockets")


class NotOwn(Exception):
    """The socket is not to be trusted, or cannot be had; the phrase says why."""

    def __init__(self, phrase: Phrase) -> None:
        super().__init__(phrase)
        self.phrase = phrase


@contextmanager
def listening_socket(path: Path) -> Iterator[socket.socket]:
    """Return a socket at a path, bound and not listening yet, which is removed at the end. Raises NotOwn, OSError.

    The folder is made where there is none. What a server that was killed has left there is replaced, and nothing else.
    """
    if sys.platform == "win32":
        raise NotOwn(_NONE)
    _check_length(path)
    _make_folder(path.parent)
    check_folder(path.parent, 0o077)
    with _held(path):
        _clear(path)
        listener = socket.socket(socket.AF_UNIX)
        try:
            listener.bind(str(path))
            path.chmod(0o600)  # in time: until it listens nobody can connect
        except OSError:
            listener.close()
            raise
        made = identity(path)
        try:
            yield listener
        finally:
            listener.close()
            with suppress(OSError):
                if identity(path) == made:  # and not what another one has put there meanwhile
                    path.unlink()


async def connected_socket(path: Path) -> socket.socket:
    """Return a socket that is connected to the server at a path. Raises NotOwn, OSError."""
    if sys.platform == "win32":
        raise NotOwn(_NONE)
    _check_length(path)
    # Who may write there could put a socket of their own in the place of this one.
    check_folder(path.parent, 0o022)
    one = socket.socket(socket.AF_UNIX)
    try:
        one.setblocking(False)
        await asyncio.get_running_loop().sock_connect(one, str(path))
        _check_peer(one, path)
    except BaseException:
        one.close()
        raise
    return one


def _check_peer(one: socket.socket, path: Path) -> None:
    if not is_trusted(one, path.stat().st_uid):
        raise NotOwn(_of_another(path))


def is_trusted(one: socket.socket, otherwise: int | None = None) -> bool:
    """Return whether this user, or root, has the other end; `otherwise`: whose it is where the system does not tell.

    Where nothing tells, the folder has kept the others out. Root goes where it likes, as it does among files.
    """
    if sys.platform == "win32":
        return False
    peer: int | None = otherwise
    if sys.platform == "linux":
        _, peer, _ = _CREDENTIALS.unpack(one.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return os.geteuid() == ROOT or peer in {os.geteuid(), ROOT, None}


def _check_length(path: Path) -> None:
    if len(os.fsencode(path)) > LONGEST_UNIX_PATH:
        raise NotOwn(
            Phrase("a socket's path has at most {most} bytes: {path}", most=str(LONGEST_UNIX_PATH), path=str(path))
        )


def _make_folder(folder: Path) -> None:
    """Make a folder with those above it, each for its owner only, whatever the umask."""
    if not folder.exists():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def check_folder(folder: Path, closed: int) -> None:
    """Raise NotOwn where a folder is of another user, or has one of the `closed` bits in its mode; OSError."""
    if sys.platform == "win32":
        return
    found = folder.stat()
    if os.geteuid() != ROOT and found.st_uid not in {os.geteuid(), ROOT}:
        raise NotOwn(Phrase("the folder {folder} is of another user of this machine", folder=str(folder)))
    if found.st_mode & closed:
        mode = f"{stat.S_IMODE(found.st_mode):o}"
        raise NotOwn(
            Phrase(
                "the folder {folder} is open to other users of this machine (mode {mode}): chmod 700 closes it",
                folder=str(folder),
                mode=mode,
            )
        )


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Be the only one who may replace what is at the path."""
    lock = FileLock(f"{path}.lock", timeout=0, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise NotOwn(_in_use(path)) from None
    try:
        yield
    finally:
        lock.release()


def _clear(path: Path) -> None:
    """Remove a socket at which nobody listens any more."""
    if sys.platform == "win32":
        return
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise NotOwn(Phrase("{path} is there already, and is no socket", path=str(path)))
    if found.st_uid != os.geteuid():
        raise NotOwn(_of_another(path))
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)  # one whose queue is full listens, too
        if probe.connect_ex(str(path)) != errno.ECONNREFUSED:
            raise NotOwn(_in_use(path))
    path.unlink()


def _of_another(path: Path) -> Phrase:
    return Phrase("the socket {path} is of another user of this machine", path=str(path))


def _in_use(path: Path) -> Phrase:
    return Phrase("another server listens at {path}", path=str(path))
