"""What in the settings lets others read along, or is for tests only."""

from __future__ import annotations

from collections.abc import Iterator

from chatcore.domain.addresses import is_loopback

from ..config import Config
from .findings import Finding, ok, warning


def _on_this_machine(unix: str | None) -> str:
    if unix is not None:
        return f"its other users cannot listen at {unix}, and clients that know it are safe from them"
    return "where others use it too, --unix PATH keeps them from taking the port first and getting passwords"


def settings(config: Config) -> Iterator[Finding]:
    """Look at settings that are right as such."""
    if config.tls_cert is not None:
        yield ok("encryption", "clients come by wss://")
    elif is_loopback(config.host):
        yield ok("encryption", f"none, and only this machine reaches {config.host}; {_on_this_machine(config.unix)}")
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
