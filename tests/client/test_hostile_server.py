"""The library's client at a server that lies, contradicts itself, floods or says nothing: a table of what it does.

Each row has to leave the client alive: it goes on or connects again with pauses, says why, its program makes no mistake
that would be in the log, and its memory stays what it was.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import chatcore
from chatcore import GENERAL, ChatClient, ChatError, ConnectionPhase, Observer, Unreachable
from chatcore.adapters.system import SystemClock
from tests.hostile_server import (
    BOB,
    ESCAPES,
    ME,
    Answer,
    HostileServer,
    Said,
    error,
    event,
    message,
    page,
    snapshot,
    tally,
    user,
    users,
)
from tests.waiting import until

PASSWORD = "correct horse battery"
MEMORY = 64 * 1024 * 1024
"""Bytes by which the client's process may grow; the attacks want gigabytes."""

DIRECT = f"d.{ME}.{BOB}"
OTHERS = f"d.{BOB}.{'c' * 16}"
BIG = 2**53


def read(runs: list[list[int]], **other: Any) -> dict[str, Any]:  # noqa: ANN401 - as it is said
    return {"type": "read", "tally": tally(seq=5, **other), "read": runs}


def told(frame: dict[str, Any]) -> dict[str, Any]:
    return {"type": "user", "user": frame}


def presence(active: list[str], inactive: list[str]) -> dict[str, Any]:
    return {"type": "presence", "active": active, "inactive": inactive}


CONTRADICTIONS: Mapping[str, Said] = {
    "a run of 3·10⁸ messages": read([[1, 300_000_000]]),
    "a run that goes backwards": read([[5, 4]]),
    "a run from 0": read([[0, 4]]),
    "a time that there is not": event(1, sent_at_ms=BIG),
    "a time before 1970": event(1, sent_at_ms=-1),
    "a message 0": event(0),
    "a message -5": event(-5),
    "a count below 0": event(1, live=-1),
    "a text of 100,000 characters": event(1, "x" * 100_000),
    "a sender who is no user": event(1, sender="mallory"),
    "a sender with an escape sequence": event(1, sender=ESCAPES),
    "a client id with an escape sequence": event(1, client_id="\x1b[2J"),
    "a conversation that there is not": event(1, conversation="room.1"),
    "a conversation of two others": event(1, conversation=OTHERS),
    "a conversation with oneself": event(1, conversation=f"d.{ME}.{ME}"),
    "readers of a conversation of two others": {"type": "receipts", "conversation": OTHERS, "receipts": [[1, 1]]},
    "less than no readers": {"type": "receipts", "conversation": "general", "receipts": [[1, -1]]},
    "numbers below 0": read([], live=-1),
    "a version below all": read([], version=-2),
    "a preview of 10,000 characters": read([], last={**tally(seq=1)["last"], "text": "x" * 10_000}),
    "a name of 100,000 characters": told(user(3, "c" * 16, "x" * 100_000)),
    "a name with an escape sequence": told(user(3, "c" * 16, "\x1b[2J")),
    "a name written backwards": told(user(3, "c" * 16, "carol", display_name="\u202elorac")),
    "a name of two lines": told(user(3, "c" * 16, "carol", display_name="carol\nalice: yes")),
    "a user 0": told(user(0, "c" * 16, "carol", fact=3)),
    "a user who is no user": told(user(3, "carol", "carol")),
    "active: not a user": presence(["x" * 1_000], []),
    "a snapshot of another user's conversations": snapshot(tallies=[tally(OTHERS, 1)]),
    "a snapshot with a long epoch": snapshot(epoch="e" * 70_000),
    "a snapshot of a long generation": snapshot(point={"generation": "g" * 70_000, "number": 0, "facts": 2}),
    "a snapshot below 0": snapshot(point={"generation": "first", "number": -1, "facts": -1}),
    "an answer to no question": {"type": "noted", "id": 999},
    "somebody logged in once more": {"type": "logged_in", "id": 1, "user": user(2, BOB, "bob"), "token": None},
    "no JSON": "{",
    "no object": "[]",
    "no text": b"\x00\xff",
    "deeper and deeper": "[" * 100_000,
    "a field twice, and a number without end": '{"type": "welcome", "version": 1e999}',
    "a frame of 2 MiB": {"type": "?", "x": "x" * 2**21},
    "an error without a request": {**error({"id": None}, "bad_frame", ESCAPES)},
    "an error of 500 KiB": {**error({"id": None}, "bad_frame", "x" * 500_000)},
    "a last word with escape sequences": {"type": "closing", "code": "draining", "message": ESCAPES},
    "a last word of 500 KiB": {"type": "closing", "code": "draining", "message": "x" * 500_000},
    "a reason nobody knows": {"type": "closing", "code": "\x1b[2J", "message": ESCAPES},
}
"""What is said after each snapshot. The client gives the connection up, pauses, and says why."""

