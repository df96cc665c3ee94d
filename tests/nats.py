"""A NATS server that tests start for themselves, on a free port of this machine."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

from chatcore.adapters.nats_address import NatsAddress

_START_S = 20.0


@attrs.define
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
            self.process = subprocess.Popen(
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

    def _port(self) -> int:
        """Wait until it listens; return where."""
        deadline = time.monotonic() + _START_S  # noqa: TID251 - a program of its own
        while time.monotonic() < deadline:  # noqa: TID251
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "log").read_text()
            for file in self.folder.glob("*.ports"):
                if text := file.read_text():
                    urls = json.loads(text)["nats"]
                    port = NatsAddress(urls[0].replace("tls://", "nats://")).server.rpartition(":")[2]
                    return int(port)
            time.sleep(0.01)  # noqa: TID251
        raise TimeoutError((self.folder / "log").read_text())


@contextmanager
def nats_server(folder: Path, config: str = "") -> Iterator[NatsServer]:
    """Start a NATS server with a configuration, or skip the test."""
    server = NatsServer(folder, config)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _program() -> str:
    """Return the program, as it came with its package or stands on PATH, or skip the test."""
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    if found is None:
        pytest.skip("needs nats-server")
    return found
