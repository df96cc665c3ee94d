"""Certificates made on the spot for tests of encrypted connections."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import attrs
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


@attrs.frozen
class Certificates:
    certificate: Path
    key: Path
    _authority: trustme.CA

    def for_server(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        return context

    def authority(self, file: Path) -> Path:
        """Write into a file who has signed it."""
        self._authority.cert_pem.write_to_path(str(file))
        return file

    def for_client(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self._authority.configure_trust(context)
        return context


def make_certificates(folder: Path, *, until: datetime | None = None) -> Certificates:
    """Make an authority and a certificate of it for this machine, which ends then."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost", not_after=until)
    certificate, key = folder / "cert.pem", folder / "key.pem"
    for blob in issued.cert_chain_pems:
        blob.write_to_path(str(certificate), append=True)
    issued.private_key_pem.write_to_path(str(key))
    key.chmod(0o600)
    return Certificates(certificate, key, authority)


def make_self_signed(folder: Path) -> Certificates:
    """Make a certificate of this machine that no authority has signed; `for_client` trusts another one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "chat.example")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "self.pem", folder / "self-key.pem"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    private.chmod(0o600)
    return Certificates(certificate, private, trustme.CA())
