"""A real terminal (tmux) at which somebody sits, with the client running in it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import until

PASSWORD = "correct horse battery"


class Seat:
    """A terminal at which somebody sits."""

    def __init__(self, socket: Path, name: str, home: Path) -> None:
        self._socket, self._name, self._home = socket, name, home

    def start(self, server: str, columns: int = 80, rows: int = 24, before: str = "") -> None:
        """Start the client there; `before`: what the shell does first."""
        environment = {"XDG_CONFIG_HOME": self._home, "XDG_STATE_HOME": self._home, "LANG": "C.UTF-8", "TZ": "UTC"}
        program = f"{shlex.quote(sys.executable)} -m chatcore_cli --server {server}"
        settings = " ".join(f"{name}={shlex.quote(str(value))}" for name, value in environment.items())
        program = f"env -u CHATCORE_USER -u LC_ALL {settings} {program}"
        command = f"{before}{program}; echo left with $?; read again; {program}"
        self._tmux("new-session", "-d", "-s", self._name, "-x", str(columns), "-y", str(rows), command)

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", "-t", self._name, *keys)

    def write(self, text: str) -> None:
        self._tmux("send-keys", "-t", self._name, "-l", text)

    def resize(self, columns: int, rows: int) -> None:
        self._tmux("resize-window", "-t", self._name, "-x", str(columns), "-y", str(rows))

    @property
    def lines(self) -> list[str]:
        return self._tmux("capture-pane", "-p", "-t", self._name).rstrip("\n").split("\n")

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    async def sees(self, *texts: str) -> None:
        try:
            await until(lambda: all(text in self.text for text in texts), seconds=20)
        except TimeoutError:
            pytest.fail(f"{self._name} does not see {texts}:\n{self.text}")

    async def register(self) -> None:
        await self.sees("Password")
        self.write(self._name)
        self.press("Enter")
        self.write(PASSWORD)
        self.press("Tab", "Tab", "Enter")
        await self.sees("online")

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-u", "-f", "/dev/null", "-S", str(self._socket), *arguments]
        done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", env=_quiet())
        return done.stdout


def _quiet() -> dict[str, str]:
    """The environment without a tmux around this one."""
    return {name: value for name, value in os.environ.items() if name != "TMUX"} | {"LC_CTYPE": "C.UTF-8"}


def all_leave(socket: Path) -> None:
    """End all terminals of a socket."""
    subprocess.run(["tmux", "-S", str(socket), "kill-server"], check=False, capture_output=True, env=_quiet())
