"""Servers that are known by the fingerprint of their certificate."""

import asyncio
from pathlib import Path

import pytest

import chatcore
from chatcore.adapters.websocket import WebSocketDialer, pinned_tls
from chatcore.errors import Unreachable
from chatcore.home.entry import Entry
from chatcore.home.profiles import Profile, Profiles
from chatcore.testing.server_process import ServerProcess
from chatcore_server.tls import presented
from tests.certificates import Certificates, make_certificates, make_self_signed
from tests.websocket_door import Door

OTHER = f"sha256:{'0' * 64}"


@pytest.fixture
def made(tmp_path: Path) -> Certificates:
    return make_self_signed(tmp_path)


def pin(made: Certificates) -> str:
    return presented(str(made.certificate), str(made.key)).pin


async def test_a_certificate_that_nobody_has_signed_is_taken_by_its_pin_whatever_it_is_for(made: Certificates) -> None:
    async with Door(tls=made.for_server()) as door:
        link = await WebSocketDialer(tls=pinned_tls(pin(made))).dial(door.url)
        link.abort()
        with pytest.raises(Unreachable, match="its certificate is not to be trusted"):
            await WebSocketDialer().dial(door.url)


async def test_another_certificate_is_refused_and_told_before_anything_is_said(made: Certificates) -> None:
    heard = list[bytes]()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.close()

    async with await asyncio.start_server(meet, "127.0.0.1", 0, ssl=made.for_server()) as server:
        url = f"wss://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(Unreachable) as caught:
            await WebSocketDialer(tls=pinned_tls(OTHER)).dial(url)
        server.close()

    assert str(caught.value).endswith(f": it has another certificate than the pinned one: {pin(made)}")
    assert caught.value.field == "server"  # another try would end alike
    assert b"".join(heard) == b""


async def test_a_certificate_that_an_authority_has_signed_needs_the_right_pin_too(tmp_path: Path) -> None:
    made = make_certificates(tmp_path)
    async with Door(tls=made.for_server()) as door:
        with pytest.raises(Unreachable, match="another certificate than the pinned one"):
            await WebSocketDialer(tls=pinned_tls(OTHER)).dial(door.url)


async def test_programs_connect_with_a_pin(made: Certificates, tmp_path: Path) -> None:
    options = ("--tls-cert", str(made.certificate), "--tls-key", str(made.key))
    async with (
        ServerProcess(tmp_path / "chat.db", *options) as server,
        chatcore.connect(server.url, pin=pin(made).upper()) as alice,
    ):
        await alice.register("alice", "correct horse battery")
        assert (await alice.post(chatcore.GENERAL, "hello")).seq == 1


def test_a_pin_is_one_and_stands_alone() -> None:
    with pytest.raises(ValueError, match="a pin is sha256:"):
        chatcore.connect("wss://chat.example", pin="any")
    with pytest.raises(TypeError, match="one of them is given"):
        chatcore.connect("wss://chat.example", pin=OTHER, tls="authorities.pem")


async def test_a_pin_that_was_given_once_is_kept_for_its_server_alone(made: Certificates, tmp_path: Path) -> None:
    folder = tmp_path / "home"
    async with Door(tls=made.for_server()) as door:
        first = Entry(pin=pin(made), config=lambda: folder, state=lambda: folder)
        assert first.remember(Profile(door.url, "alice")) == ""
        later = Entry(config=lambda: folder, state=lambda: folder)

        assert later._tls(door.url) is not None
        assert later._tls("wss://another.example") is None
        assert later.remember(Profile(door.url, "bob", "token")) == ""  # which leaves it as it is
        assert Profiles(folder / "profiles.json").pin(f"{door.url}/") == pin(made)
