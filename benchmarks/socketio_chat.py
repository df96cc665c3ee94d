"""Socket.IO as the load speaks it (version 5, over Engine.IO 4 on a WebSocket), and what a message costs there."""

from __future__ import annotations

import json
import re

from .bench import Bench
from .filling import TEXT
from .load import Exchange, Fault
from .meter import Meter
from .peer import Peer
from .server import PinnedServer
from .websocket import masked

TOKENS = re.compile(rb'43(\d+)\[\{"id"|~(\d{8})~|(?!)()')
PATH = "/socket.io/?EIO=4&transport=websocket"

PAIRS = 50
OUTSTANDING = 4


async def socketio(bench: Bench) -> float:
    """Return the CPU microseconds of a message between pairs: durable, acked, delivered."""
    async with PinnedServer(bench.file(), module="benchmarks.socketio_server") as server:
        writers = [await _log_in(server.port, f"writer{number}") for number in range(PAIRS)]
        hearers = [await _log_in(server.port, f"hearer{number}") for number in range(PAIRS)]
        exchange = Exchange(writers, _post, [[hearer] for hearer in hearers])
        exchange.prepare(20)
        await exchange.run()
        number = exchange.prepare(bench.many(10_000 // PAIRS))
        with Meter(server.pid) as meter:
            await exchange.run(OUTSTANDING)
        await exchange.check()
    return meter.cpu / number * 1e6


async def _log_in(port: int, name: str) -> Peer:
    peer = await Peer.connect(port, TOKENS, PATH)
    await _expect(peer, b"0{")  # Engine.IO is open
    peer.send(b"40" + json.dumps({"name": name}).encode())
    await _expect(peer, b"40{")
    return peer


async def _expect(peer: Peer, beginning: bytes) -> None:
    frame = await peer.frame()
    if not frame.startswith(beginning):
        msg = f"Socket.IO says {frame!r}"
        raise Fault(msg)


def _post(sender: int, number: int) -> bytes:
    """Make a message, whose answer names the number that follows."""
    fields = {"to": f"hearer{sender}", "text": f"~{number:08}~".ljust(TEXT, "x")}
    return masked(f"42{number + 1}".encode() + json.dumps(["post", fields], separators=(",", ":")).encode())
