"""The library's composition root: puts a client together with the transport, the clock and the ids it needs."""

from __future__ import annotations

from os import PathLike

from .adapters.outbox_file import OutboxFile
from .adapters.system import SystemClock, SystemIds
from .adapters.websocket import WebSocketDialer
from .client.client import ChatClient
from .domain.ids import Token


def connect(
    url: str,
    *,
    token: str | None = None,
    wait: bool = True,
    outbox: str | PathLike[str] | None = None,
    allow_plaintext: bool = False,
) -> ChatClient:
    """Make a client of the server at `url` (`ws://…` or `wss://…`); use it as `async with`.

    With a `token` it is logged in when the block begins; without one, the socket is opened by `register` or `log_in`.
    Waits at most 10 seconds for a server that answers, and raises Unreachable then; with `wait=False` it returns at
    once and keeps trying. With an `outbox` file, posts that are not answered when the program ends go out when the
    same user is logged in again; one program at a time has the file. Plain `ws://` to another machine needs
    `allow_plaintext`.
    """
    return ChatClient(
        url,
        dialer=WebSocketDialer(allow_plaintext=allow_plaintext),
        clock=SystemClock(),
        ids=SystemIds(),
        token=None if token is None else Token(token),
        wait=wait,
        keeper=None if outbox is None else OutboxFile(outbox),
    )
