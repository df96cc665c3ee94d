"""The library's composition root: puts a client together with the transport, the clock and the ids it needs."""

from __future__ import annotations

import ssl
from os import PathLike
from typing import Literal

from .adapters.asgi_dialer import Application, AsgiDialer
from .adapters.outbox_file import OutboxFile
from .adapters.system import SystemClock, SystemIds
from .adapters.websocket import WebSocketDialer, pinned_tls
from .client.arguments import check_text
from .client.client import ChatClient
from .client.patience import PATIENCE
from .domain.pins import checked_pin
from .ports.cache import CacheKeeper
from .ports.given import Given, Headers, check_headers, check_token
from .ports.outbox import OutboxKeeper
from .ports.tokens import TokenKeeper
from .ports.transport import Dialer


def connect(  # noqa: PLR0913 - what a program may choose
    url: str,
    *,
    token: Given[str] | None = None,
    headers: Given[Headers] | None = None,
    tls: ssl.SSLContext | str | PathLike[str] | None = None,
    pin: str | None = None,
    proxy: str | Literal[True] | None = True,
    app: Application | None = None,
    wait: bool = True,
    outbox: str | PathLike[str] | None = None,
    must_keep: bool = True,
    patience: float = PATIENCE,
    allow_plaintext: bool = False,
) -> ChatClient:
    """Make a client of the server at `url` (`ws://…`, `wss://…` or `unix:/PATH`); use it as `async with`.

    With a `token` it is logged in when the block begins; without one, the socket is opened by `register` or `log_in`.
    Waits at most 10 seconds for a server that answers, and raises Unreachable then; at once for what another try would
    not change: HTTP 403 or 404, a certificate that is not to be trusted, no chat server at all. With `wait=False` it
    returns at once and keeps trying. Later, what reads waits up to `patience` seconds for a connection that is away.

    `unix:/PATH` is a Unix socket of this user (`chatcore-server --unix`), at which nobody else can listen; one that
    belongs to somebody else is refused.

    `token` and `headers` (of the handshake: cookies, for example) are values, or functions (`def` or `async def`) that
    are asked at each dial. An OSError that one raises is as if the server did not answer; a ChatError ends it, and
    another error is Unreachable and ends it while it connects for the first time. `tls` says which servers are trusted
    at `wss://`: an SSLContext, or the path of a file with certificates of authorities. In its place `pin`
    ("sha256:…", as `chatcore-server doctor` tells it) names the one certificate that is taken, which nobody need have
    signed. `proxy` is the address of a
    proxy; True is the one that the environment names, None is none. With `app` the client talks with an ASGI
    application in this process and event loop, without a network: for tests.

    With an `outbox` file, posts that are not answered when the program ends go out when the same user is logged in
    again; programs that are given the same one have a file each, beside each other. Where a post cannot be kept
    StorageFull or StorageError is raised, or with `must_keep=False` it is sent all the same, and its item and
    `client.unkept` tell. Plain `ws://` to another machine needs `allow_plaintext`.
    """
    if headers is not None and not callable(headers):
        headers = check_headers(headers)
    dialer: Dialer
    if app is None:
        dialer = WebSocketDialer(
            allow_plaintext=allow_plaintext,
            tls=_context(tls, pin),
            proxy=proxy,
            headers={} if headers is None else headers,
        )
    elif tls is not None or pin is not None or proxy is not True:
        msg = "tls, pin and proxy are for a network: there is none between a client and an app"
        raise TypeError(msg)
    else:
        dialer = AsgiDialer(app, headers)
    keeper = None if outbox is None else OutboxFile(outbox)
    return connect_with(keeper, dialer, url, token=token, wait=wait, must_keep=must_keep, patience=patience)


def connect_with(  # noqa: PLR0913 - by name, and each for itself
    keeper: OutboxKeeper | None,
    dialer: Dialer,
    url: str,
    *,
    token: Given[str] | None,
    wait: bool,
    must_keep: bool,
    patience: float,
    cache: CacheKeeper | None = None,
    tokens: TokenKeeper | None = None,
) -> ChatClient:
    """Do what `connect` does, with anything that keeps posts and anything that opens links.

    With `tokens`, an old token is exchanged for a new one, which is kept there.
    """
    check_text(url=url)
    return ChatClient(
        url,
        dialer=dialer,
        clock=SystemClock(),
        ids=SystemIds(),
        token=token if token is None or callable(token) else check_token(token),
        wait=wait,
        keeper=keeper,
        cache=cache,
        must_keep=must_keep,
        patience=patience,
        tokens=tokens,
    )


def _context(tls: ssl.SSLContext | str | PathLike[str] | None, pin: str | None) -> ssl.SSLContext | None:
    """Return how servers are checked. Raises OSError where a file cannot be read, ValueError where nothing is in it."""
    if pin is not None:
        if tls is not None:
            msg = "tls and pin are two ways to know a server: one of them is given"
            raise TypeError(msg)
        return pinned_tls(checked_pin(pin))
    if tls is None or isinstance(tls, ssl.SSLContext):
        return tls
    try:
        return ssl.create_default_context(cafile=tls)
    except ssl.SSLError as error:
        msg = f"tls is a file with certificates in PEM, and {tls!s:.200} has none"
        raise ValueError(msg) from error
