"""Asking the running server for something."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

from chatcore import BadFrame, BadText, StorageError, Unreachable
from chatcore.errors import from_wire
from chatcore.wire.frames import ErrorFrame

from . import frames as f
from .address import LOOPBACK, Port, has_sockets, port_path, reachable, socket_path

PATIENCE = 5.0
"""Seconds within which whoever listens on a port has to prove that it is the server."""

ANSWER_TIME = 10.0
"""Seconds within which a server that works has answered a question."""

STOP_TIME = 15.0
"""Seconds within which a server that was told to stop has ended: it gives itself less than 10."""

CHANGE_TIME = 60.0
"""Seconds within which it has done anything but a copy: it may wait for a lock, and for others' passwords."""

A = TypeVar("A", bound=f.Answer)


def call(db: Path, request: f.Request, expected: type[A]) -> A | None:
    """Ask the server that has the database open and wait for the expected answer; None where there is no server.

    Raises ChatError with what the server says, Unreachable where it does not answer; only a copy may take any time. A
    server that was to stop has ended then.
    """
    for path, ways in ((socket_path(db), _by_socket), (port_path(db), _by_port)):
        try:
            with ways(path) as link:
                if link is not None:
                    link.settimeout(_patience(request))
                    return _ask(link, request, expected)
        except TimeoutError as error:
            msg = f"the server at {path} does not answer: it hangs, or was stopped (SIGSTOP)"
            raise Unreachable(msg) from error
        except OSError as error:
            msg = f"cannot reach the server at {path}: {(error.strerror or str(error)).lower()}"
            raise Unreachable(msg) from error
    return None


def encoded(request: f.Request) -> bytes:
    """Return a request as it is sent. Raises BadText where there is something in it that is no letter."""
    try:
        return f.requests().encode(request)
    except BadText as error:
        msg = "there is something in it that is no letter in this locale: LC_ALL=C.UTF-8 is one that has all of them"
        raise BadText(msg) from error


def is_left(path: Path) -> bool:
    """Whether a socket is there at which nobody listens: of a server that has died. Raises OSError."""
    try:
        with _by_socket(path) as link:
            return link is None and path.is_socket()
    except OSError:  # somebody does, or who does cannot be known
        return False


@contextmanager
def _by_socket(path: Path) -> Iterator[socket.socket | None]:
    if not has_sockets():
        yield None
        return
    with socket.socket(socket.AF_UNIX) as link:  # type: ignore[attr-defined, unused-ignore] # where there are sockets
        try:
            with reachable(path) as address:
                link.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):
            yield None
        else:
            yield link


@contextmanager
def _by_port(path: Path) -> Iterator[socket.socket | None]:
    port = Port.read(path)
    if port is None:
        yield None
        return
    with socket.socket() as link:
        link.settimeout(PATIENCE)
        try:
            link.connect((LOOPBACK, port.number))
            is_server = _heard(link, port.proof("server"))
        except OSError:  # the server has ended, and nobody listens there or somebody else
            is_server = False
        if is_server:
            link.sendall(port.proof("operator"))
        yield link if is_server else None


def _heard(link: socket.socket, expected: bytes) -> bool:
    heard = b""
    while len(heard) < len(expected) and (more := link.recv(len(expected) - len(heard))):
        heard += more
    return heard == expected


def _patience(request: f.Request) -> float | None:
    match request:
        case f.BackUp():
            return None
        case f.Status() | f.ListUsers() | f.ListSessions() | f.Stop():
            return ANSWER_TIME
        case _:  # accounts and sessions
            return CHANGE_TIME


def _ask(link: socket.socket, request: f.Request, expected: type[A]) -> A:
    link.sendall(encoded(request) + b"\n")
    with link.makefile("rb") as lines:
        line = lines.readline()
        if not line:
            msg = "the server has ended before it was done"
            raise Unreachable(msg)
        answer: f.Answer | ErrorFrame = f.answers().decode(line)
        if isinstance(answer, ErrorFrame):
            raise from_wire(answer.code, answer.message, field=answer.field)
        if not isinstance(answer, expected):
            msg = "the server has answered something else than what was asked"
            raise BadFrame(msg)
        if isinstance(answer, f.Stopping):
            _wait_for_end(link, lines, answer.process)
        return answer


def _wait_for_end(link: socket.socket, lines: BinaryIO, process: int) -> None:
    """Wait until the server lets go of the link, which is the last that it does."""
    link.settimeout(STOP_TIME)
    try:
        lines.read()
    except TimeoutError as error:
        msg = f"the server has not ended within {STOP_TIME:.0f} s; it is process {process}"
        raise StorageError(msg) from error
    except OSError:  # it was killed meanwhile
        return
