"""A NATS server in a process of its own, on a free port of this machine, to be stopped and started again by tests."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from ..adapters.nats_address import NatsAddress

_START_S = 20.0


class NotInstalled(Exception):
    """The program is not on this machine."""


@attrs.define(eq=False)
class NatsServer:
    """A running NATS server."""

    folder: Path
    config: str
    port: int = -1
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, on the port that it had before."""
        (self.folder / "nats.conf").write_text(self.config)
        for file in self.folder.glob("*.ports"):
            file.unlink()
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - its own program
                [
                    *(_program(), "--addr", "127.0.0.1", "--port", str(self.port)),
                    *("--ports_file_dir", str(self.folder), "--config", str(self.folder / "nats.conf")),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.port = self._port()

    def stop(self) -> None:
        """End it at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        if self.process is not None:
            self.process.send_signal(number)

    def _port(self) -> int:
        """Wait until it listens; return where."""
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "log").read_text()
            for file in self.folder.glob("*.ports"):
                if text := file.read_text():
                    urls = json.loads(text)["nats"]
                    port = NatsAddress(urls[0].replace("tls://", "nats://")).server.rpartition(":")[2]
                    return int(port)
            time.sleep(0.01)
        raise TimeoutError((self.folder / "log").read_text())


@contextmanager
def running(folder: Path, config: str = "") -> Iterator[NatsServer]:
    """Run a NATS server with a configuration until the end of the block; NotInstalled where there is none."""
    server = NatsServer(folder, config)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _program() -> str:
    """Return the program, as it came with its package or stands on PATH."""
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        msg = "there is no NATS on this machine: no program nats-server"
        raise NotInstalled(msg)
    return found
