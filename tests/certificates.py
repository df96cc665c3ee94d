"""Certificates made on the spot for tests of encrypted connections."""

import ssl
from pathlib import Path

import attrs
import trustme


@attrs.frozen
class Certificates:
    certificate: Path
    key: Path
    _authority: trustme.CA

    def for_server(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        return context

    def for_client(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self._authority.configure_trust(context)
        return context


def make_certificates(folder: Path) -> Certificates:
    """Make an authority and a certificate of it for this machine."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    for blob in issued.cert_chain_pems:
        blob.write_to_path(str(certificate), append=True)
    issued.private_key_pem.write_to_path(str(key))
    return Certificates(certificate, key, authority)
