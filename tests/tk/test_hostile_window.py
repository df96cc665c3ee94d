"""The window at a server that lies and floods: its texts are harmless, it goes on, says why, and keeps its memory."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.hostile_server import (
    BOB,
    ESCAPES,
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
from tests.tk.desktop import Window, window

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]

UNSEEN = ("\x1b", "\x07", "\x08", "\x9b", "\x9d", "\u202e", "\u2066", "\u200b", "\ufeff", "\U000e0041")
"""What no label and no canvas is to have in it."""

MEMORY = 300 * 1024
"""KiB by which the window's process may grow."""


def resident(window: Window) -> int:
    """Return the KiB that a window's process has in memory."""
    status = Path(f"/proc/{window.process.pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0])


def history(asked: dict[str, Any]) -> Iterable[Said]:
    messages = [message(seq, ESCAPES, conversation=asked["conversation"]) for seq in (1, 2)]
    return [page(asked, tally=tally(asked["conversation"], 2), messages=messages)]


async def test_what_a_server_says_is_harmless_in_the_window_and_stops_nothing(display: str, tmp_path: Path) -> None:
    last = {**tally(seq=2)["last"], "text": ESCAPES}
    bob = user(2, BOB, "b\u200bob", display_name="al\u200bice\ufeff\U000e0041", look="x")
    server = HostileServer(
        {
            "list_users": lambda asked: [{**users(asked), "users": [user(look="x"), bob]}],
            "history": history,
            "post": lambda asked: [error(asked, "\x1b[2J", ESCAPES)],
        },
        then=[{"type": "read", "tally": tally(seq=2, last=last), "read": []}],
    )
    async with server, window(display, tmp_path / "alice", server.url) as alice:
        await alice.enter("alice", register=False)
        await alice.until(lambda seen: seen["rows"] and "OWNED" in seen["rows"][0]["preview"])
        await alice.find("General")
        seen = await alice.until(lambda seen: "OWNED" in json.dumps(seen["lines"]))
        await alice.write("what do you say?")
        refused = await alice.until(
            lambda seen: "what do you say?" in json.dumps(seen["lines"]) and server.asked["post"]
        )

        # A flood, a run that would fill the memory, last words, a time that there is not.
        before = resident(alice)
        await server.say(*(event(seq, "x" * 2_000) for seq in range(3, 1_000)))
        await server.say({"type": "read", "tally": tally(seq=5), "read": [[1, 300_000_000]]})
        offline = await alice.until(lambda seen: "trying again" in seen["banner"])
        server.then = [{"type": "closing", "code": "\x1b[2J", "message": ESCAPES}]
        await server.connections[-1].close()
        closed = await alice.until(lambda seen: "OWNED" in seen["banner"], 40)
        server.then = [event(3, sent_at_ms=2**53), snapshot(active=["nobody"])]
        await alice.until(lambda seen: "trying again" in seen["banner"] and "OWNED" not in seen["banner"], 60)
        grown = resident(alice) - before

    shown = json.dumps([seen, refused, offline, closed], ensure_ascii=False)
    assert [sign for sign in UNSEEN if sign in shown or json.dumps(sign)[1:-1] in shown] == []
    assert "understand" in offline["banner"]
    assert grown < MEMORY


async def test_why_nobody_is_let_in_is_harmless_in_the_form(display: str, tmp_path: Path) -> None:
    server = HostileServer({"log_in": lambda asked: [error(asked, "too_sunny", ESCAPES)]})
    async with server, window(display, tmp_path / "alice", server.url) as alice:
        await alice.enter("alice", register=False)
        seen = await alice.until(lambda seen: "OWNED" in seen["message"] + json.dumps(seen["errors"]))

    shown = json.dumps(seen, ensure_ascii=False)
    assert [sign for sign in UNSEEN if sign in shown or json.dumps(sign)[1:-1] in shown] == []
