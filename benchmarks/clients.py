"""The clients, installed from the wheel: how soon they are there, what a redraw takes, what they hold in memory.

Times are of the clock on the wall, since nobody waits for CPU time (but for a redraw of the terminal, which waits for
nobody). The yardstick is the start of a Python that imports asyncio and ssl, which no client can do without.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from time import perf_counter

from chatcore import ConnectionPhase
from chatcore.domain.conversations import GENERAL
from chatcore.home.accounts import cache_path
from chatcore.home.entry import Entry

from .bench import Bench
from .filling import Filling, Person, neighbours
from .goals import PYTHON, PYTHON_MEMORY, Run
from .server import PinnedServer
from .sights import Display, display, first_picture, first_screen

ROOT = Path(__file__).resolve().parent.parent
UV = ROOT / "scripts" / "uv.sh"
PROBES = Path(__file__).parent / "probes"

ME = Person(1)
STARTS = 5

LIVELY = Filling(500, 4_000, neighbours(500, 40), 16_000, is_read=True)
"""What somebody comes back to every day: 500 users, who have written 20,000 messages."""

ROWS, MESSAGES, SCROLLED = 10_000, 100_000, 20_000

LARGE = Filling(ROWS, MESSAGES, [(1, number) for number in range(2, ROWS + 1)], ROWS - 1, is_read=True)
"""A list of ten thousand rows, and a long history of the general chat."""

MEMORY = """
import asyncio, os, ssl
print(int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20)
"""
IMPORT = "from time import perf_counter as t; b = t(); import chatcore; print((t() - b) * 1e3)"


async def clients(bench: Bench) -> Run:
    """Measure them; installing takes longer than a quick run may."""
    python = await bench.kept("clients", lambda: _install(bench.folder / "clients"))
    with display(bench.folder) as shown:
        return {
            PYTHON: _start(python),
            PYTHON_MEMORY: float(_output(python, "-c", MEMORY)),
            "import": median(float(_output(python, "-c", IMPORT)) for _ in range(2 * STARTS)),
            **await _starting(bench, python, shown),
            **await _large(bench, python, shown),
        }


async def _starting(bench: Bench, python: Path, shown: Display) -> Run:
    """Start both clients again and again: without anything that they know, and with what they knew before."""
    terminal, window = python.with_name("chatcore"), python.with_name("chatcore-tk")
    found: dict[str, list[float]] = {}
    async with PinnedServer(await bench.database(LIVELY)) as server:
        environment = _home(bench.folder / "usual", server.url, shown.name)
        path = await _known(environment)
        known = path.read_bytes()
        for _ in range(STARTS):
            for what in ("", ", known before"):
                path.write_bytes(known) if what else path.unlink(missing_ok=True)
                listed, online = first_screen(terminal, environment)
                found.setdefault(f"first list{what}", []).append(listed)
                found.setdefault(f"first screen{what}", []).append(online)
                found.setdefault(f"first picture{what}", []).append(first_picture(window, environment, shown))
    return {name: median(times) for name, times in found.items()}


async def _known(environment: Mapping[str, str]) -> Path:
    """Have somebody's clients know what they would after a usual day; give the file that has it."""
    place = Path(environment["XDG_STATE_HOME"]) / "chatcore"
    entry = Entry(config=lambda: place, state=lambda: place, program="terminal")
    profile = entry.find().profile
    async with entry.client(profile) as client:
        await client.wait_for(lambda: client.connection.phase is ConnectionPhase.ONLINE, 30)
        client.opened(GENERAL)
        await client.wait_for(lambda: client.complete and client.replica.timeline(GENERAL), 30)
        entry.remember(profile.entered(client.me, client.token))
        return cache_path(place, profile.server, client.me.id)


async def _large(bench: Bench, python: Path, shown: Display) -> Run:
    """Show a long history, and hold it."""
    async with PinnedServer(await bench.database(LARGE)) as server:
        environment = _home(bench.folder / "large", server.url, shown.name)
        redrawn = _probe(python, "terminal", environment, server.url, ME.token, SCROLLED)
        scrolled = _probe(python, "window", environment, SCROLLED)
        held = _probe(python, "headless", environment, server.url, ME.token, ROWS, MESSAGES)
    return {
        "redraw": redrawn["step"],
        "redraw of another screen": redrawn["page"],
        "scroll step": scrolled["step"],
        "rows in memory": held["listed"] - held["before"],
        "history in memory": held["whole"] - held["listed"],
    }


def _home(folder: Path, url: str, display: str) -> dict[str, str]:
    """Make the files of somebody who was logged in before, with the general chat open; give the way to them."""
    place = folder / "chatcore"
    place.mkdir(parents=True, exist_ok=True)
    profile = {"server": url, "name": ME.name, "token": ME.token}
    (place / "profiles.json").write_text(json.dumps({"profiles": [profile]}), encoding="utf-8")
    opened = {f"{ME.name} {url}": GENERAL}
    (place / "window.json").write_text(json.dumps({"opened": opened}), encoding="utf-8")
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")
    return _plain() | dict.fromkeys(names, str(folder)) | {"DISPLAY": display, "TERM": "xterm-256color"}


async def _install(folder: Path) -> Path:
    """Make an environment with the wheel and what the clients need; give its Python."""
    python = folder / "bin" / "python"
    constraints = folder.with_suffix(".txt")
    _uv("build", "--quiet", "--wheel", "--out-dir", str(folder.with_suffix(".wheel")))
    (wheel,) = folder.with_suffix(".wheel").glob("*.whl")
    _uv("export", "--quiet", "--frozen", "--all-extras", "--no-hashes", "--no-emit-project", "-o", str(constraints))
    _uv("venv", "--quiet", "--python", sys.executable, str(folder))
    _uv("pip", "install", "--quiet", "--python", str(python), "-c", str(constraints), f"{wheel}[cli,tk]")
    return python


def _start(python: Path) -> float:
    """Return the milliseconds of a Python's life that has imported what every client needs."""
    taken = []
    for _ in range(2 * STARTS):
        begun = perf_counter()
        _output(python, "-c", "import asyncio, ssl")
        taken.append(perf_counter() - begun)
    return median(taken) * 1e3


def _probe(python: Path, name: str, environment: Mapping[str, str], *arguments: object) -> dict[str, float]:
    said = _output(python, str(PROBES / f"{name}.py"), *map(str, arguments), environment=environment)
    return json.loads(said)  # type: ignore[no-any-return]


def _output(program: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    return subprocess.run(
        [program, *arguments], env=environment or _plain(), cwd="/", stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def _uv(*arguments: str) -> None:
    subprocess.run([UV, *arguments], cwd=ROOT, check=True)


def _plain() -> dict[str, str]:
    """Return the environment without what would lead Python back into the clone, or a client to settings of others."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CHATCORE_") and name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    }
