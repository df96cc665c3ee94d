"""The client's end of WebSockets by hand, RFC 6455: the opening request, masked frames, and frames of a server."""

from __future__ import annotations

import base64
import os

TEXT, CLOSE, PONG = 1, 8, 10


def request(port: int, path: str) -> bytes:
    """Ask for a WebSocket."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = (
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def masked(payload: bytes, opcode: int = TEXT) -> bytes:
    """Make a frame as a client sends it."""
    size, mask = len(payload), os.urandom(4)
    if size < 126:
        head = bytes((0x80 | opcode, 0x80 | size))
    elif size < 2**16:
        head = bytes((0x80 | opcode, 0xFE)) + size.to_bytes(2)
    else:
        head = bytes((0x80 | opcode, 0xFF)) + size.to_bytes(8)
    key = int.from_bytes((mask * (size // 4 + 1))[:size])
    return head + mask + (int.from_bytes(payload) ^ key).to_bytes(size)


def first_frame(data: bytes) -> tuple[int, bytes, int] | None:
    """Return a server's first frame in these bytes: opcode, payload, and where it ends; None where it is not whole.

    Neither chatcore's server nor the yardsticks send a message in several frames.
    """
    if len(data) < 2:
        return None
    start, size = 2, data[1]
    if size >= 126:
        start = 4 if size == 126 else 10
        size = int.from_bytes(data[2:start]) if len(data) >= start else len(data)
    end = start + size
    return (data[0] & 15, data[start:end], end) if len(data) >= end else None
