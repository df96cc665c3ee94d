"""The same job as one would do it in an afternoon: python-socketio over one SQLite connection.

Who connects says a name. A message is committed, with `synchronous = full`, before its author gets the answer and the
other one gets the message. The handlers share the connection: one's commit takes the inserts of the others along.
"""

from __future__ import annotations

import argparse
import socket
import time
from typing import Any

import aiosqlite
import socketio
import uvicorn

_SCHEMA = """
pragma journal_mode = wal;
pragma synchronous = full;
create table user (name text primary key);
create table message (
    id integer primary key, sender text not null, recipient text not null, text text not null, sent_at real not null
);
create index message_recipient on message (recipient, id);
"""


class Chat:
    """Who is there, and what they say to each other."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._sio = socketio.AsyncServer(async_mode="asgi", transports=["websocket"])
        for event in ("connect", "disconnect", "post"):
            self._sio.on(event, getattr(self, event))
        self.app = socketio.ASGIApp(self._sio, on_startup=self._open, on_shutdown=self._close)
        self._database: aiosqlite.Connection
        self._name_of: dict[str, str] = {}
        self._sid_of: dict[str, str] = {}

    async def connect(self, sid: str, _: object, auth: dict[str, str]) -> None:
        """Somebody comes; new names are written down."""
        name = auth["name"]
        await self._database.execute("insert or ignore into user values (?)", (name,))
        await self._database.commit()
        self._name_of[sid], self._sid_of[name] = name, sid

    def disconnect(self, sid: str, *_: object) -> None:
        """Somebody goes."""
        name = self._name_of.pop(sid, "")
        if self._sid_of.get(name) == sid:
            del self._sid_of[name]

    async def post(self, sid: str, asked: dict[str, str]) -> dict[str, Any]:
        """Store a message, hand it over, and say under which id."""
        sender, to, text, now = self._name_of[sid], asked["to"], asked["text"], time.time()
        cursor = await self._database.execute(
            "insert into message (sender, recipient, text, sent_at) values (?, ?, ?, ?)", (sender, to, text, now)
        )
        await self._database.commit()
        if to in self._sid_of:
            message = {"id": cursor.lastrowid, "from": sender, "text": text, "sent_at": now}
            await self._sio.emit("message", message, to=self._sid_of[to])
        return {"id": cursor.lastrowid}

    async def _open(self) -> None:
        self._database = await aiosqlite.connect(self._path)
        await self._database.executescript(_SCHEMA)

    async def _close(self) -> None:
        await self._database.close()


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--db", required=True)
    parser.add_argument("--port", type=int, default=0)
    options, _ = parser.parse_known_args()  # those of chatcore-server mean nothing here
    settings = uvicorn.Config(Chat(options.db).app, log_level="warning", access_log=False, ws_per_message_deflate=False)
    with socket.create_server(("127.0.0.1", options.port), backlog=1024) as listening:
        print(f"listening on ws://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        uvicorn.Server(settings).run(sockets=[listening])


if __name__ == "__main__":
    main()
