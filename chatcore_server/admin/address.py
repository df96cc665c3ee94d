"""Where an operator finds a running server: beside its database, a socket or else a file that names a port."""

from __future__ import annotations

import hmac
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import attrs

from chatcore.domain.addresses import LONGEST_UNIX_PATH
from chatcore.wire.codec import plain_dumps, plain_loads

LOOPBACK = "127.0.0.1"

_OWN_FILES = Path("/proc/self/fd")


def has_sockets() -> bool:
    """Whether this system's sockets can be files."""
    return hasattr(socket, "AF_UNIX")


def socket_path(db: Path) -> Path:
    """Return the socket's path: the same whatever links lead to the database."""
    return beside(db, "sock")


def port_path(db: Path) -> Path:
    """Return the path of the file that names a port, where there can be no socket."""
    return beside(db, "port")


@contextmanager
def reachable(path: Path) -> Iterator[str]:
    """Return an address by which a socket can be bound or reached while in the block, however long its path is.

    Raises OSError where there is no such directory.
    """
    if len(os.fsencode(path)) <= LONGEST_UNIX_PATH or not _OWN_FILES.is_dir():
        yield str(path)
        return
    directory = os.open(path.parent, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        yield f"{_OWN_FILES}/{directory}/{path.name}"
    finally:
        os.close(directory)


@attrs.frozen
class Port:
    """A port of this machine, and a secret for whoever may read its file: by it server and operator know each other."""

    number: int
    secret: str = attrs.field(repr=False)

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Return what a file says, None where there is none or where it is something else. Raises OSError."""
        try:
            match plain_loads(path.read_bytes()):
                case {"port": int(number), "secret": str(secret)}:
                    return cls(number, secret)
                case _:  # no server of this kind wrote it
                    return None
        except (FileNotFoundError, ValueError):
            return None

    def write(self, path: Path) -> None:
        """Make the file, for its owner only. Raises OSError, and FileExistsError where something else has its name."""
        if Port.read(path) is not None:
            path.unlink()
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(plain_dumps({"port": self.number, "secret": self.secret}))

    def proof(self, of: str) -> bytes:
        """Return the line by which the `server` or the `operator` proves that they know the secret."""
        return hmac.digest(self.secret.encode(), of.encode(), "sha256").hex().encode() + b"\n"


def beside(db: Path, suffix: str) -> Path:
    """Return the path of a file beside the database, the same whatever links lead to that."""
    resolved = Path(os.path.realpath(db))  # `resolve` fails where links lead in a circle
    return resolved.with_name(f"{resolved.name}.{suffix}")
