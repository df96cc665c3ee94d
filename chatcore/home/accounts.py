"""What is kept for a user on a server is found by this: the same however address and name are spelt."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from ..domain.addresses import is_loopback, plain_address
from ..domain.ids import UserId


def account_key(server: str, name: str) -> str:
    """Return the key of everything that is kept for a user on a server."""
    address = plain_address(server)
    with suppress(ValueError):  # what is no address stays as it is: the dialer tells
        parts = urlsplit(address)
        if parts.hostname and is_loopback(parts.hostname):
            address = parts._replace(netloc=f"localhost:{parts.port}").geturl()  # it has many names
    return f"{name.strip().casefold()} {address}"


def account_file(folder: Path, kind: str, server: str, name: str) -> Path:
    """Return the file in a folder that keeps something for a user on a server."""
    digest = sha256(account_key(server, name).encode(errors="surrogatepass")).hexdigest()
    return folder / f"{kind}-{digest[:16]}.jsonl"


def outbox_path(folder: Path, server: str, name: str) -> Path:
    """Return the file that keeps what they have not sent yet."""
    return account_file(folder, "outbox", server, name)


def cache_path(folder: Path, server: str, user: UserId) -> Path:
    """Return the file that keeps what is known of their chats."""
    return account_file(folder, "cache", server, f"#{user}")  # no name has the sign


def drafts_path(folder: Path, server: str, user: UserId) -> Path:
    """Return the file that keeps what they have not finished writing."""
    return account_file(folder, "drafts", server, f"#{user}")


def drafts_path_by_name(folder: Path, server: str, name: str) -> Path:
    """Return the file that kept it while users were told apart by their names, which others may have by now."""
    return account_file(folder, "drafts", server, name)
