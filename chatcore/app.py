"""The library's composition root: puts a client together with the transport, the clock and the ids it needs."""

from __future__ import annotations

from os import PathLike

from .adapters.outbox_file import OutboxFile
from .adapters.system import SystemClock, SystemIds
from .adapters.websocket import WebSocketDialer
from .client.arguments import check_text
from .client.client import ChatClient
from .client.patience import PATIENCE
from .domain.ids import Token
from .ports.outbox import OutboxKeeper


def connect(
    url: str,
    *,
    token: str | None = None,
    wait: bool = True,
    outbox: str | PathLike[str] | None = None,
    must_keep: bool = True,
    patience: float = PATIENCE,
    allow_plaintext: bool = False,
) -> ChatClient:
    """Make a client of the server at `url` (`ws://…` or `wss://…`); use it as `async with`.

    With a `token` it is logged in when the block begins; without one, the socket is opened by `register` or `log_in`.
    Waits at most 10 seconds for a server that answers, and raises Unreachable then; at once for what another try would
    not change: HTTP 403 or 404, a certificate that is not to be trusted, no chat server at all. With `wait=False` it
    returns at once and keeps trying. A proxy that the environment names is used. Later, what reads waits up to
    `patience` seconds for a connection that is away.

    With an `outbox` file, posts that are not answered when the program ends go out when the same user is logged in
    again; programs that are given the same one have a file each, beside each other. Where a post cannot be kept
    StorageFull or StorageError is raised, or with `must_keep=False` it is sent all the same, and its item and
    `client.unkept` tell. Plain `ws://` to another machine needs `allow_plaintext`.
    """
    return connect_with(
        None if outbox is None else OutboxFile(outbox),
        url,
        token=token,
        wait=wait,
        must_keep=must_keep,
        patience=patience,
        allow_plaintext=allow_plaintext,
    )


def connect_with(
    keeper: OutboxKeeper | None,
    url: str,
    *,
    token: str | None,
    wait: bool,
    must_keep: bool,
    patience: float,
    allow_plaintext: bool,
) -> ChatClient:
    """Do what `connect` does, with anything that keeps posts in the place of its file."""
    check_text(url=url, token="" if token is None else token)
    return ChatClient(
        url,
        dialer=WebSocketDialer(allow_plaintext=allow_plaintext),
        clock=SystemClock(),
        ids=SystemIds(),
        token=None if token is None else Token(token),
        wait=wait,
        keeper=keeper,
        must_keep=must_keep,
        patience=patience,
    )
