"""What encrypts the server's connections: how new it must be, and a certificate that is renewed."""

import hashlib
import os
import shutil
import signal
import ssl
import warnings
from pathlib import Path

import pytest

import chatcore
from chatcore.testing.server_process import ServerProcess
from chatcore_server.tls import Certificate, presented, server_tls
from tests.certificates import Certificates, make_certificates, make_self_signed
from tests.waiting import until

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no such signal")


def shaken_hands(client: ssl.SSLContext, server: ssl.SSLContext, name: str | None = None) -> ssl.SSLObject:
    """Return the client's end after the two have agreed. Raises ssl.SSLError."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    of_client = client.wrap_bio(to_client, to_server, server_hostname=name)
    waiting = [of_client, server.wrap_bio(to_server, to_client, server_side=True)]
    while waiting:
        waiting = [end for end in waiting if not _is_done(end)]
    return of_client


def _is_done(end: ssl.SSLObject) -> bool:
    try:
        end.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True


def aged(context: ssl.SSLContext, oldest: ssl.TLSVersion, newest: ssl.TLSVersion) -> ssl.SSLContext:
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        context.minimum_version, context.maximum_version = oldest, newest
    return context


def test_a_client_that_knows_only_tls_1_1_is_refused_and_one_with_1_2_let_in(tmp_path: Path) -> None:
    made = make_certificates(tmp_path)
    old = aged(ssl.create_default_context(), ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
    recent = aged(ssl.create_default_context(), ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2)
    lax = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    lax.load_cert_chain(made.certificate, made.key)
    aged(lax, ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_3)
    strict = Certificate(str(made.certificate), str(made.key)).context

    assert shaken_hands(old, lax).version() == "TLSv1.1"  # so it is the server that refuses it
    with pytest.raises(ssl.SSLError, match=r"(?i)unsupported.protocol|alert.protocol.version"):
        shaken_hands(old, strict)
    assert shaken_hands(recent, strict).version() == "TLSv1.2"
    assert server_tls(str(made.certificate), str(made.key)).minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("name", ["localhost", None])
def test_a_certificate_that_is_read_anew_is_shown_to_those_who_come_then(tmp_path: Path, name: str | None) -> None:
    made, other = make_certificates(tmp_path), make_self_signed(tmp_path)
    certificate = Certificate(str(made.certificate), str(made.key))
    former, newer = fingerprint_of(certificate, name), presented(str(other.certificate), str(other.key)).pin

    shutil.copy(other.certificate, made.certificate)
    with pytest.raises(ssl.SSLError):
        certificate.read_anew()  # its key is still the former one
    assert fingerprint_of(certificate, name) == former
    shutil.copy(other.key, made.key)
    certificate.read_anew()

    assert fingerprint_of(certificate, name) == newer


def fingerprint_of(certificate: Certificate, name: str | None) -> str:
    anybody = ssl.create_default_context()
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    shown = shaken_hands(anybody, certificate.context, name).getpeercert(binary_form=True)
    return f"sha256:{hashlib.sha256(shown or b'').hexdigest()}"


async def is_taken(server: ServerProcess, made: Certificates) -> bool:
    """Return whether somebody who trusts an authority gets in."""
    try:
        async with chatcore.connect(server.url, token="t" * 43, tls=made.for_client()):
            return True
    except chatcore.LoggedOut:
        return True
    except chatcore.Unreachable:
        return False


async def test_a_renewed_certificate_is_taken_at_a_hang_up_and_nobody_is_cut(tmp_path: Path) -> None:
    for folder in ("live", "next"):
        (tmp_path / folder).mkdir()
    live, renewed = make_certificates(tmp_path / "live"), make_certificates(tmp_path / "next")
    options = ("--tls-cert", str(live.certificate), "--tls-key", str(live.key))
    async with ServerProcess(tmp_path / "chat.db", *options) as server:
        async with chatcore.connect(server.url, tls=live.for_client()) as alice:
            await alice.register("alice", "correct horse battery")

            live.certificate.write_text("no certificate at all")
            server.send(signal.SIGHUP)
            await until(lambda: "the one that was read before stays" in server.log)
            assert await is_taken(server, live)

            shutil.copy(renewed.certificate, live.certificate)
            shutil.copy(renewed.key, live.key)
            server.send(signal.SIGHUP)
            await until(lambda: "is read anew" in server.log)

            assert await is_taken(server, renewed)
            assert not await is_taken(server, live)
            assert (await alice.post(chatcore.GENERAL, "still here")).seq == 1
        assert server.log.count("the one that was read before stays") == 1


async def test_a_hang_up_without_a_certificate_changes_nothing(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db") as server:
        server.send(signal.SIGHUP)

        await until(lambda: "SIGHUP changes nothing" in server.log)
        os.kill(server.pid, 0)
