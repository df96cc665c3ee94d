"""The how-to page for operators: its commands do what it says."""

import asyncio
import re
import shlex
from pathlib import Path

import pytest

from chatcore.adapters.sqlite import SqliteStorage
from chatcore.testing.contracts.storage_base import ALICE, GENERAL, enrol, send
from chatcore_server.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "operate.md"

pytestmark = pytest.mark.checkout


async def test_the_commands_of_the_page_work_one_after_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHATCORE_DB", "chat.db")
    async with SqliteStorage("chat.db") as storage:
        await enrol(storage, ALICE)
        await send(storage, ALICE, GENERAL, "hello")
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    lines = [shlex.split(line.partition(" > ")[0]) for block in blocks for line in block.splitlines()]

    # In a thread, as each has a program, and so an event loop, of its own.
    assert [(line, await asyncio.to_thread(main, line[1:])) for line in lines] == [(line, 0) for line in lines]
    assert [line[1] for line in lines] == ["doctor", "invite", "backup", "fsck", "fsck", "restore", "export", "export"]