HARMLESS: Mapping[str, Iterable[Said]] = {
    "a kind of a newer server": [{"type": "hologram", "x": ESCAPES}] * 50,
    "seqs that go back": [event(seq) for seq in (5, 4, 3, 2, 1, 5, 5, 1)],
    "a seq from far away": [event(2**53 - 1), event(1)],
    "another message under the same seq": [event(1, "yes"), event(1, "no")],
    "marks of what is not there": [read([[900, 901]], version=version) for version in (9, 3, 700, 1)],
    "readers of what is not there": [{"type": "receipts", "conversation": "general", "receipts": [[BIG, BIG]]}],
    "facts that go back": [told(user(2, BOB, "bob", fact=fact, display_name=f"bob {fact}")) for fact in (9, 1, 8)],
    "a fact from far away": [told(user(2, BOB, "bob", fact=BIG))],
    "active and inactive at once": [presence([BOB], [BOB])] * 20,
    "inactive: oneself, and somebody unknown": [presence([], [ME, "c" * 16])],
    "a snapshot once more": [snapshot()] * 20,
    "numbers of a conversation that contradict each other": [read([], live=1, own=9, read=7, version=4)],
    "escape sequences": [event(1, ESCAPES)],
    "marks of a great many": [
        {"type": "read", "tally": tally(seq=5, version=n), "read": [[n * 1_000 + 1, n * 1_000 + 1_000]]}
        for n in range(300)
    ],
    "readers of a great many": [
        {"type": "receipts", "conversation": "general", "receipts": [[n * 2_000 + i, 1] for i in range(1, 2_000)]}
        for n in range(100)
    ],
    "a flood of messages": [event(seq, "x" * 3_000) for seq in range(1, 3_000)],
    "a flood of conversations": [event(1, conversation=f"d.{number:016x}.{ME}") for number in range(500)],
}
"""What is said after the snapshot, and what the client lives with."""


def same_for_ever(asked: dict[str, Any]) -> Iterable[Said]:
    return [page(asked, tally=tally(seq=900), messages=[message(1)], more=True)]


def of_another(asked: dict[str, Any]) -> Iterable[Said]:
    return [page(asked, tally=tally(DIRECT, 5), messages=[message(1, conversation=DIRECT)])]


def a_step_at_a_time(asked: dict[str, Any]) -> Iterable[Said]:
    after = asked["after"]
    return [{**users(asked, user(after + 1, f"{after + 1:016x}", f"user{after}")), "upto": after + 1, "more": True}]


def only_one(asked: dict[str, Any]) -> Iterable[Said]:
    after = asked["after"]
    one = user(after + 10, f"{after + 10:016x}", f"user{after}")
    return [{"type": "users", "id": asked["id"], "users": [one], "upto": after + 1, "more": True}]


def numbers_in_a_circle(asked: dict[str, Any]) -> Iterable[Said]:
    told = [tally(DIRECT if asked["after"] != DIRECT else "general", 1)]
    return [{"type": "tallies", "id": asked["id"], "tallies": told, "more": True}]


def ever_newer_marks(asked: dict[str, Any]) -> Iterable[Said]:
    version = asked["id"]
    return [
        page(asked, tally=tally(seq=3, version=version)),
        {"type": "read", "tally": tally(seq=3, version=version + 9), "read": []},
    ]


def nothing(_: dict[str, Any]) -> Iterable[Said]:
    return ()


BEHIND = [{"type": "read", "tally": tally(seq=900, version=1), "read": []}]

