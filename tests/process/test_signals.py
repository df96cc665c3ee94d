"""Signals: those that the system has are heard, and a hang-up means the terminal's end."""

from __future__ import annotations

import asyncio
import io
import os
import pty
import signal
import subprocess
import sys
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chatcore.process.signals import handled
from chatcore.testing.server_process import ServerProcess
from tests.waiting import until


async def test_a_signal_is_heard_in_the_block_and_as_before_behind_it() -> None:
    heard = asyncio.Event()
    before = signal.getsignal(signal.SIGUSR1)

    with handled(("SIGUSR1",), heard.set):
        os.kill(os.getpid(), signal.SIGUSR1)
        await heard.wait()

    assert signal.getsignal(signal.SIGUSR1) == before


async def test_a_loop_that_hears_no_signals_is_told_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_here(_loop: AbstractEventLoop, *_: object) -> None:
        raise NotImplementedError

    loop_kind = type(asyncio.get_running_loop())
    monkeypatch.setattr(loop_kind, "add_signal_handler", not_here)
    monkeypatch.setattr(loop_kind, "remove_signal_handler", not_here)
    heard = asyncio.Event()
    before = signal.getsignal(signal.SIGUSR1)

    with handled(("SIGUSR1",), heard.set):
        os.kill(os.getpid(), signal.SIGUSR1)
        await heard.wait()

    assert signal.getsignal(signal.SIGUSR1) == before


async def test_a_signal_that_the_system_does_not_have_never_comes() -> None:
    with handled(("SIGNONESUCH",), pytest.fail):
        pass


async def test_a_hang_up_that_was_to_be_ignored_is_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with handled(("SIGHUP",), pytest.fail):
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


OUTLIVES = """
import os, signal, subprocess, sys
from chatcore.process.signals import outlived
with outlived(("SIGHUP",)):
    os.kill(os.getpid(), signal.SIGHUP)
    started = subprocess.run([sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGHUP)"])
os.kill(os.getpid(), signal.SIGHUP)
sys.exit(7 if started.returncode == -signal.SIGHUP else 1)
"""


def test_a_late_hang_up_kills_nothing_that_ends_already_and_what_was_started_as_ever() -> None:
    assert subprocess.run([sys.executable, "-c", OUTLIVES], check=False).returncode == 7


# ---- the server's terminal


async def test_a_server_without_a_terminal_serves_on_after_a_hang_up(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db") as server:
        server.send(signal.SIGHUP)
        await until(lambda: "SIGHUP changes nothing" in server.log)

        assert await server.terminate() == 0


# Does what a person's shell does: it has the terminal, and hands a hang-up on to its job.
SHELL = """
import fcntl, os, signal, subprocess, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
with open("out", "wb") as out, open("log", "wb") as log:
    job = subprocess.Popen(sys.argv[1:], stdout=out, stderr=log)
signal.signal(signal.SIGHUP, lambda *_: job.send_signal(signal.SIGHUP))
with open("pid", "w") as file:
    file.write(f"{job.pid}.")
sys.exit(job.wait())
"""


class Terminal:
    """A terminal in which a server was started by a shell."""

    def __init__(self, folder: Path, *prefix: str) -> None:
        ours, theirs = pty.openpty()
        self._folder, self._screen = folder, io.FileIO(ours, "r+")
        server = (sys.executable, "-m", "chatcore_server", "--db", "chat.db", "--port", "0")
        with io.FileIO(theirs, "r+") as keyboard:
            self.shell = subprocess.Popen(
                [sys.executable, "-c", SHELL, *prefix, *server],
                stdin=keyboard,
                cwd=folder,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
                start_new_session=True,
            )

    def text(self, name: str) -> str:
        path = self._folder / name
        return path.read_text() if path.exists() else ""

    def is_up(self) -> bool:
        return "listening on" in self.text("out") and self.text("pid").endswith(".")

    def send(self, number: signal.Signals) -> None:
        os.kill(int(self.text("pid").removesuffix(".")), number)

    def close(self) -> None:
        """Close the window."""
        self._screen.close()

    async def status(self) -> int:
        """Wait for the server's end."""
        return await asyncio.to_thread(self.shell.wait)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    terminals = []

    def open_one(*prefix: str) -> Terminal:
        terminals.append(Terminal(tmp_path, *prefix))
        return terminals[-1]

    yield open_one
    for each in terminals:
        each.close()
        if each.shell.poll() is None:
            each.send(signal.SIGKILL)
            each.shell.wait()


async def test_a_server_whose_terminal_is_closed_drains_and_ends_with_status_0(
    opened: Callable[..., Terminal],
) -> None:
    terminal = opened()
    await until(terminal.is_up)

    terminal.close()

    assert await terminal.status() == 0
    assert "stopping: nobody is let in any more" in terminal.text("log")


async def test_a_server_started_with_nohup_serves_on_when_its_terminal_is_closed(
    opened: Callable[..., Terminal],
) -> None:
    terminal = opened("nohup")
    await until(terminal.is_up)

    terminal.close()
    terminal.send(signal.SIGHUP)
    terminal.send(signal.SIGTERM)

    assert await terminal.status() == 0
    assert "SIGHUP" not in terminal.text("log")


async def test_a_server_whose_terminal_is_there_serves_on_after_a_hang_up(opened: Callable[..., Terminal]) -> None:
    terminal = opened()
    await until(terminal.is_up)

    terminal.send(signal.SIGHUP)
    await until(lambda: "SIGHUP changes nothing" in terminal.text("log"))
    terminal.send(signal.SIGTERM)

    assert await terminal.status() == 0
