"""The address of a NATS server: what it may say, and how a connection to it is made."""

from __future__ import annotations

import ssl
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, urlsplit

import attrs

from ..domain.addresses import NOT_IN_ADDRESSES, has_password, host_and_port, is_loopback
from ..errors import StorageError

PORT = 4222
"""Where NATS listens unless the address says otherwise."""

_SETTINGS = {"tls", "ca"}


@attrs.frozen
class NatsAddress:
    """Where a NATS server is, as `nats://host:port`; `?ca=FILE` names who signs its certificate.

    What goes to another machine is encrypted; `?tls=off` is for a network that is private by other means. Raises
    StorageError where it cannot be an address, or has a name, a password or a token in it.
    """

    url: str = attrs.field()

    @url.validator
    def _check(self, _: attrs.Attribute[str], url: str) -> None:
        if has_password(url) or "@" in url:
            raise StorageError(NOT_IN_ADDRESSES)
        if not _is_address(url):
            msg = "this is not an address of a NATS server, as nats://host:port"
            raise StorageError(msg)

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine."""
        return is_loopback(urlsplit(self.url).hostname or "")

    @property
    def server(self) -> str:
        """What the driver is told."""
        parts = urlsplit(self.url)
        return f"nats://{host_and_port(parts.hostname or '', parts.port or PORT)}"

    def tls(self) -> ssl.SSLContext | None:
        """Return how it is encrypted, None where it is not. Raises StorageError where the file of `ca` is none."""
        parts, query = _parts(self.url)
        if query.get("tls") == ["off"] or (self.is_here and parts.scheme == "nats" and not query):
            return None
        file = query.get("ca", [None])[0]
        try:
            return ssl.create_default_context(cafile=file)
        except OSError as error:
            msg = f"cannot use the certificates in {file}: they are not in PEM form, or cannot be read"
            raise StorageError(msg) from error


def read_credentials(path: Path) -> dict[str, str]:
    """Return what the driver is told of the first line of a file: `name:password`, or a token.

    Raises StorageError where there is none.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        msg = f"cannot read the credentials in {path}: {(error.strerror or str(error)).lower()}"
        raise StorageError(msg) from error
    except ValueError as error:
        msg = f"the credentials in {path} are not UTF-8"
        raise StorageError(msg) from error
    if not lines or not lines[0].strip():
        msg = f"there are no credentials in {path}: NAME:PASSWORD or a token in its first line"
        raise StorageError(msg)
    name, colon, password = lines[0].partition(":")
    return {"user": name, "password": password} if colon else {"token": name}


def _is_address(url: str) -> bool:
    try:
        parts, query = _parts(url)
    except ValueError:
        return False
    is_place = parts.scheme in {"nats", "tls"} and bool(parts.hostname) and parts.path in {"", "/"}
    return is_place and _SETTINGS.issuperset(query) and query.get("tls", ["on"]) in (["on"], ["off"])


def _parts(url: str) -> tuple[SplitResult, dict[str, list[str]]]:
    parts = urlsplit(url)
    _ = parts.port  # raises ValueError where it is none
    return parts, parse_qs(parts.query, strict_parsing=bool(parts.query))
