"""The terminal at a server that wants its terminal: nothing gets out of its place, stops it or fills its memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from chatcore_cli.app import Options, Program
from prompt_toolkit.input import PipeInput
from prompt_toolkit.output import ColorDepth

from tests.cli.emulator import CTRL_Q, ENTER, TAB, Glass, session
from tests.cli.seat import Seat, all_leave
from tests.hostile_server import (
    BOB,
    ESCAPES,
    ME,
    HostileServer,
    Said,
    error,
    event,
    message,
    page,
    snapshot,
    tally,
    user,
    users,
)
from tests.waiting import until

PASSWORD = "correct horse battery"

TAKES = ("\x1b]0;OWNED", "\x1b]52", "\x1bc", "\x9b", "\x9d", "\u202e", "\u2066", "\u200b", "\ufeff", "\U000e0041")
"""What would change a terminal or hide something, and stands in ESCAPES."""

UNSEEN = "al\u200bi\ufeffce\U000e0041"
"""A name in which there is what nobody sees."""

DIRECT = f"d.{ME}.{BOB}"


@asynccontextmanager
async def at_terminal(server: HostileServer) -> AsyncIterator[tuple[PipeInput, Glass]]:
    """Let somebody fill in the form of the program and log in; at the end they leave."""
    async with server:
        with session(100, 30, ColorDepth.DEPTH_24_BIT) as (keys, glass):
            program = Program(Options(server=server.url))
            chat = asyncio.create_task(program.chat(program.profile()))
            try:
                await until(lambda: "Password" in glass.text)
                keys.send_text(f"alice{ENTER}")
                keys.send_text(f"{PASSWORD}{TAB}{ENTER}")
                yield keys, glass
                keys.send_text(CTRL_Q)
                await asyncio.wait_for(chat, 30)
            finally:
                chat.cancel()
                await asyncio.gather(chat, return_exceptions=True)
    assert "Traceback" not in glass.raw
    assert "Traceback" not in program.last_words


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path))


@asynccontextmanager
async def ended(socket: Path) -> AsyncIterator[None]:
    """End the terminals of a socket after the block."""
    try:
        yield
    finally:
        all_leave(socket)


def assert_whole(glass: Glass) -> None:
    """Fail where anything of a server's has reached the terminal as more than a text."""
    assert [text for text in TAKES if text in glass.raw] == []
    assert "OWNED" not in (glass.screen.title, glass.screen.icon_name)


async def test_no_text_of_a_server_s_gets_out_of_its_place() -> None:
    def history(asked: dict[str, Any]) -> Iterable[Said]:
        told = tally(asked["conversation"], 2, last={**tally(seq=2)["last"], "text": ESCAPES})
        messages = [message(seq, ESCAPES, conversation=asked["conversation"]) for seq in (1, 2)]
        return [page(asked, tally=told, messages=messages)]

    last = {**tally(seq=2)["last"], "text": ESCAPES}
    bob = user(2, BOB, "b\u200bob", display_name=UNSEEN, look="x")
    server = HostileServer(
        {
            "list_users": lambda asked: [{**users(asked), "users": [user(look="x"), bob]}],
            "history": history,
            "post": lambda asked: [error(asked, "\x1b[2J", ESCAPES)],
            "set_display_name": lambda asked: [error(asked, "too_sunny", ESCAPES)],
        },
        then=[{"type": "read", "tally": tally("general", 2, last=last), "read": []}],
    )
    async with at_terminal(server) as (keys, glass):
        await until(lambda: "online" in glass.text and "alice" in glass.text)
        keys.send_text(ENTER)
        await until(lambda: "Write to" in glass.text and glass.text.count("OWNED") > 2)
        keys.send_text(f"what do you say?{ENTER}")
        await until(lambda: "what do you say?" in glass.text and server.asked["post"])
        keys.send_text(f"/name somebody{ENTER}")
        await until(lambda: server.asked["set_display_name"])
        await server.say(event(3, ESCAPES), {"type": "closing", "code": "\x1b[2J", "message": ESCAPES})
        await until(lambda: "trying again" in glass.text)

        assert_whole(glass)
        assert glass.text.count("␛") > 2, "what was written is shown as signs"


@pytest.mark.parametrize("code", ["wrong_credentials", "not_allowed", "\x1b[2J"])
async def test_why_the_form_refuses_stays_in_its_line(code: str) -> None:
    server = HostileServer({"log_in": lambda asked: [error(asked, code, ESCAPES)]})
    async with at_terminal(server) as (_, glass):
        await until(lambda: server.asked["log_in"] and "Logging in" not in glass.text)

        assert "Password" in glass.text
        assert_whole(glass)


@pytest.mark.checkout
@pytest.mark.needs("tmux")
async def test_a_flood_and_a_run_that_would_fill_the_memory_stop_no_terminal(tmp_path: Path) -> None:
    """With 2 GiB of address space for the whole program: whoever made a set of the run would have none left."""
    flood = [event(seq, "x" * 2_000) for seq in range(1, 5_000)]
    run: Said = {"type": "read", "tally": tally(seq=5), "read": [[1, 300_000_000]]}
    server = HostileServer(then=flood)
    seat = Seat(tmp_path / "tmux", "alice", tmp_path)
    async with server, ended(tmp_path / "tmux"):
        seat.start(server.url, before="ulimit -v 2097152; ")
        await seat.register()
        await until(lambda: server.entered)
        server.then = [run]
        await server.connections[-1].close()
        await seat.sees("do not understand")
        server.then = [snapshot(active=["no user"])]
        await seat.sees("trying again")
        seat.press("C-q")
        await seat.sees("left with 0")