WITHOUT_PROGRESS: Mapping[str, tuple[Mapping[str, Answer], Iterable[Said]]] = {
    "the same page for ever": ({"history": same_for_ever}, BEHIND),
    "an empty page, and more": ({"history": lambda asked: [page(asked, more=True)]}, BEHIND),
    "an empty page, though there are messages": (
        {"history": lambda asked: [page(asked, tally=tally(seq=900))]},
        BEHIND,
    ),
    "a page of another conversation": ({"history": of_another}, BEHIND),
    "a page of 100,000 messages": (
        {"history": lambda asked: [page(asked, messages=[message(seq) for seq in range(1, 3_000)])]},
        BEHIND,
    ),
    "a directory without an end": ({"list_users": only_one}, [told(user(2, BOB, "bob", fact=BIG))]),
    "a directory that contradicts itself": ({"list_users": a_step_at_a_time}, [told(user(2, BOB, "bob", fact=BIG))]),
    "a directory that goes back": ({"list_users": lambda asked: [{**users(asked), "upto": -5}]}, []),
    "an empty directory, and more": (
        {"list_users": lambda asked: [{**users(asked), "users": [], "upto": asked["after"] + 1, "more": True}]},
        [],
    ),
    "a list in a circle": ({"list_tallies": numbers_in_a_circle}, []),
    "an empty list, and more": (
        {"list_tallies": lambda asked: [{"type": "tallies", "id": asked["id"], "tallies": [], "more": True}]},
        [],
    ),
    "ever newer marks": ({"stretch": ever_newer_marks}, [event(1), event(2), event(3), read([], version=9)]),
    "refusals": (
        {kind: lambda asked: [error(asked, "busy", ESCAPES, wait_ms=-5)] for kind in ("list_users", "list_tallies")},
        BEHIND,
    ),
    "refusals for ever": (
        {
            kind: lambda asked: [error(asked, "not_found", ESCAPES)]
            for kind in ("list_users", "list_tallies", "history")
        },
        BEHIND,
    ),
    "answers of another kind": (
        {"list_users": lambda asked: [{"type": "noted", "id": asked["id"]}]},
        [],
    ),
    "no answer at all": (dict.fromkeys(("list_users", "list_tallies", "history", "post"), nothing), BEHIND),
}
"""What is answered, and what follows each snapshot. Nobody is asked the same again without a pause."""


class Reasons(Observer):
    """Keeps why the connection was given up."""

    def __init__(self) -> None:
        self.all: list[tuple[str, str]] = []

    def connection_changed(self, state: chatcore.ConnectionState) -> None:
        if state.phase is ConnectionPhase.OFFLINE:
            self.all.append((state.code, state.reason))


