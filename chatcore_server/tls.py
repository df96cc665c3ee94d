"""The server's certificate: what encrypts connections, and what clients are shown of it."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

import attrs

from chatcore.domain.pins import pin_of

_NO_CHECK_TIME = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME."""


def server_tls(certificate: str, key: str) -> ssl.SSLContext:
    """Make what encrypts connections from two PEM files. Raises OSError (of which ssl.SSLError is one)."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    # Where Python was built to have what the system's OpenSSL has, that may be less.
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # A key with a password would otherwise make OpenSSL ask for it on the terminal.
    context.load_cert_chain(certificate, key, password="")
    return context


class Certificate:
    """A certificate and its key in two files, which can be read anew while the server runs."""

    def __init__(self, certificate: str, key: str) -> None:
        """Raises OSError (of which ssl.SSLError is one)."""
        self._certificate, self._key = certificate, key
        self._newest = server_tls(certificate, key)
        self.context: ssl.SSLContext = server_tls(certificate, key)
        "What encrypts connections; each new one gets the certificate that was read last."
        self.context.sni_callback = self._show_newest

    def read_anew(self) -> None:
        """Take what the files have now. Raises OSError, and then nothing is changed."""
        self._newest = server_tls(self._certificate, self._key)

    def _show_newest(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        connection.context = self._newest


@attrs.frozen
class Presented:
    """A certificate as clients are shown it."""

    since: datetime
    until: datetime
    names: tuple[str, ...]
    "Of the hosts that it is for."
    is_self_signed: bool
    pin: str
    "By which a client may know it, whoever has signed it."


def presented(certificate: str, key: str) -> Presented:
    """Show it to a client that trusts it and has no clock.

    Raises ssl.SSLCertVerificationError where no client would take it, OSError as `server_tls` does.
    """
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | _NO_CHECK_TIME
    encrypting = server_tls(certificate, key)
    trusting.load_verify_locations(certificate)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server)
    server = encrypting.wrap_bio(to_server, to_client, server_side=True)
    waiting = [client, server]
    while waiting:
        waiting = [end for end in waiting if not _has_shaken_hands(end)]
    return _presented(client)


def _has_shaken_hands(end: ssl.SSLObject) -> bool:
    try:
        end.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True


def _presented(client: ssl.SSLObject) -> Presented:
    shown = client.getpeercert() or {}
    raw = client.getpeercert(binary_form=True) or b""
    return Presented(
        since=_time(str(shown["notBefore"])),
        until=_time(str(shown["notAfter"])),
        names=tuple(str(pair[1]) for pair in shown.get("subjectAltName", ())),
        is_self_signed=shown["issuer"] == shown["subject"],
        pin=pin_of(raw),
    )


def _time(text: str) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)
