"""The bus through NATS keeps the port's promises, within a server and between servers."""

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import nats
import nkeys
import pytest

from chatcore.adapters.nats_bus import MAX_PAYLOAD, SHARDS, NatsBus, packed, subject_of
from chatcore.domain.conversations import GENERAL
from chatcore.domain.events import MessagePosted, SessionEnded
from chatcore.domain.hosts import HostPresence
from chatcore.domain.ids import ClientId, UserId
from chatcore.domain.messages import MAX_TEXT, Message
from chatcore.errors import StorageError
from chatcore.ports.bus import Hint
from chatcore.testing.contracts.bus import CHANGED, ENDED, HINTS, LAST, POSTED, READ, BusContract, Ear
from chatcore.testing.contracts.storage_base import ALICE, ALICE_BOB, NOON
from chatcore.wire.hints import encode
from tests.adapters.across import Across
from tests.certificates import make_certificates
from tests.nats import NatsServer, nats_server
from tests.nats_keys import key, name_of, seed_of, trusting
from tests.slow_names import slow_names
from tests.waiting import until

HERE = "test"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    with nats_server(tmp_path_factory.mktemp("nats")) as server:
        yield server


@pytest.fixture
def own(tmp_path: Path) -> Iterator[NatsServer]:
    with nats_server(tmp_path) as server:
        yield server


class TestNatsBus(BusContract):
    @pytest.fixture
    async def bus(self, server: NatsServer) -> AsyncIterator[NatsBus]:
        async with NatsBus(server.url, installation="alone") as bus:
            yield bus


class TestNatsBusBetweenServers(BusContract):
    @pytest.fixture
    async def bus(self, server: NatsServer) -> AsyncIterator[Across]:
        url = server.url
        async with NatsBus(url, installation=HERE) as here, NatsBus(url, installation=HERE) as there:
            yield Across(here, there)


async def test_long_hints_and_many_at_once_pass(server: NatsServer) -> None:
    long = MessagePosted(Message(ALICE_BOB, 7, ALICE, ClientId("c"), "🦆" * MAX_TEXT, NOON, 6, 3, 9))
    users = tuple(UserId(f"{n:016x}") for n in range(3_000))
    hints: list[Hint] = [long, HostPresence("host", 1, users), *[long] * 20]
    async with NatsBus(server.url, installation=HERE) as here, NatsBus(server.url, installation=HERE) as there:
        ear = Ear(here)

        there.publish([*hints, LAST], object())

        assert await ear.until_the_last() == hints


async def test_what_a_server_passes_on_it_does_not_tell_its_own_once_more(server: NatsServer) -> None:
    async with NatsBus(server.url, installation=HERE) as here, NatsBus(server.url, installation=HERE) as there:
        own, others = Ear(here), Ear(there)

        here.publish([POSTED], object())
        await until(lambda: others.heard)
        there.publish([LAST], object())

        assert await own.until_the_last() == [POSTED]


async def test_two_installations_on_one_nats_do_not_hear_each_other(server: NatsServer) -> None:
    url = server.url
    async with (
        NatsBus(url, installation=HERE) as here,
        NatsBus(url, installation=lambda: "other") as stranger,
        NatsBus(url, installation=lambda: HERE) as there,
    ):
        ear = Ear(here)

        stranger.publish([ENDED], object())
        await asyncio.wait([asyncio.ensure_future(Ear(stranger).until_the_last())], timeout=0.2)
        there.publish([LAST], object())

        assert await ear.until_the_last() == []


async def test_a_bus_whose_server_was_killed_works_again_when_it_is_back(
    own: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with NatsBus(own.url, installation=HERE) as here, NatsBus(own.url, installation=HERE) as there:
        ear, calls = Ear(here), list[int]()
        here.subscribe(object(), lambda hints: calls.append(len(hints)))
        own.stop()
        await until(lambda: sum("is cut" in record.message for record in caplog.records) == 2)
        there.publish([ENDED], object())
        own.start()
        await until(lambda: sum("works again" in record.message for record in caplog.records) == 2)
        await until(lambda: calls == [0])  # so what was lost is looked for

        there.publish([POSTED, LAST], object())

        assert await ear.until_the_last() == [POSTED]
    assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) == 4


