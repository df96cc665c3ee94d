"""Addresses of NATS servers, and the credentials for them."""

from pathlib import Path

import nkeys
import pytest

from chatcore.adapters.nats_address import NatsAddress, read_credentials
from chatcore.errors import StorageError
from tests.certificates import make_certificates
from tests.nats_keys import key, seed_of, trusting


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("nats://127.0.0.1:4333", "nats://127.0.0.1:4333"),
        ("nats://bus.example", "nats://bus.example:4222"),
        ("nats://[::1]:4222/", "nats://[::1]:4222"),
        ("tls://localhost", "nats://localhost:4222"),
    ],
)
def test_an_address_says_which_server_it_is(url: str, server: str) -> None:
    assert NatsAddress(url).server == server


@pytest.mark.parametrize(
    "url",
    [
        *("", "nats://", "nats:", "bus.example:4222", "http://bus.example", "nats://bus.example:x"),
        *("nats://bus.example/name", "nats://bus.example?tls=maybe", "nats://bus.example?other=1", "nats://[::1"),
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(StorageError, match="this is not an address of a NATS server"):
        NatsAddress(url)


@pytest.mark.parametrize("url", ["nats://me:secret@bus.example", "nats://secret@bus.example", "me:secret@bus.example"])
def test_an_address_with_a_secret_in_it_is_refused_without_saying_it(url: str) -> None:
    with pytest.raises(StorageError, match="in a file of its own") as refused:
        NatsAddress(url)

    assert "secret" not in refused.value.message


@pytest.mark.parametrize(
    ("url", "is_encrypted"),
    [
        ("nats://127.0.0.1", False),
        ("nats://localhost:4222", False),
        ("tls://127.0.0.1", True),
        ("nats://10.0.0.1", True),
        ("nats://bus.example", True),
        ("nats://bus.example?tls=off", False),
    ],
)
def test_what_goes_to_another_machine_is_encrypted(url: str, is_encrypted: bool) -> None:
    assert (NatsAddress(url).tls() is not None) == is_encrypted


def test_who_signs_the_certificate_stands_in_the_address(tmp_path: Path) -> None:
    authority = make_certificates(tmp_path).authority(tmp_path / "ca.pem")

    assert NatsAddress(f"nats://127.0.0.1?ca={authority}").tls() is not None
    (tmp_path / "none.pem").write_text("")
    for file in ("none.pem", "missing.pem"):
        with pytest.raises(StorageError, match="cannot use the certificates"):
            NatsAddress(f"nats://127.0.0.1?ca={tmp_path / file}").tls()


@pytest.mark.parametrize(
    ("text", "credentials"),
    [
        ("me:se:cret\nmore\n", {"user": "me", "password": "se:cret"}),
        ("token", {"token": "token"}),
    ],
)
def test_credentials_are_a_name_with_a_password_or_a_token(
    tmp_path: Path, text: str, credentials: dict[str, str]
) -> None:
    (tmp_path / "file").write_text(text)

    assert read_credentials(tmp_path / "file") == credentials


def test_the_seed_of_a_key_is_known_as_one_and_a_wrong_letter_is_told(tmp_path: Path) -> None:
    seed = seed_of(key(nkeys.PREFIX_BYTE_USER))
    (tmp_path / "file").write_text(f"{seed}\n")
    assert read_credentials(tmp_path / "file") == {"nkeys_seed_str": seed}

    (tmp_path / "file").write_text(f"{seed[:30]}{'A' if seed[30] != 'A' else 'B'}{seed[31:]}\n")
    with pytest.raises(StorageError, match="the seed of a key in") as refused:
        read_credentials(tmp_path / "file")
    assert seed[:20] not in refused.value.message


def test_a_creds_file_goes_to_the_driver_whole(tmp_path: Path) -> None:
    creds = trusting()[1]
    (tmp_path / "file").write_text(creds)

    assert str(read_credentials(tmp_path / "file")["user_credentials"]) == creds


@pytest.mark.parametrize("lacks", ["NATS USER JWT", "USER NKEY SEED"])
def test_a_creds_file_that_lacks_a_part_is_refused(tmp_path: Path, lacks: str) -> None:
    lines = trusting()[1].splitlines()
    begin = next(n for n, line in enumerate(lines) if f"BEGIN {lacks}" in line)
    (tmp_path / "file").write_text("\n".join(lines[:begin] + lines[begin + 2 :]))
    with pytest.raises(StorageError, match=f"it lacks what stands after BEGIN {lacks}"):
        read_credentials(tmp_path / "file")

    (tmp_path / "file").write_text("\n".join(lines[: begin + 1]))
    with pytest.raises(StorageError, match="it lacks what stands after BEGIN"):
        read_credentials(tmp_path / "file")


@pytest.mark.parametrize("data", [b"", b"\nme:secret", b"  \n", b"\xff\xfe"])
def test_a_file_without_credentials_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file").write_bytes(data)

    with pytest.raises(StorageError, match="credentials"):
        read_credentials(tmp_path / "file")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no such file"):
        read_credentials(tmp_path / "file")
