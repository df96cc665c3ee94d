"""What opens WebSockets to a server, and says in one sentence why it cannot."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit

import attrs
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidMessage, InvalidProxyStatus, InvalidStatus, ProxyError, WebSocketException
from websockets.proxy import Proxy, get_proxy, parse_proxy
from websockets.uri import parse_uri

from ...domain.addresses import host_and_port, is_loopback, plain_address, unix_path
from ...errors import Phrase, Unreachable
from ...ports.given import Given, Headers, asked, check_headers
from ...wire.limits import MAX_SERVER_FRAME
from ..names import look_up
from .link import BOTH_ENDS, ClientLink
from .own_socket import NotOwn, connected_socket
from .pinned import WrongPin
from .sockets import open_socket

# Seconds until the link must be open: less than logging in waits, so that it can tell the reason.
_OPEN_TIMEOUT = 8

_NO_HOST = "localhost"
"""What stands in the handshake where there is no host."""

_NOBODY = (FileNotFoundError, ConnectionRefusedError)
"""What it means that nobody listens at a socket."""

_PATH = re.compile(r"[/?#]")
_UNPRINTED = re.compile(r"[\x00-\x20\x7f]")

# HTTP's answers below 500 that pass: the request took too long, came too early, was one of too many.
_PASSING = frozenset({408, 425, 429})


@attrs.frozen
class WebSocketDialer:
    """Opens links to servers at `ws://` and `wss://` addresses."""

    allow_plaintext: bool = False
    "Whether `ws://` may lead beyond this machine, where others can read along."
    allowed_by: str = "allow_plaintext=True"
    "What allows it, as whoever meets the refusal writes it: a program by default."
    tls: ssl.SSLContext | None = None
    "How `wss://` servers are checked; None is the machine's own certificates."
    proxy: str | Literal[True] | None = attrs.field(default=True, repr=False)
    "The address of a proxy; True is one that the environment names, for servers beyond this machine; None is none."
    nearby: Mapping[str, Path] = attrs.field(factory=dict)
    "Unix sockets of this user by the (plain) addresses of servers that may listen there, too: nobody else can."
    headers: Given[Headers] = attrs.field(factory=dict, repr=False)
    "More headers of the handshake, such as cookies; asked at each dial where it is a function."

    @proxy.validator
    def _check_proxy(self, _: object, proxy: str | bool | None) -> None:
        """Raise ValueError for what is no proxy's address, without its password."""
        if isinstance(proxy, str):
            try:
                parse_proxy(proxy)
            except (ValueError, WebSocketException):
                msg = "proxy is the address of a proxy, such as http://HOST:PORT"
                raise ValueError(msg) from None
        elif proxy is not True and proxy is not None:
            msg = f"proxy is the address of a proxy, True or None, not {proxy!r:.40}"
            raise TypeError(msg)

    async def dial(self, url: str) -> ClientLink:
        path = unix_path(url)
        if path is not None:
            return await self._dial_socket(Path(path))
        nearby = self.nearby.get(plain_address(url))
        if nearby is not None and nearby.is_socket():
            try:
                return await self._dial_socket(nearby)
            except Unreachable as error:
                if not isinstance(error.__cause__, _NOBODY):
                    raise
        return await self._dial_host(url)

    async def _dial_socket(self, path: Path) -> ClientLink:
        """Open a link by the socket of a server of this user."""
        headers = await asked("headers", self.headers, check_headers)
        try:
            async with asyncio.timeout(_OPEN_TIMEOUT):
                one = await connected_socket(path)
                return await _link(f"ws://{_NO_HOST}/", headers, sock=one, unix=True)
        except NotOwn as error:
            raise Unreachable(error.phrase, field="server") from error
        except (OSError, ValueError, WebSocketException) as error:
            msg = Phrase("cannot reach {where}: {cause}", where=str(path), cause=_cause(error, is_secure=False))
            raise Unreachable(msg, field="server" if _is_lasting(error) else None) from error

    async def _dial_host(self, url: str) -> ClientLink:
        host, port, is_secure = _address(url)
        where = host_and_port(host, port)
        may_leave = is_secure or self.allow_plaintext
        if not may_leave and not is_loopback(host):
            raise _not_encrypted(where, self.allowed_by)
        proxy = self._proxy(url, host)
        headers = await asked("headers", self.headers, check_headers)
        options: dict[str, Any] = {"ssl": self.tls} if is_secure and self.tls else {}
        try:
            async with asyncio.timeout(_OPEN_TIMEOUT):
                if proxy is None:
                    options |= {"sock": await self._direct(host, port, may_leave=may_leave), "proxy": None}
                else:
                    options |= await _by_proxy(proxy)
                return await _link(url, headers, **options)
        except (OSError, ValueError, ImportError, WebSocketException) as error:
            msg = Phrase("cannot reach {where}: {cause}", where=where, cause=_cause(error, is_secure=is_secure))
            if proxy is not None:
                msg = Phrase(
                    "cannot reach {where} through the proxy {proxy}: {cause}",
                    where=where,
                    proxy=host_and_port(proxy.host, proxy.port),
                    cause=_cause(error, is_secure=is_secure),
                )
            raise Unreachable(msg, field="server" if _is_lasting(error) else None) from error

    async def _direct(self, host: str, port: int, *, may_leave: bool) -> socket.socket:
        """Open a socket to a host; unless it `may_leave`, to this machine only: a name does not say where it leads."""
        addresses = [one for one in await look_up(host, port) if may_leave or is_loopback(one[4][0])]
        if not addresses:
            raise _not_encrypted(host_and_port(host, port), self.allowed_by)
        return await open_socket(addresses)

    def _proxy(self, url: str, host: str) -> Proxy | None:
        """Return the proxy that leads to a host. Raises Unreachable, without its password."""
        if self.proxy is True:
            return None if is_loopback(host) else _proxy_of_environment(url)
        return None if self.proxy is None else parse_proxy(self.proxy)


