"""A server on this machine: whether one listens at the default address, and how to start one there."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from ..domain.addresses import LONGEST_UNIX_PATH, is_loopback
from ..ports.clock import Clock
from ..process.folders import NoHome, runtime_folder
from .private_file import Damaged, read_document, write_document
from .profiles import DEFAULT_SERVER

START_TIME = 15.0
"""Seconds that a server may take until it listens."""

# What a session of its own is elsewhere, on Windows: the console's end and its Ctrl+C are not the server's.
_ON_ITS_OWN = getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
_NOTE = "server.json"
_LOOK_AGAIN = 0.1
_KNOCK_TIME = 2.0


class NotStarted(Exception):
    """The server did not come up; the message is its last word."""


def own_socket() -> Path | None:
    """Return the Unix socket at which a server of this user listens beside the default port; None where none can be.

    The port is anybody's who comes first, and whoever has it gets passwords. The socket is this user's alone.
    """
    try:
        path = runtime_folder() / "chat.sock"
    except NoHome:
        return None
    return None if sys.platform == "win32" or len(os.fsencode(path)) > LONGEST_UNIX_PATH else path


async def is_missing(server: str, clock: Clock) -> bool:
    """Return whether this is the default address on this machine and nothing listens there, nor at the own socket."""
    return server.rstrip("/") == DEFAULT_SERVER and not _is_taken(own_socket()) and not await _listens(server, clock)


async def start(server: str, log: Path, clock: Clock) -> subprocess.Popen[bytes]:
    """Start a server that goes on when this program ends; return when it listens. Raises NotStarted.

    `log` is the file for what it says; beside it stands which process it is, for `running`.
    """
    address = urlsplit(server)
    command = [sys.executable, "-m", "chatcore_server", "serve", "--port", str(address.port)]
    own = own_socket()
    if own is not None and _can_be_had(own):
        command += ["--unix", str(own)]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own program; asyncio's would end it with the loop
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            creationflags=_ON_ITS_OWN,
        )
    try:
        await _until_listening(process, server, log, clock)
    except BaseException:
        process.terminate()
        raise
    with suppress(OSError):  # it runs all the same
        write_document(log.parent / _NOTE, {"process": process.pid})
    return process


def running(folder: Path) -> int | None:
    """Return the process of a server that was started here and runs: as far as this system tells, else None.

    `folder` is where its log stands.
    """
    try:
        process = read_document(folder / _NOTE).get("process")
        if not isinstance(process, int) or sys.platform == "win32":  # where the question would end it
            return None
        os.kill(process, 0)
    except (OSError, Damaged):
        return None
    command = Path(f"/proc/{process}/cmdline")
    try:
        is_another = b"chatcore_server" not in command.read_bytes()
    except OSError:
        is_another = False  # there is no such folder on this system
    return None if is_another else process


async def _until_listening(process: subprocess.Popen[bytes], server: str, log: Path, clock: Clock) -> None:
    until = clock.monotonic() + START_TIME
    while clock.monotonic() < until:
        if process.poll() is not None:
            break
        if await _listens(server, clock):
            return
        await clock.sleep(_LOOK_AGAIN)
    raise NotStarted(_last_line(log))


def _can_be_had(own: Path) -> bool:
    """Return whether there can be sockets in the folder of this one: some file systems have none, and the port does."""
    if sys.platform == "win32":
        return False
    trial = own.with_name(f".{os.getpid()}")
    try:
        own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with socket.socket(socket.AF_UNIX) as probe:
            probe.bind(str(trial))
    except OSError:
        return False
    trial.unlink(missing_ok=True)
    return True


def _is_taken(path: Path | None) -> bool:
    """Return whether somebody listens at a socket. Who that is is looked at by whoever connects."""
    if path is None or sys.platform == "win32":
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except OSError as error:
            return error.errno not in {errno.ENOENT, errno.ECONNREFUSED}
        return True


async def _listens(server: str, clock: Clock) -> bool:
    address = urlsplit(server)
    if address.hostname is None or not is_loopback(address.hostname):
        return True
    try:
        async with clock.timeout(_KNOCK_TIME):
            _, writer = await asyncio.open_connection(address.hostname, address.port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
