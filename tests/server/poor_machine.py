"""The server and its commands on a machine that has less than others; run as a module, with what it lacks in LACKS."""

import errno
import os
import socket
import sys
from collections.abc import Callable
from typing import Any, NoReturn


def refuse(*_: object, **__: object) -> NoReturn:
    """Fail as exFAT and some network file systems do."""
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


def refuse_unix(bind: Callable[..., Any]) -> Callable[..., Any]:
    """Bind no socket to a file."""

    def binding(own: socket.socket, address: object) -> object:
        return refuse() if own.family == socket.AF_UNIX else bind(own, address)

    return binding


def become_poor(lacks: str) -> None:
    """Take away what the machine lacks."""
    if "links" in lacks:
        os.link = refuse
    if "sockets in files" in lacks:
        socket.socket.bind = refuse_unix(socket.socket.bind)  # type: ignore[method-assign]


if __name__ == "__main__":
    become_poor(os.environ["LACKS"])

    from chatcore_server.cli import main

    sys.exit(main())
