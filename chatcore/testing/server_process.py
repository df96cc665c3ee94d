"""A chatcore-server in a process of its own, to be killed and started again by tests."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

START_TIME = 30.0
"""Seconds that a server may take to start."""

_READY = "listening on "


class ServerProcess:
    """A server on a free port of this machine; use as `async with`. Started again, it has the same port and file.

    `options` go to chatcore-server as they are; of the environment variables of chatcore it gets only those of
    `environment`. Passwords are hashed cheaply, and nothing is throttled unless `options` say so. What it logs stands
    beside the database. `module` is what is run.
    """

    def __init__(
        self,
        db: Path,
        *options: str,
        environment: Mapping[str, str] | None = None,
        module: str = "chatcore_server",
    ) -> None:
        self.db = db
        self.told_db: str = str(db)
        "What it is told with --db at its next start."
        self._module = module
        self.url: str = ""
        "Where clients connect, once it was started."
        self._options = ("--password-cost", "low", "--throttling", "off", *options)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CHATCORE_")}
        self._environment = inherited | dict(environment or {})
        self._log = db.with_name(db.name + ".log")
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.kill()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.kill()

    @property
    def port(self) -> int:
        """The port that it took."""
        return int(self.url.rpartition(":")[2])

    @property
    def pid(self) -> int:
        """Its process, once it was started."""
        return self._process.pid if self._process else 0

    @property
    def has_ended(self) -> bool:
        """Whether it does not run: it has ended, or was not started yet."""
        return self._process is None or self._process.returncode is not None

    @property
    def log(self) -> str:
        """All that it has written on standard error, from its first start on."""
        return self._log.read_text() if self._log.exists() else ""

    async def start(self) -> None:
        """Start it and wait until clients can come; RuntimeError with its last words when it ends instead."""
        port = str(self.port) if self.url else "0"
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", self._module, "--db", self.told_db, "--port", port, *self._options),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=self._environment,
            )
        said = await self._first_line(self._process)
        if not said.startswith(_READY):
            await self.kill()
            msg = f"the server has not started: {said}{self.log}"
            raise RuntimeError(msg)
        self.url = said.removeprefix(_READY).strip()

    async def wait(self) -> int:
        """Wait for its end; give its exit status, which is negative when a signal ended it."""
        return await self._process.wait() if self._process else 0

    def send(self, number: signal.Signals) -> None:
        """Send it a signal. Nothing happens when it has ended already."""
        if self._process and self._process.returncode is None:
            # Not the process's own method: it looks whether the process has ended, and takes its status from asyncio.
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

    async def terminate(self) -> int:
        """Tell it to stop and wait until it has; give its exit status."""
        self.send(signal.SIGTERM)
        return await self.wait()

    async def kill(self) -> None:
        """End it at once."""
        self.send(getattr(signal, "SIGKILL", signal.SIGTERM))  # on Windows each signal is the end
        await self.wait()

    async def restart(self) -> None:
        """Kill it and start it again."""
        await self.kill()
        await self.start()

    async def _first_line(self, process: asyncio.subprocess.Process) -> str:
        if process.stdout is None:
            return ""
        try:
            async with asyncio.timeout(START_TIME):
                return (await process.stdout.readline()).decode()
        except TimeoutError:
            return f"nothing said within {START_TIME} s. "
