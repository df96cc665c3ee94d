"""A browser's or program's handshake, as an ASGI server tells of it: who asks, from which page, with which cookies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
from http.cookies import SimpleCookie
from ipaddress import ip_network
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import attrs

from ..domain.addresses import Network, behind_proxies, is_in
from .asgi import address_of

_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


@attrs.frozen
class Handshake:
    """What is known of who wants to come in, before they are let in."""

    cookies: Mapping[str, str] = attrs.field(repr=False)
    headers: Mapping[str, str] = attrs.field(repr=False)
    "By their names in lower case; several with one name as one, with commas."
    query: Mapping[str, str] = attrs.field(repr=False)
    "What stands behind the ? of the address; of several with one name the last."
    client: str
    "The IP address of who asks: of the first one in front of the trusted proxies. Empty where it is not known."


def handshake_of(scope: MutableMapping[str, Any], proxies: Sequence[Network]) -> Handshake:
    """Return what a scope says; what X-Forwarded-For and X-Forwarded-Host say counts from `proxies` alone."""
    headers = _headers(scope["headers"])
    peer = address_of(scope.get("client"))
    if is_in(peer, proxies):
        peer = behind_proxies(peer, headers.get("x-forwarded-for", ""), proxies)
        forwarded_host = headers.get("x-forwarded-host", "").rpartition(",")[2].strip()
        headers |= {"host": forwarded_host} if forwarded_host else {}
    query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True))
    return Handshake(_cookies(headers.get("cookie", "")), headers, query, peer)


def networks(proxies: Collection[str]) -> tuple[Network, ...]:
    """Return networks ("10.0.0.0/8") or single addresses. Raises TypeError and ValueError for what are none."""
    if isinstance(proxies, str):
        msg = f"proxies is a list of networks, not {proxies!r:.60}"
        raise TypeError(msg)
    return tuple(ip_network(each) for each in proxies)


def may_come(handshake: Handshake, allowed: frozenset[str] | None) -> bool:
    """Return whether a handshake may come: browsers always say of which page it is. None is the same host's pages."""
    origin = handshake.headers.get("origin")
    if origin is None:
        return True
    if allowed is not None:
        return normal(origin) in allowed
    return bool(origin_host := _host(origin)) and origin_host == _host(f"//{handshake.headers.get('host', '')}")


def normal(origin: str) -> str:
    """Return an origin as it is compared: in lower case, without a default port or a slash at the end."""
    try:
        parts = urlsplit(origin.strip().lower())
        port = parts.port
    except ValueError:
        return origin
    default = port is None or port == _DEFAULT_PORTS.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname or ''}{'' if default else f':{port}'}"


def _host(address: str) -> tuple[str, int | None] | None:
    """Return host and port; both default ports are none, since a proxy may have ended TLS. None for what is no host."""
    try:
        parts = urlsplit(address.strip().lower())
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname:
        return None
    return parts.hostname, None if port in {80, 443} else port


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in pairs:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        between = "; " if key == "cookie" else ", "  # HTTP/2 may split cookies, RFC 9113 section 8.2.3
        headers[key] = f"{headers[key]}{between}{text}" if key in headers else text
    return headers


def _cookies(header: str) -> dict[str, str]:
    """Return the cookies that a browser sends; one that no server has set as it stands spoils no other."""
    cookies: dict[str, str] = {}
    for part in header.split(";"):
        name, found, value = part.strip().partition("=")
        if found and name.strip() not in cookies:  # the first is that of the longest path, RFC 6265 section 5.4
            cookies[name.strip()] = SimpleCookie().value_decode(value.strip())[0]
    return cookies