async def _link(url: str, headers: Headers, **options: Any) -> ClientLink:  # noqa: ANN401 - as the library takes them
    connecting = _Connect(
        url, additional_headers=headers, open_timeout=None, max_size=MAX_SERVER_FRAME, **options, **BOTH_ENDS
    )
    return ClientLink(await connecting)


class _Connect(connect):
    """Follows no redirect: it talks to the server that the user named, and to no other."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def _by_proxy(proxy: Proxy) -> dict[str, Any]:
    """Return the options by which the library uses a proxy: by an address of it that answers, not by its name."""
    with await open_socket(await look_up(proxy.host, proxy.port)) as probe:
        address = probe.getpeername()[0]
    secret = "" if proxy.username is None else f"{quote(proxy.username, '')}:{quote(proxy.password or '', '')}@"
    options = {"proxy": f"{proxy.scheme}://{secret}{host_and_port(address, proxy.port)}"}
    return options | ({"proxy_server_hostname": proxy.host} if proxy.scheme == "https" else {})


def _proxy_of_environment(url: str) -> Proxy | None:
    try:
        named = get_proxy(parse_uri(url))  # which is one: `_address` has looked
        return None if named is None else parse_proxy(named)
    except (ValueError, WebSocketException):
        msg = Phrase("the proxy that the environment names (as https_proxy does) is not a proxy's address")
        raise Unreachable(msg, field="server") from None


def _not_encrypted(where: str, allowed_by: str) -> Unreachable:
    msg = Phrase(
        "ws:// to another machine ({where}) is not encrypted: use wss://, or allow it with {option}",
        where=where,
        option=allowed_by,
    )
    return Unreachable(msg, field="url")


def _address(url: str) -> tuple[str, int, bool]:
    """Return the host, the port, and whether it is encrypted; raise Unreachable for what is no address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if _UNPRINTED.search(url.strip()) or port == 0:
            host = ""
        elif host:
            host.encode("idna")
            quote(parts.path + parts.query)
    except ValueError:
        host, port = "", None
        parts = urlsplit("")
    if "@" in _PATH.split(url.partition("://")[2] or url)[0]:
        msg = Phrase("a server's address has no user name or password in it")
        raise Unreachable(msg, field="url")
    if parts.scheme not in {"ws", "wss"} or not host or parts.fragment:
        msg = Phrase("{url} is not a server's address: it looks like ws://HOST:PORT or wss://HOST:PORT", url=repr(url))
        raise Unreachable(msg, field="url")
    is_secure = parts.scheme == "wss"
    return host, port or (443 if is_secure else 80), is_secure


