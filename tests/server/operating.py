"""Running the commands for operators as programs, beside a server or without one."""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import attrs
import pytest

from chatcore_server.admin.acts import Acts, Copy
from chatcore_server.admin.audit import Audit
from chatcore_server.admin.listener import Act, Recorded, operator_listener
from chatcore_server.cli import main


@attrs.frozen
class Ended:
    status: int
    out: str
    err: str


async def operate(
    db: Path | str, command: str, *arguments: str, module: str = "chatcore_server", given: bytes = b""
) -> Ended:
    """Run one, with this on standard input, and wait for its end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *command.split(), "--db", str(db), *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if not name.startswith("CHATCORE_")},
    )
    out, err = await process.communicate(given)
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def operate_here(
    capsys: pytest.CaptureFixture[str], db: Path | str, command: str, *arguments: str, option: str = "--db"
) -> Ended:
    """Run one within this process, which takes a tenth of the time; it asks for nothing."""
    capsys.readouterr()
    status = await asyncio.to_thread(main, [*command.split(), option, str(db), *arguments])
    return Ended(status, *capsys.readouterr())


def refused(told: str) -> Ended:
    return Ended(1, "", f"chatcore-server: {told}\n")


def acts(copy: Copy, stop: Callable[[], object] = lambda: None) -> Mapping[type, Act]:
    """Return what a server does for operators, with this way to copy its database."""
    return Acts(copy=copy, url=lambda: "ws://127.0.0.1:8765", active=lambda: 2, stop=stop, since_ms=0).table()


def operators_at(db: Path, acts: Mapping[type, Act]) -> AbstractAsyncContextManager[None]:
    """Answer operators beside a database, and record it there."""
    return operator_listener(db, Recorded(acts, Audit(db), lambda: 0), "secret")
