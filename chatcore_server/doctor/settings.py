"""What in the settings lets others read along, or is for tests only."""

from __future__ import annotations

from collections.abc import Iterator

from chatcore.domain.addresses import is_loopback

from ..config import Config
from .findings import Finding, ok, warning


def settings(config: Config) -> Iterator[Finding]:
    """Look at settings that are right as such."""
    if config.tls_cert is not None:
        yield ok("encryption", "clients come by wss://")
    elif is_loopback(config.host):
        yield ok("encryption", f"none, and only this machine reaches {config.host}")
    else:
        told = f"passwords and messages travel readable to {config.host} (--allow-plaintext)"
        advice = "name a certificate, unless a proxy encrypts and nobody else reaches the port"
        yield warning("encryption", told, advice)
    if config.password_cost == "low":  # noqa: S105 - how slowly one is hashed
        yield warning("passwords", "they are hashed cheaply (--password-cost low)", "take it away: it is for tests")
    if config.throttling == "off":
        yield warning(
            "throttles", "whoever guesses passwords is not slowed (--throttling off)", "take it away: it is for tests"
        )
