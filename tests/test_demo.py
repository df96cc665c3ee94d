"""`make demo`: without a terminal every requirement happens in the transcript, with one the chat is alive."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_requirements import REQUIREMENTS
from tests.waiting import until

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "examples" / "demo.py"

pytestmark = pytest.mark.checkout


@pytest.fixture(scope="module")
def transcript(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [sys.executable, DEMO],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(place)},
        check=False,
        timeout=50,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert list(place.iterdir()) == []
    return done.stdout


def test_every_requirement_is_shown_in_the_transcript(transcript: str) -> None:
    shown = {
        each
        for several in re.findall(r"\[([ETU][\dA-Za-z ]+)\]$", transcript, re.MULTILINE)
        for each in several.split()
    }

    assert shown == set(REQUIREMENTS)


@pytest.mark.parametrize(
    ("requirement", "pattern"),
    [
        ("E1", r"Bob → alice, stored \d{4}-\d\d-\d\d \d\d:\d\d:\d\d: 'Hello alice!'"),
        ("E4", r"● Bob"),
        ("E5", r"✓✓ read by 2 ▐"),
        ("E7", r"wrong_credentials"),
        ("E10", r"the general chat has its 101 messages"),
        ("E11", r"all 23 users are there"),
        ("T1", r"○ Bob"),
        ("T3a", r"are unread: 3"),
        ("T5", r"● Bob +3 +\d\d:\d\d +It sorts itself ⏎ while you look\."),
        ("T9", r" {20}You, \d\d:\d\d  ✓✓ read ▐\n.*│ {20}"),
        ("T9", r"│ ▌ alice, \d\d:\d\d  • unread\n"),
    ],
)
def test_what_a_person_would_see_is_in_the_transcript(transcript: str, requirement: str, pattern: str) -> None:
    assert re.search(pattern, transcript), requirement


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("self.tell('it rains', holds=False)", "this does not hold: it rains"),
        ("await asyncio.to_thread(self.transcript.end)", f"nothing showed {', '.join(REQUIREMENTS)}"),
        ("raise chatcore.Unreachable('the line is dead')", "the line is dead"),
    ],
)
def test_a_surprise_ends_the_demo_with_a_failure(act: str, told: str) -> None:
    program = f"""
import asyncio, sys
sys.path.insert(0, {str(DEMO.parent)!r})
import acts, chatcore, demo
async def run(self):
    {act}
acts.Play.run = run
sys.exit(demo.main())
"""
    done = subprocess.run(
        [sys.executable, "-c", program], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stderr == f"demo: {told}\n"


# ---- with a terminal -----------------------------------------------------------------------------------------------


class Terminal:
    """A real terminal of 100 × 30, with a server of tmux of its own."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "tmux"
        self._environment = {**os.environ, "TMPDIR": str(folder)}

    def tmux(self, *arguments: str) -> str:
        """Run a command of tmux and give what it prints."""
        command = ["tmux", "-S", str(self._socket), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=self._environment, check=True)
        return done.stdout

    def screen(self) -> str:
        """Return what is on the screen."""
        return self.tmux("capture-pane", "-p", "-t", "demo")

    def type(self, *keys: str) -> None:
        """Press keys."""
        self.tmux("send-keys", "-t", "demo", *keys)

    async def shows(self, *patterns: str) -> None:
        """Return when all of these are on the screen."""
        try:
            await until(lambda: all(re.search(pattern, self.screen()) for pattern in patterns))
        except TimeoutError:
            pytest.fail(f"{patterns} are not on the screen:\n{self.screen()}")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    command = f"{shlex.join([sys.executable, str(DEMO)])}; echo exit status $?; cat"
    terminal.tmux("-f", os.devnull, "new-session", "-d", "-x", "100", "-y", "30", "-s", "demo", command)
    yield terminal
    terminal.tmux("kill-server")


@pytest.mark.needs("tmux")
async def test_in_a_terminal_the_guest_is_greeted_read_and_answered(terminal: Terminal, tmp_path: Path) -> None:
    await terminal.shows("● online", "Ada", "Tom", "guest")

    terminal.type("Ada", "Enter")
    await terminal.shows("I am Ada")
    terminal.type("Thank you!", "Enter")
    await terminal.shows(r"You +\d\d:\d\d ✓✓", "You are welcome\\.")
    terminal.type("C-q")

    await terminal.shows("exit status 0")
    assert left_over(tmp_path) == []


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("chatcore-demo-*")]
