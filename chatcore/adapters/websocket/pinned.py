"""Servers whose certificate nobody has signed: they are known by its fingerprint, instead of by an authority."""

from __future__ import annotations

import hmac
import ssl

from ...domain.pins import pin_of


def pinned_tls(pin: str) -> ssl.SSLContext:
    """Make what takes the server with this certificate, whatever it is called, and no other."""
    context = _Pinned(ssl.PROTOCOL_TLS_CLIENT)
    context.pin = pin
    context.check_hostname = False
    # By no authority: each handshake compares the certificate itself, and ends where it is another one.
    context.verify_mode = ssl.CERT_NONE
    context.sslobject_class = _Handshake
    return context


class _Pinned(ssl.SSLContext):
    pin: str


class _Handshake(ssl.SSLObject):
    def do_handshake(self) -> None:
        super().do_handshake()
        shown = pin_of(self.getpeercert(binary_form=True) or b"")
        wanted = self.context.pin if isinstance(self.context, _Pinned) else ""
        if not hmac.compare_digest(shown, wanted):
            raise WrongPin(shown)


class WrongPin(ssl.SSLCertVerificationError):
    """The server has another certificate than the pinned one."""

    def __init__(self, shown: str) -> None:
        super().__init__(f"another certificate than the pinned one: {shown}")
        self.shown = shown
