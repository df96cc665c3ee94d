"""Two people at real terminals (tmux), with a real server between them."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatcore.testing.server_process import ServerProcess
from tests.waiting import until

pytestmark = [pytest.mark.checkout, pytest.mark.needs("tmux")]

PASSWORD = "correct horse battery"


class Seat:
    """A terminal at which somebody sits."""

    def __init__(self, socket: Path, name: str, home: Path) -> None:
        self._socket, self._name, self._home = socket, name, home

    def start(self, server: str, columns: int = 80, rows: int = 24) -> None:
        environment = {"XDG_CONFIG_HOME": self._home, "XDG_STATE_HOME": self._home, "LANG": "C.UTF-8", "TZ": "UTC"}
        program = f"{shlex.quote(sys.executable)} -m chatcore_cli --server {server}"
        settings = " ".join(f"{name}={shlex.quote(str(value))}" for name, value in environment.items())
        program = f"env -u CHATCORE_USER -u LC_ALL {settings} {program}"
        command = f"{program}; echo left with $?; read again; {program}"
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


@pytest.fixture
def seats(tmp_path: Path) -> Iterator[tuple[Seat, Seat]]:
    socket = tmp_path / "tmux"
    yield Seat(socket, "alice", tmp_path / "a"), Seat(socket, "bob", tmp_path / "b")
    subprocess.run(["tmux", "-S", str(socket), "kill-server"], check=False, capture_output=True, env=_quiet())


async def test_two_people_chat_in_their_terminals(seats: tuple[Seat, Seat], tmp_path: Path) -> None:
    alice, bob = seats
    async with ServerProcess(tmp_path / "chat.db") as server:
        alice.start(server.url)
        await alice.register()
        bob.start(server.url, 100, 30)
        await bob.register()

        # A new user and their status are seen at once; a message raises the count and moves the row.
        await alice.sees("● bob")
        alice.write("bob")
        alice.press("Enter")
        await alice.sees("Write to bob")  # an Enter with text behind it is a pasted one
        alice.write("Zażółć 你好 🎉 gęślą")
        alice.press("Enter")
        await alice.sees("✓", "Zażółć 你好 🎉 gęślą")
        await bob.sees(">● alice", "Zażółć 你好 🎉", " 1 ")

        # Reading it shows at the other end; the answer comes into the open conversation.
        bob.press("Enter")
        await bob.sees("▎ Zażółć 你好 🎉 gęślą")
        await alice.sees("✓✓")
        bob.write("odpowiedź")
        bob.press("Enter")
        await alice.sees("▎ odpowiedź")

        # The server dies and comes back: what was written meanwhile arrives by itself, once.
        await server.kill()
        await alice.sees("offline")
        alice.write("while you were away")
        alice.press("Enter")
        await alice.sees("◷")
        await server.start()
        await bob.sees("▎ while you were away")
        await alice.sees("online", "✓✓")
        assert bob.text.count("▎ while you were away") == 1

        # Resized, in a narrow terminal there is one pane; then the user leaves and comes back logged in.
        alice.resize(50, 20)
        await until(lambda: alice.lines[0].startswith(" ● bob"))
        alice.press("C-q")
        await alice.sees("left with 0")
        await bob.sees("○ alice")
        alice.press("Enter")
        await alice.sees("● bob", "online")
        await bob.sees("● alice")
        assert "Password" not in alice.text