@pytest.mark.parametrize(
    "forged",
    [
        b"",
        b"\xff\xfe",
        b"{}",
        b"[1]",
        b"null",
        b"[" * 5_000,
        encode(ENDED).replace(b'"session":', b'"token":'),
        b" " * (MAX_PAYLOAD + 1),
    ],
)
async def test_what_is_no_hint_is_dropped_with_one_line_in_the_log(
    server: NatsServer, caplog: pytest.LogCaptureFixture, forged: bytes
) -> None:
    async with NatsBus(server.url, installation=HERE) as here:
        ear = Ear(here)
        stranger = await nats.connect(server.url)
        with caplog.at_level(logging.WARNING):
            for _ in range(10):
                await stranger.publish(f"chatcore.{HERE}.all", forged)
            for subject, payload in packed([LAST]):
                await stranger.publish(f"chatcore.{HERE}.{subject}", payload)
            heard = await ear.until_the_last()
        await stranger.close()

    assert heard == []
    assert sum("is not one of ours" in record.message for record in caplog.records) == 1


# ---- what a server asks for


async def test_a_bus_that_is_not_there_is_told_in_one_sentence() -> None:
    with pytest.raises(StorageError, match=r"cannot use the bus nats://127\.0\.0\.1:1: "):
        async with NatsBus("nats://127.0.0.1:1", installation=HERE):
            pass


USERS = 'authorization { users = [ { user: "chat", password: "secret" } ] }'


STRANGE = {
    "a number": b"INFO 5\r\n",
    "no end": b"A" * 1_000_000,
    "other words": b"INFO [1]\r\n",
    "no text": b"INFO \xff\r\n",
}


@asynccontextmanager
async def another_program(says: bytes, port: int = 0) -> AsyncIterator[int]:
    """Listen with a program that is no NATS server."""

    async def say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(says)
        with suppress(OSError):
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(say, "127.0.0.1", port, reuse_address=True) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("says", STRANGE.values(), ids=STRANGE)
async def test_another_program_in_the_place_of_nats_is_told_in_one_sentence(says: bytes) -> None:
    async with another_program(says) as port:
        with pytest.raises(StorageError, match=f"^cannot use the bus nats://127.0.0.1:{port}: "):
            async with NatsBus(f"nats://127.0.0.1:{port}", installation=HERE):
                pass


