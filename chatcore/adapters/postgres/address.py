"""The address of a database: what it may say, and what is added for the connections to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, urlsplit

import attrs

from ...domain.addresses import NOT_IN_ADDRESSES, has_password, is_loopback, is_postgres
from ...errors import StorageError

SETTINGS = {
    "application_name": "chatcore",
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    # A server that freezes in the middle of a commit must not hold up the others.
    "idle_in_transaction_session_timeout": "2000",
    "statement_timeout": "10000",
    # Each statement names a few rows and has an index for them. A plan is made while the tables may still be empty, and
    # kept: none that reads a table whole, or puts two together as wholes, may be chosen then.
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}
"""What each connection begins with."""


@attrs.frozen
class Address:
    """Where a database is, as `postgresql://role@host:port/database`; a schema of it with `?search_path=NAME`.

    Raises StorageError where it cannot be one, or has a password in it.
    """

    url: str = attrs.field()
    password: str | None = attrs.field(default=None, repr=False)

    @url.validator
    def _check(self, _: attrs.Attribute[str], url: str) -> None:
        if not is_postgres(url):
            msg = "the address of a database begins with postgresql://"
            raise StorageError(msg)
        try:
            _parts(url)
        except ValueError:
            # Not with the words of the error: what stands in the wrong place may be a password.
            msg = "this is not an address of a database, as postgresql://role@host:port/database"
            raise StorageError(msg) from None
        if has_password(url):
            raise StorageError(NOT_IN_ADDRESSES)

    @property
    def hosts(self) -> Sequence[str]:
        """The names of machines in it; none where it leads to a socket that is a file."""
        parts, query = _parts(self.url)
        named = query.get("host", [parts.hostname or ""])[0].split(",")
        return [host for host in named if host and not host.startswith("/")]

    @property
    def options(self) -> dict[str, object]:
        """What the driver is told beside the address."""
        options: dict[str, object] = {"server_settings": SETTINGS, "target_session_attrs": "read-write"}
        if self.password is not None:
            options["password"] = self.password
        parts, query = _parts(self.url)
        host = query.get("host", [parts.hostname or ""])[0]
        if "sslmode" not in query and host and not host.startswith("/") and not is_loopback(host):
            options["ssl"] = "require"
        return options


def read_password(path: Path) -> str:
    """Return the first line of a file. Raises StorageError where there is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        msg = f"cannot read the password in {path}: {(error.strerror or str(error)).lower()}"
        raise StorageError(msg) from error
    except ValueError as error:
        msg = f"the password in {path} is not UTF-8"
        raise StorageError(msg) from error
    if not lines or not lines[0]:
        msg = f"there is no password in {path}"
        raise StorageError(msg)
    return lines[0]


def _parts(url: str) -> tuple[SplitResult, dict[str, list[str]]]:
    parts = urlsplit(url)
    _ = parts.port  # raises ValueError where it is none
    return parts, parse_qs(parts.query, strict_parsing=bool(parts.query))