_NOT_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG", "HTTP_REQUEST")
"""What OpenSSL calls an answer that is no TLS at all, in one version or another."""


def _cause(error: Exception, *, is_secure: bool) -> Phrase:
    """Say in a few words why a server cannot be reached."""
    match error:
        case TimeoutError():
            slow: object = error.args[0] if error.args else None
            return (
                slow if isinstance(slow, Phrase) else Phrase("no answer within {seconds} s", seconds=f"{_OPEN_TIMEOUT}")
            )
        case ssl.SSLError():
            return _cause_in_tls(error)
        case socket.gaierror():
            return _plain(str(error.strerror).lower())
        case InvalidStatus():
            status = f"{error.response.status_code}"
            return Phrase("it answers with HTTP status {status} and not as a chat server", status=status)
        case InvalidProxyStatus():
            return Phrase("the proxy refuses with HTTP status {status}", status=f"{error.response.status_code}")
        case ProxyError():
            return Phrase("the proxy does not answer as one")
        case OSError():
            return _cause_in_system(error, is_secure=is_secure)
        case WebSocketException():
            return Phrase("it does not answer as a chat server")
        case _:  # of errors there may always be others
            return _plain(str(error))


def _cause_in_tls(error: ssl.SSLError) -> Phrase:
    if isinstance(error, WrongPin):
        return Phrase("it has another certificate than the pinned one: {pin}", pin=error.shown)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Phrase("its certificate is not to be trusted ({reason})", reason=error.verify_message)
    if error.reason in _NOT_TLS:
        return Phrase("it answers without encryption: perhaps its address begins with ws://")
    reason = (error.reason or "TLS error").lower().replace("_", " ")
    return Phrase("no encrypted connection can be made ({reason})", reason=reason)


def _cause_in_system(error: OSError, *, is_secure: bool) -> Phrase:
    # A host with several addresses has an error for each, put together into one text.
    numbers = dict.fromkeys(re.findall(r"\[Errno (\d+)\]", str(error)))
    texts = [_plain(os.strerror(int(number)).lower()) for number in numbers]
    if texts:
        return texts[-1]
    if is_secure:  # as a server does that expects no encryption
        return Phrase("it ended the connection: perhaps its address begins with ws://")
    return Phrase("it ended the connection")


def _plain(text: str) -> Phrase:
    """Return a text of others as a phrase: the words of the operating system are in the catalogue, too."""
    return Phrase(text.replace("{", "{{").replace("}", "}}"))


def _is_lasting(error: Exception) -> bool:
    """Return whether another try would end alike: somebody answers, and is no chat server or lets nobody in."""
    match error:
        case InvalidStatus() | InvalidProxyStatus():
            return error.response.status_code < 500 and error.response.status_code not in _PASSING  # noqa: PLR2004
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError() | ssl.SSLSyscallError():
            return False
        case InvalidMessage():
            return not isinstance(error.__cause__, EOFError)  # it ended the connection: it may be starting or ending
        case OSError():
            return isinstance(error, ssl.SSLError)
        case _:  # somebody has answered, with what no chat server says
            return True
