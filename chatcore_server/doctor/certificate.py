"""Whether the certificate will do for clients, and for how long."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from ..tls import Presented, presented
from .files import secret_file
from .findings import Finding, fault, ok, warning

SOON = timedelta(days=14)
"""Before the end of a certificate: those that are renewed by a program are renewed earlier."""

_TOPIC = "certificate"


def certificate(chain: str, key: str, now: datetime) -> Iterator[Finding]:
    """Look at a certificate and its key as a client would that trusts whoever has signed it."""
    yield from secret_file("key", Path(key))
    try:
        shown = presented(chain, key)
    except ssl.SSLCertVerificationError as error:
        yield fault(_TOPIC, f"no client takes {chain}: {error.verify_message}", "get one for servers (serverAuth)")
    except ssl.SSLError:
        yield fault(
            _TOPIC,
            f"{chain} and {key} are not a certificate and its key in PEM form, or the key has a password",
            "name a certificate and the key that belongs to it",
        )
    except OSError as error:
        yield fault(
            _TOPIC, f"{chain} and {key} cannot be read: {(error.strerror or '').lower()}", "name files that are there"
        )
    else:
        yield _in_time(chain, shown, now)


def _in_time(chain: str, shown: Presented, now: datetime) -> Finding:
    until = f"{shown.until:%Y-%m-%d %H:%M} UTC"
    renew = "renew it, then send the server SIGHUP (systemctl reload)"
    if shown.since > now:
        return fault(_TOPIC, f"{chain} holds only from {shown.since:%Y-%m-%d %H:%M} UTC on", "set the clock, or wait")
    if shown.until <= now:
        return fault(_TOPIC, f"{chain} has expired on {until}", renew)
    if shown.until - now < SOON:
        return warning(_TOPIC, f"{chain} expires on {until}", renew)
    names = f", for {', '.join(shown.names)}" if shown.names else ""
    pin = f"; signed by itself, so clients need --pin {shown.pin}" if shown.is_self_signed else ""
    return ok(_TOPIC, f"{chain} holds until {until}{names}{pin}")
