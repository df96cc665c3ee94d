"""The server's certificate."""

from __future__ import annotations

import ssl


def server_tls(certificate: str, key: str) -> ssl.SSLContext:
    """Make what encrypts connections from two PEM files. Raises OSError (of which ssl.SSLError is one)."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    # A key with a password would otherwise make OpenSSL ask for it on the terminal.
    context.load_cert_chain(certificate, key, password="")
    return context
