"""Asking the running server for something."""

from __future__ import annotations

import socket
from pathlib import Path

from chatcore.errors import Unreachable, from_wire
from chatcore.wire.frames import ErrorFrame

from . import frames as f
from .address import reachable, socket_path


def call(db: Path, request: f.BackUp) -> f.BackedUp | None:
    """Ask the server that has the database open and wait for its answer; None where there is no server.

    Raises ChatError with what the server says, Unreachable where it does not answer.
    """
    path = socket_path(db)
    try:
        with reachable(path) as address, socket.socket(socket.AF_UNIX) as link:
            link.connect(address)
            link.sendall(f.requests().encode(request) + b"\n")
            with link.makefile("rb") as lines:
                line = lines.readline()
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    except OSError as error:
        msg = f"cannot reach the server at {path}: {(error.strerror or str(error)).lower()}"
        raise Unreachable(msg) from error
    if not line:
        msg = "the server has ended before it was done"
        raise Unreachable(msg)
    answer: f.Answer = f.answers().decode(line)
    if isinstance(answer, ErrorFrame):
        raise from_wire(answer.code, answer.message, field=answer.field)
    return answer
