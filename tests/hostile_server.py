"""A server that says what it likes, over real WebSockets: it lets everybody in, and then does as a test wants."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

Said = dict[str, Any] | bytes | str
"""A frame, or what is sent instead of one: bytes as a binary frame, and a text as it is."""

Answer = Callable[[dict[str, Any]], Iterable[Said]]

ME, BOB = "a" * 16, "b" * 16
NOW = 1_790_000_000_000

ESCAPES = (
    "\x1b]0;OWNED\x07\x1b[2J\x1b[H\x1b]52;c;b3duZWQ=\x07\x9b31m\x9d0;OWNED\x9c\x1b[?1049l\x1bc\x08\x08\r\x00"
    "\u202eOWNED\u2066\u200b\ufeff\U000e0041\u2028"
)
"""What would change the title, the clipboard and the screen of a terminal, and turn or hide what stands beside it."""


def user(number: int = 1, id: str = ME, name: str = "alice", **other: Any) -> dict[str, Any]:  # noqa: A002, ANN401 - as it is said
    """Return somebody as a server tells of them."""
    shown = {"display_name": name, "look": name, "disabled": False, "erased": False}
    return {"id": id, "name": name, "number": number, "fact": number, **shown, **other}


def tally(conversation: str = "general", seq: int = 0, **other: Any) -> dict[str, Any]:  # noqa: ANN401 - as it is said
    """Return the numbers of a conversation in which somebody else has written all messages."""
    last = None
    if seq:
        last = {"seq": seq, "sender": BOB, "text": "hello", "sent_at_ms": NOW, "number": seq}
    numbers = {"seq": seq, "live": seq, "own": 0, "last": last, "read": 0, "version": 0}
    return {"conversation": conversation, **numbers, **other}


def message(seq: int, text: str = "hello", **other: Any) -> dict[str, Any]:  # noqa: ANN401 - as it is said
    """Return a message of somebody else."""
    usual = {"conversation": "general", "sender": BOB, "client_id": f"c{seq}", "sent_at_ms": NOW}
    return {**usual, "seq": seq, "text": text, "live": seq, "own": 0, "number": seq, **other}


def event(seq: int, text: str = "hello", **other: Any) -> dict[str, Any]:  # noqa: ANN401 - as it is said
    """Return the event of such a message."""
    return {"type": "message", "message": message(seq, text, **other)}


def snapshot(**other: Any) -> dict[str, Any]:  # noqa: ANN401 - as it is said
    """Return where things stand where nobody has written anything."""
    point = {"generation": "first", "number": 0, "facts": 2}
    usual = {"epoch": "e", "point": point, "is_same": True, "active": [ME, BOB], "general": tally(), "tallies": []}
    return {"type": "snapshot", **usual, **other}


def page(asked: dict[str, Any], **other: Any) -> dict[str, Any]:  # noqa: ANN401 - as it is said
    """Return a page without messages."""
    usual = {"tally": tally(asked["conversation"]), "messages": [], "read": [], "receipts": [], "more": False}
    return {"type": "page", "id": asked["id"], **usual, **other}


def users(asked: dict[str, Any], *others: dict[str, Any]) -> dict[str, Any]:
    """Return the whole directory."""
    known = [user(), user(2, BOB, "bob"), *others]
    return {"type": "users", "id": asked["id"], "users": known, "upto": len(known), "more": False}


def error(asked: dict[str, Any], code: str, words: str, **other: Any) -> dict[str, Any]:  # noqa: ANN401 - as it is said
    """Return a refusal."""
    return {"type": "error", "id": asked["id"], "code": code, "message": words, "field": None, "wait_ms": None, **other}


def enter(asked: dict[str, Any]) -> Iterable[Said]:
    """Let somebody in."""
    return ({"type": "logged_in", "id": asked["id"], "user": user(), "token": "token"}, snapshot())


USUAL: Mapping[str, Answer] = {
    "hello": lambda _: [{"type": "welcome", "version": 2}],
    "register": enter,
    "log_in": enter,
    "resume": enter,
    "log_out": lambda asked: [{"type": "logged_out", "id": asked["id"]}],
    "post": lambda asked: [error(asked, "refused", "no")],
    "mark": lambda asked: [{"type": "marked", "id": asked["id"], "tally": tally(asked["conversation"]), "read": []}],
    "set_away": lambda asked: [{"type": "noted", "id": asked["id"]}],
    "set_display_name": lambda asked: [{"type": "renamed", "id": asked["id"], "user": user()}],
    "count": lambda asked: [{"type": "counted", "id": asked["id"], "tally": tally(asked["conversation"])}],
    "find_user": lambda asked: [{"type": "found", "id": asked["id"], "user": user(2, BOB, "bob")}],
    "list_users": lambda asked: [users(asked)],
    "list_tallies": lambda asked: [{"type": "tallies", "id": asked["id"], "tallies": [], "more": False}],
    "history": lambda asked: [page(asked)],
    "stretch": lambda asked: [page(asked)],
    "list_sessions": lambda asked: [
        {"type": "sessions", "id": asked["id"], "sessions": [], "own": "s", "more": False},
    ],
    "renew_token": lambda asked: [{"type": "token_renewed", "id": asked["id"], "token": None}],
    "end_session": lambda asked: [{"type": "session_ended", "id": asked["id"]}],
}
"""How it answers where a test wants nothing else: as a server does on which nobody has written anything."""


class HostileServer:
    """Answers as a test wants; what is said in `then` follows each snapshot.

    `asked`
        How often each type of request came.
    `entered`
        How often somebody was let in.
    """

    def __init__(self, answers: Mapping[str, Answer] | None = None, then: Iterable[Said] = ()) -> None:
        self.answers = {**USUAL, **(answers or {})}
        self.then = list(then)
        self.asked: Counter[str] = Counter()
        self.connections: list[ServerConnection] = []
        self._server: Server | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await serve(self._talk, "127.0.0.1", 0, compression=None, max_size=None)
        self.url = f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def entered(self) -> int:
        return self.asked["register"] + self.asked["log_in"] + self.asked["resume"]

    async def say(self, *frames: Said) -> None:
        """Say something on the newest connection."""
        await _say(self.connections[-1], frames)

    async def _talk(self, connection: ServerConnection) -> None:
        self.connections.append(connection)
        with suppress(ConnectionClosed):
            async for data in connection:
                asked = json.loads(data)
                self.asked[asked["type"]] += 1
                await _say(connection, self.answers[asked["type"]](asked))
                if asked["type"] in {"register", "log_in", "resume"}:
                    await _say(connection, self.then)


async def _say(connection: ServerConnection, frames: Iterable[Said]) -> None:
    with suppress(ConnectionClosed):
        for place, said in enumerate(frames):
            await connection.send(json.dumps(said) if isinstance(said, dict) else said)
            if not place % 100:
                await asyncio.sleep(0)  # noqa: TID251 - others have a turn in the middle of a flood
