"""Rubbish of all kinds ends at most its own connection: the peer is told what is wrong, and others notice nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from random import Random  # noqa: TID251 - of a given seed
from typing import Any, TypeVar

from websockets.exceptions import ConnectionClosed

from chatcore import GENERAL
from chatcore.adapters.system import SystemClock
from tests.server.bystanders import undisturbed
from tests.server.network import HANDSHAKE, Chat, Streams, greeted, resumed, stranger, tcp, wire_frame
from tests.waiting import until

C = TypeVar("C")
R = TypeVar("R")


async def each(cases: Mapping[str, C], try_one: Callable[[C], Awaitable[R]]) -> dict[str, R]:
    """Try all cases at once; give what became of each."""
    return dict(zip(cases, await asyncio.gather(*map(try_one, cases.values())), strict=True))


# ---- before there is a WebSocket

NO_HANDSHAKES = {
    "random bytes": Random(1).randbytes(5_000),
    "zeros": bytes(1_000),
    "lines without end": b"A" * 100_000,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    "SSH": b"SSH-2.0-OpenSSH_9.0\r\n",
    "POST": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
    "no upgrade": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "no key": HANDSHAKE.replace(b"Sec-WebSocket-Key", b"X-Key"),
    "another version": HANDSHAKE.replace(b"Version: 13", b"Version: 7"),
    "many headers": b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 10_000 + b"\r\n",
    "escape sequences": b"GET /\x1b[2J\xff HTTP/1.1\r\nHost: \x1b]0;x\x07\r\n\r\n",
    "half a request": b"GET / HT",
    "nothing": b"",
}


async def test_what_is_no_handshake_is_refused(chat: Chat) -> None:
    async def said(nothing_good: bytes) -> bytes:
        async with tcp(chat.server, nothing_good) as (reader, writer):
            writer.write_eof()
            with suppress(ConnectionError):
                return await reader.read()
        return b""

    async with undisturbed(chat) as others:
        heard = await each(NO_HANDSHAKES, said)

    assert {kind: answer[:10] for kind, answer in heard.items() if answer[:10] not in {b"", b"HTTP/1.1 4"}} == {}
    assert others.log == []


# ---- on the WebSocket, below the frames

NO_TEXT_FRAMES = {
    "binary": (wire_frame(b"{}", opcode=2), 1003),
    "65,537 bytes": (wire_frame(b"x" * 65_537), 1009),
    "announced 2^63 bytes": (b"\x81\xff" + (2**63 - 1).to_bytes(8) + bytes(4), 1009),
    "65,537 bytes in pieces": (wire_frame(b"x" * 60_000, last=False) + wire_frame(b"x" * 5_537, opcode=0), 1009),
    "5,000 pieces of nothing": (wire_frame(b"", last=False) + wire_frame(b"", opcode=0, last=False) * 5_000, 1009),
    "reserved bits": (b"\xf1\x80" + bytes(4), 1002),
    "unknown opcode": (wire_frame(b"", opcode=5), 1002),
    "no mask": (b"\x81\x02{}", 1002),
    "a piece of nothing before": (wire_frame(b"x", opcode=0), 1002),
    "a long ping": (wire_frame(b"x" * 126, opcode=9), 1002),
    "1,000 pongs": (wire_frame(b"", opcode=10) * 1_000, 1008),
    "a close of one byte": (wire_frame(b"\x00", opcode=8), 1002),
    "a close that is no UTF-8": (wire_frame(b"\x03\xe8\xff", opcode=8), 1007),
}


async def test_what_is_no_text_frame_ends_the_connection_with_the_code_for_it(chat: Chat) -> None:
    async def closed(case: tuple[bytes, int]) -> tuple[int, int]:
        async with tcp(chat.server, HANDSHAKE) as (reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(case[0])
            opcode, size, *code = await reader.readexactly(4)
            assert await reader.read(size)  # says why
            return opcode, int.from_bytes(code)

    async with undisturbed(chat):
        closings = await each(NO_TEXT_FRAMES, closed)

    assert closings == {kind: (0x88, code) for kind, (_, code) in NO_TEXT_FRAMES.items()}


async def test_half_a_frame_is_never_a_request(chat: Chat) -> None:
    (carol,) = await chat.users("carol")
    post = {"type": "post", "id": 2, "conversation": GENERAL, "client_id": "half", "text": "half a message"}
    whole = wire_frame(json.dumps(post).encode())
    async with undisturbed(chat):
        for size in (1, 2, 6, 7, len(whole) - 1):
            async with resumed(carol, chat.server) as peer:
                peer.socket.transport.write(whole[:size])
                peer.vanish()

        assert await carol.history(GENERAL) == []


# ---- frames of strangers

STRANGERS_RUBBISH = {
    "no JSON": ("GET / HTTP/1.1", None),
    "nothing": ("", None),
    "half of JSON": ('{"type":"hello"', None),
    "two frames": ('{"type":"hello"}{"type":"hello"}', None),
    "no number": ('{"type":"hello","versions":[NaN],"instance":"x"}', None),
    "half a surrogate pair": ('{"type":"hello","versions":[2],"instance":"\\ud800"}', None),
    "deep": ("[" * 60_000, None),
    "no object": ("[]", "type"),
    "no type": ("{}", "type"),
    "type is no text": ('{"type":1}', "type"),
    "unknown type": ('{"type":"sudo"}', "type"),
    "escape sequences": ('{"type":"\\u001b[2J\\n\\u202e"}', "type"),
    "a server's frame": ('{"type":"welcome","version":2}', "type"),
    "not now": ('{"type":"count","id":1,"conversation":"general"}', "type"),
    "missing field": ('{"type":"hello","versions":[2]}', "instance"),
    "unknown field": ('{"type":"hello","versions":[2],"instance":"x","is_admin":true}', "is_admin"),
    "text for a list": ('{"type":"hello","versions":"1","instance":"x"}', "versions"),
    "text for a number": ('{"type":"hello","versions":["1"],"instance":"x"}', "versions"),
    "true for a number": ('{"type":"hello","versions":[true],"instance":"x"}', "versions"),
    "too great a number": ('{"type":"hello","versions":[9007199254740993],"instance":"x"}', "versions"),
    "a long name for itself": (json.dumps({"type": "hello", "versions": [2], "instance": "x" * 60_000}), "instance"),
}


async def test_a_strangers_rubbish_is_answered_with_code_and_field_and_is_the_end(chat: Chat) -> None:
    async def said(case: tuple[str, str | None]) -> tuple[str, str | None]:
        async with stranger(chat.server) as peer:
            await peer.socket.send(case[0])
            error, closing = await peer.hear_out()
            assert (error["type"], closing["type"], closing["code"]) == ("error", "closing", error["code"])
            assert error["message"] == closing["message"] != ""
            return error["code"], error["field"]

    async with undisturbed(chat) as others:
        errors = await each(STRANGERS_RUBBISH, said)

    assert errors == {kind: ("bad_frame", field) for kind, (_, field) in STRANGERS_RUBBISH.items()}
    await until(
        lambda: len([line for line in others.log if "bad frame from a stranger at 127.0.0.1: " in line]) == len(errors)
    )


async def test_a_version_that_nobody_speaks_is_told_with_the_one_that_is(chat: Chat) -> None:
    async with undisturbed(chat), stranger(chat.server) as peer:
        await peer.say(type="hello", versions=[0, 1, 99], instance="x")

        (error,) = await peer.hear_out()

        assert (error["code"], error["field"]) == ("unsupported_version", "versions")
        assert "version 2" in error["message"]


# ---- frames of users

USERS_RUBBISH = {
    "no JSON": ("\u202egnp.exe", None, None),
    "unknown type": ('{"type":"delete","id":7}', 7, "type"),
    "second hello": ('{"type":"hello","versions":[2],"instance":"x"}', None, "type"),
    "second log-in": ('{"type":"log_in","id":7,"name":"x","password":"y","told":null}', 7, "type"),
    "a server's frame": ('{"type":"posted","id":7,"seq":1,"sent_at_ms":1,"live":1,"own":1,"number":1}', 7, "type"),
    "number for a text": ('{"type":"count","id":7,"conversation":1}', 7, "conversation"),
    "null for a text": ('{"type":"find_user","id":7,"name":null}', 7, "name"),
    "text for the id": ('{"type":"count","id":"7","conversation":"general"}', None, "id"),
    "fraction for the id": ('{"type":"count","id":7.0,"conversation":"general"}', None, "id"),
    "no id": ('{"type":"count","conversation":"general"}', None, "id"),
    "object for a list": ('{"type":"mark","id":7,"conversation":"general","seqs":{"1":1}}', 7, "seqs"),
    "text among numbers": ('{"type":"mark","id":7,"conversation":"general","seqs":[1,"2"]}', 7, "seqs"),
    "too great a number": ('{"type":"list_users","id":7,"after":1e300}', 7, "after"),
    "a foreign sender": (
        '{"type":"post","id":7,"conversation":"general","client_id":"x","text":"x","sender":"00"}',
        7,
        "sender",
    ),
}


async def test_a_users_rubbish_is_answered_with_code_and_field_and_three_times_is_the_end(chat: Chat) -> None:
    (carol,) = await chat.users("carol")

    async def said(case: tuple[str, int | None, str | None]) -> tuple[str, int | None, str | None]:
        async with resumed(carol, chat.server) as peer:
            await peer.socket.send(case[0])
            error = await peer.hear_until(lambda frame: frame["type"] == "error")
            assert (await peer.ask(8, "count", conversation=GENERAL))["type"] == "counted"
            for _ in range(2):
                await peer.socket.send(case[0])
            *_, last, closing = [frame for frame in await peer.hear_out() if frame["type"] in {"error", "closing"}]
            assert (last, closing["code"]) == (error, error["code"])
            return error["code"], error["id"], error["field"]

    async with undisturbed(chat) as others:
        errors = await each(USERS_RUBBISH, said)

    assert errors == {kind: ("bad_frame", number, field) for kind, (_, number, field) in USERS_RUBBISH.items()}
    # One line for each connection, whatever it goes on to send.
    await until(
        lambda: (
            len([line for line in others.log if f"bad frame from {carol.me.name} at 127.0.0.1: " in line])
            == len(errors)
        )
    )


async def test_random_changes_of_good_frames_are_answered_or_the_end_and_never_a_mistake_of_the_server(
    chat: Chat,
) -> None:
    chance = Random(20261)
    (carol,) = await chat.users("carol")
    good = [
        {"type": "post", "id": 5, "conversation": GENERAL, "client_id": "c-1", "text": "hello"},
        {"type": "mark", "id": 5, "conversation": GENERAL, "seqs": [1, 2]},
        {"type": "history", "id": 5, "conversation": GENERAL, "after": None, "before": 3, "limit": 50},
        {"type": "stretch", "id": 5, "conversation": GENERAL, "first": 1, "last": 9},
        {"type": "list_tallies", "id": 5, "after": ""},
    ]
    odd: list[Any] = [None, True, -1, 0, 2**53, 2**63, 10**30, 1.5]
    odd += ["", "\0", "👋🏽" * 500, [], [[]], {}, {"a": []}, [1] * 600]
    codes: set[str] = set()

    async with undisturbed(chat):
        for _ in range(60):
            async with resumed(carol, chat.server) as peer:
                for _ in range(5):
                    frame = dict(chance.choice(good))
                    frame[chance.choice(list(frame))] = chance.choice(odd)
                    data = bytearray(json.dumps(frame).encode())
                    if chance.random() < 0.5:
                        data[chance.randrange(len(data))] = chance.randrange(128)
                    with suppress(ConnectionClosed):
                        await peer.socket.send(data.decode())
                with suppress(ConnectionClosed):
                    await peer.say(type="count", id=9, conversation=GENERAL)
                    while (heard := await peer.hear()).get("id") != 9:
                        codes.add(heard.get("code", ""))

    assert "internal" not in codes
    assert codes >= {"bad_frame", "not_found"}


# ---- those who take their time


async def drip(streams: Streams, text: bytes) -> None:
    """Say a text a byte at a time, for as long as somebody listens."""
    clock = SystemClock()
    for byte in text * 1_000:
        await clock.sleep(0.1)
        streams[1].write(bytes([byte]))


async def test_who_takes_too_long_to_log_in_is_let_go_after_10_seconds_at_most(chat: Chat) -> None:
    clock = SystemClock()

    async def ends_after(said: bytes, dripping: bytes = b"") -> float:
        async with tcp(chat.server, said) as streams:
            start = clock.monotonic()
            dripper = asyncio.create_task(drip(streams, dripping))
            with suppress(ConnectionError):
                while await streams[0].read(4_096):
                    pass
            dripper.cancel()
            return clock.monotonic() - start

    async def stays_greeted() -> float:
        async with greeted(chat.server) as peer:
            start = clock.monotonic()
            assert [frame["code"] for frame in await peer.hear_out()] == ["slow_entry"]
            return clock.monotonic() - start

    async with undisturbed(chat):
        silent, slow, half, pinging, undecided = await asyncio.gather(
            ends_after(b""),
            ends_after(b"GET / HTTP/1.1\r\n", b"X: y\r\n"),
            ends_after(HANDSHAKE + wire_frame(b"{}" * 50)[:20]),
            ends_after(HANDSHAKE, wire_frame(b"", opcode=9)),
            stays_greeted(),
        )

    assert all(4 < seconds < 8 for seconds in (silent, slow))
    assert all(9 < seconds < 15 for seconds in (half, pinging, undecided))
