"""The address of a NATS server: what it may say, and how a connection to it is made."""

from __future__ import annotations

import re
import ssl
from base64 import b32decode
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, urlsplit

import attrs
from nats.aio.client import RawCredentials
from nkeys import crc16_checksum

from ..domain.addresses import NOT_IN_ADDRESSES, has_password, host_and_port, is_loopback
from ..errors import StorageError

PORT = 4222
"""Where NATS listens unless the address says otherwise."""

_SETTINGS = {"tls", "ca"}

_BEGIN, _BEGIN_JWT, _BEGIN_SEED = "-----BEGIN ", "BEGIN NATS USER JWT", "BEGIN USER NKEY SEED"
_is_seed = re.compile(r"SU[A-Z2-7]{56}").fullmatch


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
    def host(self) -> str:
        """The name or address of its machine."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine."""
        return is_loopback(self.host)

    @property
    def server(self) -> str:
        """What the driver is told."""
        parts = urlsplit(self.url)
        return f"nats://{host_and_port(self.host, parts.port or PORT)}"

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


def read_credentials(path: Path) -> dict[str, object]:
    """Return what the driver is told of a file: `name:password`, a token or the seed of a key in its first line.

    Or it is one of those `.creds` files that NATS's own tools write. Raises StorageError where there is none of these.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        msg = f"cannot read the credentials in {path}: {(error.strerror or str(error)).lower()}"
        raise StorageError(msg) from error
    except ValueError as error:
        msg = f"the credentials in {path} are not UTF-8"
        raise StorageError(msg) from error
    if any(_BEGIN in line for line in lines):
        _check_seed(path, _after(path, lines, _BEGIN_SEED))
        _after(path, lines, _BEGIN_JWT)
        return {"user_credentials": RawCredentials("\n".join([*lines, ""]))}
    if not lines or not lines[0].strip():
        msg = f"there are no credentials in {path}: NAME:PASSWORD, a token or a seed in its first line, or .creds"
        raise StorageError(msg)
    if _is_seed(lines[0]):
        _check_seed(path, lines[0])
        return {"nkeys_seed_str": lines[0]}
    name, colon, password = lines[0].partition(":")
    return {"user": name, "password": password} if colon else {"token": name}


def _after(path: Path, lines: Sequence[str], head: str) -> str:
    """Return the line that follows one. Raises StorageError where there is none."""
    found = [after.strip() for before, after in pairwise(lines) if head in before]
    if not found or not found[0]:
        msg = f"{path} is no .creds file: it lacks what stands after {head}"
        raise StorageError(msg)
    return found[0]


def _check_seed(path: Path, seed: str) -> None:
    data = b32decode(f"{seed}======") if _is_seed(seed) else b""
    if crc16_checksum(data[:-2]) != data[-2:]:
        msg = f"the seed of a key in {path} is none: it was changed, or a part is missing"
        raise StorageError(msg)


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
