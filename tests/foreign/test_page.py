"""The page of the tutorial's web site: people join on it, chat, hear the bot, and log out."""

from __future__ import annotations

import asyncio
import os
import runpy
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.asgi_servers import serving
from tests.foreign.test_node import MODULES

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "examples" / "club.html"

pytestmark = [
    pytest.mark.checkout,
    pytest.mark.needs("node"),
    pytest.mark.skipif(not (MODULES / "ws").exists(), reason="needs node-ws"),
]


@pytest.fixture
async def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    monkeypatch.chdir(tmp_path)
    club = runpy.run_path(str(PAGE.with_suffix(".py")))
    async with serving(club["site"], "uvicorn websockets-sansio", lifespan=True) as url:
        yield url.replace("ws://", "http://")
    club["club"].close()


async def visit(address: str, name: str, text: str, lines: int) -> list[str]:
    """Have somebody join, say something, and log out; return what the page showed them, the newest line first."""
    program = str(Path(__file__).with_name("page.js"))
    process = await asyncio.create_subprocess_exec(
        *("node", program, str(PAGE), address, name, text, str(lines)),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"NODE_PATH": str(MODULES)},
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), 20)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return said.decode().splitlines()


async def test_people_chat_on_the_page_and_the_bot_answers(address: str) -> None:
    ann = await visit(address, "ann", "When are you open?", 2)
    bob = await visit(address, "bob", "Then I come at ten.", 3)

    assert ann == ["Keeper: We are open from 9 to 5.", "ann: When are you open?"]
    assert bob == ["bob: Then I come at ten.", *ann]


async def test_whoever_is_called_as_the_bot_is_told_from_it(address: str) -> None:
    await visit(address, "ann", "When are you open?", 2)
    shown = await visit(address, "Keeper", "Never.", 3)

    assert shown[:2] == ["Keeper @keeper2: Never.", "Keeper @keeper: We are open from 9 to 5."]
