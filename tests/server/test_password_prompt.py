"""The question for a password on a real terminal: nothing of it is seen, and the terminal is as it was afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import attrs
import pytest

pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")

PASSWORD = "correct horse battery"
CTRL_C = b"\x03"
PATIENCE = 60.0


@attrs.define
class Terminal:
    """A terminal with a program at its other end."""

    keyboard: int
    "The end at which somebody sits."
    program: subprocess.Popen[bytes]
    before: list[object]
    "How the terminal was."
    line: int
    seen: bytes = b""

    def until(self, holds: Callable[[], object]) -> None:
        """Read what is shown until that holds."""
        while not holds():
            with suppress(OSError):  # nobody holds the other end any more
                self.seen += os.read(self.keyboard, 4_096)

    def write(self, keys: bytes) -> None:
        os.write(self.keyboard, keys)

    @property
    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self.line)[3] & termios.ECHO)

    def leave(self) -> int:
        """Wait for the program's end; the terminal is as it was."""
        status = self.program.wait(PATIENCE)
        assert termios.tcgetattr(self.line) == self.before
        os.set_blocking(self.keyboard, False)
        with suppress(BlockingIOError):
            self.seen += os.read(self.keyboard, 65_536)
        return status


def _is_more(at: Terminal, shown: bytes) -> bool:
    return at.seen != shown


@contextmanager
def terminal(arguments: list[str], environment: Mapping[str, str]) -> Iterator[Terminal]:
    """Run a program whose terminal this is: Ctrl+C reaches it as a signal."""
    keyboard, line = pty.openpty()
    before = termios.tcgetattr(line)
    program = subprocess.Popen(
        [sys.executable, "-c", _OWNING, *arguments],
        stdin=line,
        stdout=line,
        stderr=line,
        env={**os.environ, **environment, "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        yield Terminal(keyboard, program, before, line)
    finally:
        program.kill()
        program.wait()
        os.close(keyboard)
        os.close(line)


_OWNING = """
import fcntl, runpy, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
"""Makes the terminal that of the session, which a session of its own does not have by itself."""


@attrs.frozen
class Asking:
    """A program that asks for a password, so many times."""

    arguments: list[str]
    times: int
    status: int
    "With which it ends once it has the password: nobody listens at the client's server."
    interrupted: int
    "With which it ends at Ctrl+C."


PROMPTS = {
    "chatcore-server": Asking(["chatcore_server", "user", "add", "bob"], times=2, status=0, interrupted=130),
    "chatcore": Asking(
        ["chatcore_cli", "history", "general", "--server", "ws://127.0.0.1:9", "--user", "bob"],
        times=1,
        status=1,
        interrupted=1,
    ),
}


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "chat.db"
    path.touch()
    return path


@pytest.fixture
def environment(db: Path, tmp_path: Path) -> Mapping[str, str]:
    """Folders of one's own, and the server's database."""
    homes = {f"XDG_{kind}_HOME": str(tmp_path / kind) for kind in ("DATA", "CONFIG", "STATE", "CACHE")}
    return {**homes, "CHATCORE_DB": str(db)}


@pytest.mark.parametrize("what", PROMPTS)
def test_a_password_is_not_seen_while_it_is_typed(what: str, environment: Mapping[str, str]) -> None:
    asking = PROMPTS[what]
    with terminal(asking.arguments, environment) as at:
        for _ in range(asking.times):
            at.until(lambda: at.seen.endswith((b"Password: ", b"confirmation: ")) and not at.echoes)
            shown = at.seen
            at.write(PASSWORD.encode())
            at.write(b"\n")
            at.until(partial(_is_more, at, shown))
        status = at.leave()

    assert [word for word in (b"horse", b"Traceback") if word in at.seen] == []
    assert status == asking.status, at.seen


@pytest.mark.parametrize("what", PROMPTS)
def test_ctrl_c_at_the_question_leaves_without_a_traceback_and_gives_the_terminal_back(
    what: str, environment: Mapping[str, str]
) -> None:
    asking = PROMPTS[what]
    with terminal(asking.arguments, environment) as at:
        at.until(lambda: at.seen.endswith(b"Password: ") and not at.echoes)
        at.write(b"half of it" + CTRL_C)
        status = at.leave()

    assert [word for word in (b"half", b"Traceback") if word in at.seen] == []
    assert status == asking.interrupted, at.seen