def resident() -> int:
    """Return the bytes that this process has in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@asynccontextmanager
async def attacked(
    server: HostileServer, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[tuple[ChatClient, Reasons]]:
    """Let somebody be at this server; fail where their program makes a mistake, or its memory grows."""
    reasons = Reasons()
    gc.collect()
    before = resident()
    async with server:
        async with asyncio.timeout(60):
            async with chatcore.connect(server.url, patience=0.5) as client:
                client.subscribe(reasons)
                await client.log_in("alice", PASSWORD)
                client.opened(GENERAL)
                yield client, reasons
        gc.collect()
    grown = resident() - before
    assert grown < MEMORY, f"the client has grown by {grown / 2**20:.0f} MiB"
    said = [record for record in caplog.records if record.name.startswith("chatcore")]
    assert [record.getMessage() for record in said if record.levelno >= logging.ERROR] == []
    assert [record.getMessage() for record in said if not record.getMessage().isprintable()] == []


@pytest.mark.parametrize("row", CONTRADICTIONS)
async def test_what_no_honest_server_says_ends_the_connection_with_a_reason_and_a_pause(
    row: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = HostileServer(then=[CONTRADICTIONS[row]])
    async with attacked(server, caplog) as (_, reasons):
        await until(lambda: reasons.all)

    assert server.entered <= 3
    assert all(code and reason and reason.isprintable() and len(reason) < 1_100 for code, reason in reasons.all)


@pytest.mark.parametrize(
    "contradicting",
    [user(2, "c" * 16, "carol", fact=3), user(9, BOB, "bob", fact=3)],
    ids=["the number of another user", "another number than before"],
)
async def test_a_directory_that_contradicts_itself_ends_the_connection(
    contradicting: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    server = HostileServer({"list_users": lambda asked: [users(asked, contradicting)]})
    async with attacked(server, caplog) as (_, reasons):
        await until(lambda: reasons.all)

    assert server.entered <= 3
    assert reasons.all[0][0] == "bad_frame"


@pytest.mark.parametrize("row", HARMLESS)
async def test_what_is_odd_and_possible_is_lived_with(row: str, caplog: pytest.LogCaptureFixture) -> None:
    server = HostileServer(then=HARMLESS[row])
    async with attacked(server, caplog) as (client, reasons):
        await until(lambda: server.asked["list_users"])
        await server.say({"type": "presence", "active": ["c" * 16], "inactive": [ME]})
        await until(lambda: not client.replica._people.is_active(client.me.id))

        assert client.connection.phase is ConnectionPhase.ONLINE
        assert reasons.all == []


@pytest.mark.parametrize("row", WITHOUT_PROGRESS)
async def test_what_is_answered_without_progress_is_not_asked_again_without_a_pause(
    row: str, caplog: pytest.LogCaptureFixture
) -> None:
    answers, then = WITHOUT_PROGRESS[row]
    server = HostileServer(answers, then)
    async with attacked(server, caplog) as (client, _):
        await SystemClock().sleep(1.5)
        questions = sum(server.asked.values())
        with pytest.raises((ChatError, TimeoutError)):
            async with asyncio.timeout(1):
                await client.post(GENERAL, "is anybody there?")

    assert questions < 1_100  # what may be asked at once; an attack comes to many thousands


PAGES: Mapping[str, Answer] = {
    "the same page for ever": same_for_ever,
    "a page of another conversation": of_another,
    "more than was asked for": lambda asked: [page(asked, messages=[message(seq) for seq in range(1, 300)], more=True)],
    "a page with a hole": lambda asked: [page(asked, messages=[message(1), message(3)])],
    "an empty page, and more": lambda asked: [page(asked, more=True)],
}


async def all_seqs(client: ChatClient) -> list[int]:
    return [each.seq async for each in client.all_history(GENERAL)]


@pytest.mark.parametrize("row", PAGES)
async def test_whoever_reads_the_whole_of_it_comes_to_an_end(row: str, caplog: pytest.LogCaptureFixture) -> None:
    server = HostileServer({"history": PAGES[row]})
    async with attacked(server, caplog) as (client, _):
        with pytest.raises(ChatError):
            await all_seqs(client)

    assert server.asked["history"] < 50


@pytest.mark.parametrize("words", [ESCAPES, "x" * 500_000, "two\nlines"])
async def test_why_somebody_is_not_let_in_is_told_in_one_line_that_moves_nothing(words: str) -> None:
    hostile = HostileServer({"log_in": lambda asked: [error(asked, "wrong_credentials", words)]})
    async with hostile as server, chatcore.connect(server.url) as client:
        with pytest.raises(ChatError) as refused:
            await client.log_in("alice", PASSWORD)

    assert refused.value.message.isprintable()
    assert len(refused.value.message) < 1_100


async def test_a_session_that_becomes_another_user_s_is_not_gone_on_with(caplog: pytest.LogCaptureFixture) -> None:
    somebody_else = user(2, BOB, "bob")

    def enter_as_bob(asked: dict[str, Any]) -> Iterable[Said]:
        return ({"type": "logged_in", "id": asked["id"], "user": somebody_else, "token": None}, snapshot())

    server = HostileServer({"resume": enter_as_bob})
    async with attacked(server, caplog) as (client, reasons):
        await server.connections[-1].close()
        await until(lambda: any(code == "bad_frame" for code, _ in reasons.all))

        assert client.me.id == ME


@pytest.mark.parametrize("silent", [("hello", "log_in"), ("log_in",)], ids=["at all", "credentials"])
async def test_a_server_that_never_answers_is_given_up(silent: tuple[str, ...]) -> None:
    async with HostileServer(dict.fromkeys(silent, nothing)) as server, chatcore.connect(server.url) as client:
        with pytest.raises(Unreachable):
            async with asyncio.timeout(30):
                await client.log_in("alice", PASSWORD)


async def test_a_server_that_answers_a_byte_at_a_time_is_given_up() -> None:
    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clock = SystemClock()
        try:
            for byte in b"HTTP/1.1 101 Switching Protocols\r\n" + b"x" * 10_000:
                writer.write(bytes([byte]))
                await writer.drain()
                await clock.sleep(0.2)
        except ConnectionError:
            pass
        finally:
            writer.close()

    listener = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    async with listener, chatcore.connect(f"ws://127.0.0.1:{port}") as client:
        with pytest.raises(Unreachable):
            async with asyncio.timeout(30):
                await client.log_in("alice", PASSWORD)


async def test_after_what_contradicts_itself_everything_is_begun_anew(caplog: pytest.LogCaptureFixture) -> None:
    """What a broken server has said stays in nobody's way once it is mended."""
    carol, dave = user(3, "c" * 16, "carol"), user(3, "d" * 16, "dave")
    server = HostileServer({"list_users": lambda asked: [users(asked, carol)]})
    async with attacked(server, caplog) as (client, reasons):
        await until(lambda: len(client.replica.users) == 3)
        server.answers["list_users"] = lambda asked: [users(asked, dave)]
        await server.say(told({**dave, "fact": 4}))
        await until(lambda: reasons.all)
        await until(lambda: client.connection.phase is ConnectionPhase.ONLINE)
        await until(lambda: [known.name for known in client.replica.users] == ["alice", "bob", "dave"])

    assert reasons.all[0][0] == "bad_frame"
