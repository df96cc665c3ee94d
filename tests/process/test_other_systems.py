"""On a system that is no Unix everything loads, and server, scripts and terminal client do what they do elsewhere."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import chatcore
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.home.profiles import Profile, Profiles
from chatcore.testing.server_process import ServerProcess

ROOT = Path(__file__).parents[2]
ELSEWHERE = (sys.executable, str(Path(__file__).with_name("other_system.py")))


@pytest.mark.parametrize("package", ["chatcore", "chatcore_server", "chatcore_cli", "chatcore_tk"])
def test_every_module_can_be_loaded(package: str) -> None:
    if package == "chatcore_tk" and importlib.util.find_spec("tkinter") is None:
        pytest.skip("this Python has no tkinter")

    done = subprocess.run([*ELSEWHERE, "load", package], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count(f"{package}.") > 5


def environment(home: Path) -> dict[str, str]:
    return os.environ | {"XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home), "PYTHONPATH": str(ROOT)}


@asynccontextmanager
async def server(db: Path) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    process = await asyncio.create_subprocess_exec(
        *(*ELSEWHERE, "chatcore_server", "--db", str(db), "--port", "0", "--password-cost", "low"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    said = (await process.stdout.readline()).decode()
    try:
        yield said.removeprefix("listening on ").strip(), process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_the_server_serves_and_ends_in_peace(tmp_path: Path, number: signal.Signals) -> None:
    async with server(tmp_path / "chat.db") as (url, process), chatcore.connect(url) as alice:
        await alice.register("alice", "correct horse battery")
        assert (await alice.post(chatcore.GENERAL, "hello")).seq == 1

        process.send_signal(number)

        _, err = await process.communicate()

    assert process.returncode == 0
    assert b"stopping: nobody is let in any more" in err
    assert b"Traceback" not in err


async def test_scripts_and_the_terminal_client_talk_to_a_server(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db") as server:
        async with chatcore.connect(server.url) as client:
            await client.register("alice", "correct horse battery")
            Profiles(tmp_path / "chatcore" / "profiles.json").remember(Profile(server.url, "alice", client.token))

        terminal = await run(tmp_path, "tests.process.terminal_program", server.url)
        history = await run(tmp_path, "chatcore_cli", "history", "general", "--server", server.url)

    assert terminal == (0, b"left\n", b"")
    assert (history[0], history[2]) == (0, b"")
    assert history[1].endswith(b" alice: hello\n")


async def test_operators_have_all_their_commands(tmp_path: Path) -> None:
    db, bak = str(tmp_path / "chat.db"), str(tmp_path / "chat.bak")
    async with SqliteStorage(Path(db)):
        pass

    added = await run(tmp_path, "chatcore_server", "user", "add", "ann", "--db", db, given=b"correct horse battery\n")
    backed_up = await run(tmp_path, "chatcore_server", "backup", bak, "--db", db)
    restored = await run(tmp_path, "chatcore_server", "restore", bak, "--db", db)
    others = ["doctor", "export", "audit", "status"]
    ended = {command: await run(tmp_path, "chatcore_server", *command.split(), "--db", db) for command in others}
    copied = await run(tmp_path, "chatcore_server", "copy", "--from", db, "--to", str(tmp_path / "copy.db"))

    assert [each[::2] for each in (added, backed_up, restored, copied)] == [(0, b"")] * 4
    assert ended.pop("status") == (1, b"", f"chatcore-server: no server runs on the database {db}\n".encode())
    assert {command: each[::2] for command, each in ended.items()} == dict.fromkeys(ended, (0, b""))
    assert b"ann" in ended["export"][1]
    assert b"add_user" in ended["audit"][1]


async def run(home: Path, *arguments: str, given: bytes = b"") -> tuple[int | None, bytes, bytes]:
    process = await asyncio.create_subprocess_exec(
        *(*ELSEWHERE, *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(home),
    )
    out, err = await process.communicate(given)
    return process.returncode, out, err
