"""What opens WebSockets to a server, and says in one sentence why it cannot."""

from __future__ import annotations

import os
import re
import socket
import ssl
from typing import Any
from urllib.parse import urlsplit

import attrs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from ...domain.addresses import host_and_port, is_loopback
from ...errors import Unreachable
from .link import BOTH_ENDS, ClientLink

MAX_SERVER_FRAME = 1024 * 1024
"""How many bytes a frame from a server may have."""

# Seconds that a server may let a client wait for the opening handshake.
_OPEN_TIMEOUT = 10


@attrs.frozen
class WebSocketDialer:
    """Opens links to servers at `ws://` and `wss://` addresses."""

    allow_plaintext: bool = False
    "Whether `ws://` may lead beyond this machine, where others can read along."
    tls: ssl.SSLContext | None = None
    "How `wss://` servers are checked; None is the machine's own certificates."

    async def dial(self, url: str) -> ClientLink:
        host, where, is_secure = _address(url)
        if not (is_secure or self.allow_plaintext or is_loopback(host)):
            msg = f"ws:// to another machine ({where}) is not encrypted: use wss:// or allow plaintext explicitly"
            raise Unreachable(msg, field="url")
        try:
            return ClientLink(await self._connection(url, host, is_secure=is_secure))
        except (OSError, ValueError, ImportError, WebSocketException) as error:
            msg = f"cannot reach {where}: {_cause(error)}"
            raise Unreachable(msg) from error

    async def _connection(self, url: str, host: str, *, is_secure: bool) -> ClientConnection:
        options: dict[str, Any] = {"ssl": self.tls} if is_secure and self.tls else {}
        return await _Connect(
            url,
            proxy=None if is_loopback(host) else True,
            open_timeout=_OPEN_TIMEOUT,
            max_size=MAX_SERVER_FRAME,
            **options,
            **BOTH_ENDS,
        )


class _Connect(connect):
    """Follows no redirect: who is talked to is what the user typed."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


def _address(url: str) -> tuple[str, str, bool]:
    """Give the host, host and port, and whether it is encrypted; raise Unreachable for what is none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
        parts = urlsplit("")
    if parts.username is not None:
        msg = "a server's address has no user name or password in it"
        raise Unreachable(msg, field="url")
    if parts.scheme not in {"ws", "wss"} or not host or parts.fragment:
        msg = f"{url!r} is not a server's address: it looks like ws://HOST:PORT or wss://HOST:PORT"
        raise Unreachable(msg, field="url")
    is_secure = parts.scheme == "wss"
    return host, host_and_port(host, port or (443 if is_secure else 80)), is_secure


def _cause(error: Exception) -> str:
    """Say in a few words why a server cannot be reached."""
    match error:
        case TimeoutError():
            return f"no answer within {_OPEN_TIMEOUT} s"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not to be trusted ({error.verify_message})"
        case ssl.SSLError():
            return f"no encrypted connection can be made ({(error.reason or 'TLS error').lower().replace('_', ' ')})"
        case socket.gaierror():
            return str(error.strerror).lower()
        case InvalidStatus():
            return f"it answers with HTTP status {error.response.status_code} and not as a chat server"
        case OSError():
            # A host with several addresses has an error for each, put together into one text by asyncio.
            numbers = dict.fromkeys(re.findall(r"\[Errno (\d+)\]", str(error)))
            return ", ".join(os.strerror(int(number)).lower() for number in numbers) or "it ended the connection"
        case WebSocketException():
            return "it does not answer as a chat server"
        case _:
            return str(error)