async def test_a_bus_works_again_though_another_program_had_its_place_for_a_while(
    own: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with NatsBus(own.url, installation=HERE) as here, NatsBus(own.url, installation=HERE) as there:
        ear = Ear(there)
        own.stop()
        async with another_program(b"INFO 5\r\n", own.port):
            await until(lambda: caplog.text.count("what listens there is no NATS server") == 2)
        own.start()
        await until(lambda: caplog.text.count("works again") == 2)

        here.publish([POSTED, LAST], object())

        assert await ear.until_the_last() == [POSTED]


def test_a_program_ends_though_the_name_of_nats_cannot_be_looked_up(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret")
    opens = f"""
import asyncio
from pathlib import Path
from chatcore.adapters.nats_bus import NatsBus
async def main():
    async with NatsBus("nats://bus.example", installation="x", credentials=Path({str(tmp_path / "token")!r})):
        pass
try:
    asyncio.run(main())
except Exception as error:
    print(error)
"""

    done = subprocess.run(
        [sys.executable, "-c", opens],
        env=os.environ | slow_names(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "cannot use the bus nats://bus.example: its name could not be looked up within 5 s\n"


async def test_credentials_let_in_and_others_are_told_that_they_are_not(tmp_path: Path) -> None:
    (tmp_path / "right").write_text("chat:secret\n")
    (tmp_path / "wrong").write_text("chat:guess\n")
    with nats_server(tmp_path, USERS) as server:
        async with NatsBus(server.url, installation=HERE, credentials=tmp_path / "right") as bus:
            ear = Ear(bus)
            bus.publish([LAST], object())
            assert await ear.until_the_last() == []
        for credentials in (tmp_path / "wrong", None):
            with pytest.raises(StorageError, match="cannot use the bus ") as refused:
                async with NatsBus(server.url, installation=HERE, credentials=credentials):
                    pass
            assert "secret" not in refused.value.message
            assert "guess" not in refused.value.message


async def test_a_token_lets_in(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t0ken")
    with nats_server(tmp_path, 'authorization { token: "t0ken" }') as server:
        async with NatsBus(server.url, installation=HERE, credentials=tmp_path / "token") as bus:
            assert bus.address.is_here


async def test_the_seed_of_a_key_lets_in_and_another_one_does_not(tmp_path: Path) -> None:
    right, wrong = key(nkeys.PREFIX_BYTE_USER), key(nkeys.PREFIX_BYTE_USER)
    for name, pair in (("right", right), ("wrong", wrong)):
        (tmp_path / name).write_text(f"{seed_of(pair)}\n")
    with nats_server(tmp_path, f"authorization {{ users = [ {{ nkey: {name_of(right)} }} ] }}") as server:
        async with NatsBus(server.url, installation=HERE, credentials=tmp_path / "right") as bus:
            ear = Ear(bus)
            bus.publish([LAST], object())
            assert await ear.until_the_last() == []
        with pytest.raises(StorageError, match="cannot use the bus ") as refused:
            async with NatsBus(server.url, installation=HERE, credentials=tmp_path / "wrong"):
                pass
    assert seed_of(wrong) not in refused.value.message


async def test_a_creds_file_lets_in_and_that_of_another_operator_does_not(tmp_path: Path) -> None:
    config, creds = trusting()
    (tmp_path / "right").write_text(creds)
    (tmp_path / "wrong").write_text(trusting()[1])
    with nats_server(tmp_path, config) as server:
        async with NatsBus(server.url, installation=HERE, credentials=tmp_path / "right") as bus:
            ear = Ear(bus)
            bus.publish([LAST], object())
            assert await ear.until_the_last() == []
        with pytest.raises(StorageError, match="cannot use the bus "):
            async with NatsBus(server.url, installation=HERE, credentials=tmp_path / "wrong"):
                pass


async def test_who_may_not_listen_is_told_so_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "right").write_text("chat:secret\n")
    rights = 'authorization { users = [ { user: "chat", password: "secret", permissions: { subscribe: "x" } } ] }'
    with (
        nats_server(tmp_path, rights) as server,
        pytest.raises(StorageError, match=r"cannot use the bus .*[Pp]ermissions"),
    ):
        async with NatsBus(server.url, installation=HERE, credentials=tmp_path / "right"):
            pass


async def test_hints_pass_encrypted_and_a_certificate_of_nobody_known_is_refused(tmp_path: Path) -> None:
    files = make_certificates(tmp_path)
    with nats_server(tmp_path, f'tls {{ cert_file: "{files.certificate}", key_file: "{files.key}" }}') as server:
        async with NatsBus(f"{server.url}?ca={files.authority(tmp_path / 'ca.pem')}", installation=HERE) as bus:
            ear = Ear(bus)
            bus.publish([LAST], object())
            assert await ear.until_the_last() == []
        with pytest.raises(StorageError, match=r"cannot use the bus .*certificate"):
            async with NatsBus(server.url.replace("nats:", "tls:"), installation=HERE):
                pass


def test_another_machine_needs_credentials() -> None:
    with pytest.raises(StorageError, match="it needs credentials"):
        NatsBus("nats://bus.example", installation=HERE)


@pytest.mark.parametrize("name", ["", "a.b", "*", ">", "a b", "x" * 65])
async def test_a_name_of_an_installation_that_could_be_more_than_one_is_refused(server: NatsServer, name: str) -> None:
    with pytest.raises(StorageError, match="the name of an installation"):
        async with NatsBus(server.url, installation=name):
            pass


# ---- what is passed


def test_what_concerns_a_conversation_has_one_subject_and_no_id_stands_in_it() -> None:
    subjects = {subject_of(hint) for hint in (POSTED, READ)}

    assert len(subjects) == 1
    assert 0 <= int(subjects.pop()) < SHARDS
    assert {subject_of(hint) for hint in (ENDED, CHANGED, LAST)} == {"all"}


def test_conversations_are_spread_over_the_subjects() -> None:
    def posted(n: int) -> MessagePosted:
        return MessagePosted(Message(GENERAL if not n else f"{ALICE_BOB}{n}", 1, ALICE, ClientId("c"), "", 0, 1, 1, 1))  # type: ignore[arg-type] # any name

    assert len({subject_of(posted(n)) for n in range(1_000)}) == SHARDS


def test_hints_go_together_in_their_order_as_far_as_subject_and_size_allow() -> None:
    long = SessionEnded("x" * (MAX_PAYLOAD // 2))

    payloads = [(subject, payload.count(b"\n") + 1) for subject, payload in packed([*HINTS, long, long, ENDED])]

    assert payloads[0] == (subject_of(POSTED), 2)
    assert [count for _, count in payloads] == [2, len(HINTS) - 2 + 1, 2]
    assert all(len(payload) <= MAX_PAYLOAD for _, payload in packed([*HINTS, long, long, ENDED]))


def test_a_hint_that_is_too_long_by_itself_is_left_out_and_no_other() -> None:
    too_long = HostPresence("host", 1, tuple(UserId(f"{n:016x}") for n in range(5_000)))

    assert list(packed([ENDED, too_long, LAST])) == list(packed([ENDED, LAST]))
