"""The server of the demo: a chatcore-server process of its own, with its database in one file."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

START_TIME = 20.0


class ServerFailed(Exception):
    """The server did not come up; the message is what it said."""


class Server:
    """Starts the server on a free port, kills it, and starts it again on the same port and file."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "chat.db"
        self.log = folder / "server.log"
        self.url = "ws://127.0.0.1:0"
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._running.pid

    async def start(self) -> None:
        """Return when clients can come."""
        port = self.url.rpartition(":")[2]
        command = (sys.executable, "-m", "chatcore_server", "serve", "--port", port, "--db", str(self.database))
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(*command, stdin=None, stdout=PIPE, stderr=log)
        async with asyncio.timeout(START_TIME):
            said = (await self._process.stdout.readline()).decode().strip() if self._process.stdout else ""
        if not said.startswith("listening on "):
            await self._process.wait()
            raise ServerFailed(self.log.read_text(encoding="utf-8").strip() or f"the server said {said!r}")
        self.url = said.removeprefix("listening on ")

    async def kill(self) -> None:
        """End it as a power cut would: at once, in the middle of anything."""
        self._running.kill()
        await self._running.wait()

    async def stop(self) -> None:
        """Let it end in peace."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    @property
    def _running(self) -> Process:
        if self._process is None:
            msg = "the server was not started"
            raise ServerFailed(msg)
        return self._process
