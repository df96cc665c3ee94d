"""The full screen as a job of a shell, at real terminals: stopped, gone on with, and its terminal closed."""

from __future__ import annotations

import asyncio
import io
import os
import pty
import shlex
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import chatcore
from chatcore.home.profiles import Profile, Profiles
from chatcore.testing.server_process import ServerProcess
from tests.slow_names import SERVER, slow_names
from tests.waiting import until

pytestmark = [pytest.mark.checkout]

PROMPT = "ready>"


class Shell:
    """A shell in a terminal (tmux) that somebody looks at."""

    def __init__(self, socket: Path, home: Path, server: str) -> None:
        self._socket = socket
        self._chat = f"{shlex.quote(sys.executable)} -m chatcore_cli --server {server}"
        settings = {"XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home, "LANG": "C.UTF-8", "PS1": f"{PROMPT} "}
        environment = " ".join(f"{name}={shlex.quote(str(value))}" for name, value in settings.items())
        self._tmux("new-session", "-d", "-x", "100", "-y", "24", f"env {environment} bash --norc --noprofile -i")

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def write(self, text: str) -> None:
        self._tmux("send-keys", "-l", text)

    def run(self, command: str) -> None:
        self.write(command)
        self.press("Enter")

    def chat(self) -> None:
        self.run(f"clear; {self._chat}")

    @property
    def text(self) -> str:
        return self._tmux("capture-pane", "-p").rstrip()

    async def sees(self, *texts: str) -> None:
        try:
            await until(lambda: all(text in self.text for text in texts), seconds=40)
        except TimeoutError:
            pytest.fail(f"{texts} are not there:\n{self.text}")

    async def has_the_terminal(self) -> None:
        """See the shell's own screen, on which lines are echoed and ended as in every shell."""
        await until(lambda: self.text.endswith(PROMPT), seconds=40)
        self.run("stty -a | grep -ow -e '-*icanon' -e '-*echo' -e '-*isig' -e '-*icrnl' | xargs")
        await self.sees("icrnl isig icanon echo")
        assert "General chat" not in self.text

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-u", "-f", "/dev/null", "-S", str(self._socket), *arguments]
        environment = {name: value for name, value in os.environ.items() if name != "TMUX"}
        return subprocess.run(
            command, check=True, capture_output=True, encoding="utf-8", env=environment | {"LC_CTYPE": "C.UTF-8"}
        ).stdout

    def close(self) -> None:
        self._tmux("kill-server")


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with ServerProcess(tmp_path / "chat.db") as server:
        async with chatcore.connect(server.url) as client:
            await client.register("alice", "correct horse battery")
            Profiles(tmp_path / "chatcore" / "profiles.json").remember(Profile(server.url, "alice", client.token))
        yield server


@pytest.fixture
def shell(server: ServerProcess, tmp_path: Path) -> Iterator[Shell]:
    shell = Shell(tmp_path / "tmux", tmp_path, server.url)
    yield shell
    shell.close()


def chat_process(server: ServerProcess) -> int:
    """Find the client's process."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            arguments = (process / "cmdline").read_bytes().split(b"\0")
            if b"chatcore_cli" in arguments and server.url.encode() in arguments:
                return int(process.name)
    raise LookupError


@pytest.mark.needs("tmux")
@pytest.mark.needs("bash")
async def test_ctrl_z_gives_the_terminal_to_the_shell_and_fg_brings_back_what_was_written(shell: Shell) -> None:
    shell.chat()
    await shell.sees("online", "General chat")  # which is chosen once it is there
    shell.press("Enter")
    await shell.sees("Write to General chat")
    shell.write("half a sentence")
    await shell.sees("> half a sentence")

    shell.press("C-z")
    await shell.has_the_terminal()
    shell.run("fg")

    await shell.sees("> half a sentence", "online")
    shell.write(", and the rest")
    await shell.sees("> half a sentence, and the rest")


@pytest.mark.needs("tmux")
@pytest.mark.needs("bash")
async def test_a_stop_that_nobody_announced_leaves_the_chat_usable_too(shell: Shell, server: ServerProcess) -> None:
    shell.chat()
    await shell.sees("online")
    for number in (signal.SIGTSTP, signal.SIGSTOP):
        os.kill(chat_process(server), number)
        await until(lambda: PROMPT in shell.text, seconds=40)
        shell.run("stty sane; clear")
        shell.run("fg")

        await shell.sees("online", "General chat")
        shell.press("F1")  # a key that in a cooked terminal would be a few characters of a line not ended yet
        await shell.sees("next conversation with unread messages")
        shell.press("Escape")
        await shell.sees("online", "General chat")


@pytest.mark.needs("tmux")
@pytest.mark.needs("bash")
async def test_ctrl_z_stops_the_form_of_the_first_start(shell: Shell) -> None:
    shell.run("XDG_CONFIG_HOME=/nonexistent; export XDG_CONFIG_HOME")
    shell.chat()
    await shell.sees("Password")
    shell.write("bob")

    shell.press("C-z")
    await shell.has_the_terminal()
    shell.run("fg")

    await shell.sees("Password", "bob")


# Does what a person's shell does: it has the terminal, and hands a hang-up on to its job, unless that ignores it. Told
# late the job has seen for itself that the terminal has gone, and is about to end.
SHELL = """
import fcntl, os, signal, subprocess, sys, termios, time
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
def hand_on(*_):
    time.sleep(0.01 if sys.argv[1] == "told late" else 0)
    job.send_signal(signal.SIGHUP)
hang_up = signal.SIG_IGN if sys.argv[1] == "ignored" else hand_on
signal.signal(signal.SIGHUP, signal.SIG_IGN)
if hang_up is not signal.SIG_IGN:
    signal.signal(signal.SIGHUP, hang_up)
job = subprocess.Popen(sys.argv[2:], stderr=2)
sys.exit(job.wait())
"""


@pytest.mark.parametrize("hang_up", ["told", "told late", "ignored"])
@pytest.mark.parametrize("first_start", [False, True])
async def test_a_terminal_that_is_closed_ends_the_program_without_a_word(
    server: ServerProcess, tmp_path: Path, hang_up: str, *, first_start: bool
) -> None:
    home = tmp_path / "nobody" if first_start else tmp_path
    chat = (sys.executable, "-m", "chatcore_cli", "--server", server.url)

    ended = await asyncio.to_thread(closed_under, [hang_up, *chat], home, b"Password" if first_start else b"online")

    assert ended == (0, b"")


# ---- a name that cannot be looked up


async def test_a_script_gives_up_though_a_name_is_still_being_looked_up(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chatcore_cli", "list", "--server", SERVER, "--user", "alice"),
        env=os.environ | slow_names(tmp_path),
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )

    _, err = await process.communicate(b"correct horse battery\n")

    assert (process.returncode, err.count(b"\n")) == (1, 1)
    assert err.startswith(b"chatcore: Cannot reach chat.example:443: its name could not be looked up")


@pytest.mark.needs("tmux")
@pytest.mark.needs("bash")
async def test_leaving_gives_the_terminal_back_though_a_name_is_still_being_looked_up(tmp_path: Path) -> None:
    Profiles(tmp_path / "chatcore" / "profiles.json").remember(Profile(SERVER, "alice", "a token"))
    shell = Shell(tmp_path / "tmux", tmp_path, SERVER)
    shell.run(f"export PYTHONPATH={shlex.quote(slow_names(tmp_path)['PYTHONPATH'])}")
    shell.chat()
    await shell.sees("connecting")

    shell.press("C-q")

    await shell.has_the_terminal()
    shell.close()


def closed_under(arguments: list[str], home: Path, sight: bytes) -> tuple[int, bytes]:
    """Run the shell in a terminal that is closed once something is seen; give its status and standard error."""
    ours, theirs = pty.openpty()
    with io.FileIO(ours, "r+") as screen:
        with io.FileIO(theirs, "r+") as line:
            process = subprocess.Popen(
                [sys.executable, "-c", SHELL, *arguments],
                stdin=line,
                stdout=line,
                stderr=subprocess.PIPE,
                env=os.environ | {"XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home), "TERM": "xterm"},
                start_new_session=True,
            )
        shown = b""
        while sight not in shown:
            shown += os.read(screen.fileno(), 4096)
    _, err = process.communicate()
    return process.returncode, err
