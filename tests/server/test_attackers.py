"""What somebody with bad intentions may try, with an account and without: others lose and notice nothing."""

from __future__ import annotations

import asyncio
import socket
import statistics
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

import chatcore
from chatcore import GENERAL, ChatClient, ClientId, ConversationId
from chatcore.adapters.system import SystemClock
from chatcore.domain.conversations import direct
from chatcore.host.send_queue import MAX_BYTES
from chatcore.testing.server_process import ServerProcess
from tests.server.bystanders import undisturbed
from tests.server.network import HANDSHAKE, PASSWORD, Chat, Peer, diary_of, greeted, resumed, row_of, tcp, wire_frame
from tests.waiting import until

ASKING: dict[str, dict[str, Any]] = {
    "post": {"client_id": "forged", "text": "let me in"},
    "mark": {"seqs": [1]},
    "count": {},
    "history": {"after": None, "before": None, "limit": 50},
    "stretch": {"first": 1, "last": 9},
}


# ---- other people's conversations


async def test_nobody_gets_at_the_conversation_of_others_or_learns_whether_it_exists(chat: Chat) -> None:
    alice, bob, mallory = await chat.users("alice", "bob", "mallory")
    theirs, me = await alice.conversation_with(bob.me.name), mallory.me.id
    await alice.post(theirs, "secret")
    never_begun = direct(alice.me.id, chatcore.UserId("0" * 16))
    forged = [
        theirs,
        never_begun,
        direct(me, chatcore.UserId("0" * 16)),
        f"d.{me}.{me}",
        ".".join(["d", *sorted((alice.me.id, bob.me.id), reverse=True)]),
        theirs.upper(),
        f"{theirs}\n",
        f"{theirs}.{me}",
        "general ",
        "",
        "d..",
        "x" * 60_000,
    ]

    async with resumed(mallory, chat.server) as peer:
        answers = [
            await peer.ask(number, kind, conversation=conversation, **fields)
            for number, (conversation, (kind, fields)) in enumerate(
                ((conversation, case) for conversation in forged for case in ASKING.items()), 2
            )
        ]

    told = {(answer["type"], answer.get("code"), answer.get("message"), answer.get("field")) for answer in answers}
    assert len(told) == 1
    assert told.pop()[:2] == ("error", "not_found")
    assert [message.text for message in await bob.history(theirs)] == ["secret"]
    assert await bob.unread(theirs) == 1


async def test_nothing_of_the_conversation_of_others_is_told(chat: Chat) -> None:
    alice, bob, mallory = await chat.users("alice", "bob", "mallory")
    theirs = await alice.conversation_with(bob.me.name)
    async with resumed(mallory, chat.server) as peer:
        await alice.post(theirs, "secret")
        await bob.mark_read(theirs, 1)
        await alice.post(GENERAL, "for all")

        heard: list[dict[str, Any]] = []
        while not (heard and heard[-1]["type"] == "message"):
            heard.append(await peer.hear())

        assert [frame["message"]["text"] for frame in heard if frame["type"] == "message"] == ["for all"]
        assert theirs not in str(heard)
        tallies = await peer.ask(2, "list_tallies", after="")
        assert [tally["conversation"] for tally in tallies["tallies"]] == [GENERAL]


async def test_the_client_ids_of_others_are_worth_nothing(chat: Chat) -> None:
    alice, bob = await chat.users("alice", "bob")
    conversation = await alice.conversation_with(bob.me.name)
    hers = await alice.post(conversation, "hello", client_id=ClientId("guessed-1"))
    alice.opened(conversation)

    his = await bob.post(conversation, "hello", client_id=ClientId("guessed-1"))
    early = await bob.post(conversation, "I was first", client_id=ClientId("guessed-2"))
    late = await alice.post(conversation, "mine", client_id=ClientId("guessed-2"))

    assert [message.seq for message in (hers, his, early, late)] == [1, 2, 3, 4]
    shown = [hers, his, early, late]
    await until(lambda: len(alice.replica.timeline(conversation)) == 4)
    assert [(item.sender, item.text) for item in alice.replica.timeline(conversation)] == [
        (message.sender, message.text) for message in shown
    ]


# ---- numbers


@pytest.mark.parametrize("number", [-(2**53), -1, 0, 2**53])
async def test_no_number_breaks_or_changes_anything(chat: Chat, number: int) -> None:
    (mallory,) = await chat.users("mallory")
    asked: list[tuple[str, dict[str, Any]]] = [
        ("mark", {"conversation": GENERAL, "seqs": [number]}),
        ("history", {"conversation": GENERAL, "after": None, "before": None, "limit": number}),
        ("stretch", {"conversation": GENERAL, "first": 1, "last": number}),
        ("stretch", {"conversation": GENERAL, "first": number, "last": 2**53}),
        ("history", {"conversation": GENERAL, "after": number, "before": number, "limit": 1}),
        ("history", {"conversation": GENERAL, "after": number, "before": None, "limit": 1}),
        ("history", {"conversation": GENERAL, "after": None, "before": number, "limit": 1}),
        ("list_users", {"after": number}),
    ]
    async with undisturbed(chat), resumed(mallory, chat.server) as peer:
        answers = [await peer.ask(at, kind, **fields) for at, (kind, fields) in enumerate(asked, 2)]
        counted = await peer.ask(2**53, "count", conversation=GENERAL)

    last_stretch = "page" if number == 2**53 else "error"
    after, before, users = (
        ("error" if number < least else kind) for kind, least in (("page", 0), ("page", 1), ("users", 0))
    )
    assert [answer["type"] for answer in answers] == [*["error"] * 3, last_stretch, "error", after, before, users]
    assert {answer.get("code") for answer in answers} <= {None, "not_found", "bad_frame", "too_long"}
    assert counted["tally"]["version"] == 0


async def test_requests_that_share_a_number_are_each_answered(chat: Chat) -> None:
    (mallory,) = await chat.users("mallory")
    async with undisturbed(chat), resumed(mallory, chat.server) as peer:
        for at in range(5):
            await peer.say(type="post", id=7, conversation=GENERAL, client_id=f"shared-{at}", text="hello")

        answers = [await peer.answer(7) for _ in range(5)]

    assert len({answer["seq"] for answer in answers}) == 5


# ---- names, passwords and tokens


async def test_no_name_passes_for_that_of_another(chat: Chat) -> None:
    alice = (await chat.users("alice"))[0].me.name
    alike = [alice.upper(), alice.title()]
    disguised = [f"{alice}\u200b", f"{alice} ", f" {alice}", f"{alice}\n", f"{alice}\0", alice.replace("a", "а")]
    reserved = ["general", "General", "ADMIN", "system", "Me", "you", "everybody"]

    async with AsyncExitStack() as stack:
        codes = []
        for number, name in enumerate(alike + disguised + reserved):
            peer = await stack.enter_async_context(greeted(chat.server))
            codes.append((await peer.ask(number + 1, "register", name=name, password=PASSWORD))["code"])

    assert codes == ["name_taken"] * len(alike) + ["invalid_name"] * len(disguised + reserved)


async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer_in_the_same_time(tmp_path: Path) -> None:
    clock, told = SystemClock(), set()
    names = ["alice", "nobody", "-no name-"]
    times: dict[str, list[float]] = {name: [] for name in names}
    async with ServerProcess(tmp_path / "chat.db", "--password-cost", "normal") as server:
        async with chatcore.connect(server.url) as alice:
            await alice.register("alice", PASSWORD)

        for name in names * 9:
            async with greeted(server) as peer:
                start = clock.monotonic()
                error = await peer.ask(1, "log_in", name=name, password="wrong horse battery", told=None)
                times[name].append(clock.monotonic() - start)
                told.add((error["code"], error["message"], error["field"]))

    assert told == {("wrong_credentials", "The name or the password is wrong", None)}
    known, unknown, impossible = (statistics.median(times[name]) for name in names)
    assert known / 3 < unknown < known * 3
    assert known / 3 < impossible < known * 3


async def test_only_the_very_token_opens_a_session(chat: Chat) -> None:
    (alice,) = await chat.users("alice")
    token = alice.token or ""
    wrong = ["", token[:-1], f"{token}x", f"{token}\n", token.swapcase(), f" {token}", "é" * 43, "x" * 60_000]
    async with undisturbed(chat), greeted(chat.server) as peer:
        codes = [(await peer.ask(at, "resume", token=guess, told=None))["code"] for at, guess in enumerate(wrong, 1)]

    assert codes == ["logged_out"] * len(wrong)


@pytest.mark.of_a_file
async def test_neither_password_nor_token_is_in_the_files_or_the_log(own_chat: Chat) -> None:
    (alice,) = await own_chat.users("alice")
    await alice.post(GENERAL, "hello")
    await own_chat.server.terminate()

    kept = b"".join(file.read_bytes() for file in own_chat.server.db.parent.iterdir())

    assert b"hello" in kept
    assert PASSWORD.encode() not in kept
    assert (alice.token or "").encode() not in kept


# ---- presence


async def test_nobody_makes_another_one_seem_away_or_there(chat: Chat) -> None:
    alice, bob, mallory = await chat.users("alice", "bob", "mallory")
    with_bob, with_mallory = [await alice.conversation_with(other.me.name) for other in (bob, mallory)]
    diary = diary_of(alice)
    async with greeted(chat.server) as peer:
        await peer.ask(1, "resume", token="a guess at bob's", told=None)
        await peer.say(type="log_out", id=2)
        await peer.hear_out()

    await chat.leave(mallory)

    await until(lambda: not row_of(alice, with_mallory).active)
    assert row_of(alice, with_bob).active
    assert [user.name for user, _ in diary.presence] == [mallory.me.name]


# ---- floods


def stop_reading(peer: Peer) -> None:
    """Let what the server says pile up on its side: the kernel takes 128 KiB of it for this peer, and not megabytes."""
    raw = peer.socket.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1_024)
    peer.socket.transport.pause_reading()


async def fill(client: ChatClient, conversation: ConversationId, messages: int) -> None:
    """Post long messages."""
    await asyncio.gather(*(client.post(conversation, f"{at} {'ż' * 3_900}") for at in range(messages)))


async def test_10000_requests_are_answered_to_a_peer_that_reads_late(chat: Chat) -> None:
    (mallory,) = await chat.users("mallory")
    numbers = range(2, 10_002)

    async def ask(peer: Peer) -> None:
        for at in numbers:
            if at % 2:
                await peer.say(type="post", id=at, conversation=GENERAL, client_id=f"many-{at}", text="x")
            else:
                await peer.say(type="count", id=at, conversation=GENERAL)

    async with undisturbed(chat) as others, resumed(mallory, chat.server) as peer:
        stop_reading(peer)
        asking = asyncio.create_task(ask(peer))
        await others.chat_on(20)
        peer.socket.transport.resume_reading()
        answers = [await peer.hear_until(lambda frame: "id" in frame) for _ in numbers]
        await asking

    assert sorted(answer["id"] for answer in answers) == list(numbers)
    assert {answer["type"] for answer in answers if answer["id"] % 2 == 0} == {"counted"}
    seqs = [answer["seq"] for answer in answers if answer["id"] % 2]
    assert seqs == list(range(seqs[0], seqs[0] + 5_000))


async def test_who_asks_faster_than_reading_is_kept_waiting_and_not_cut(chat: Chat) -> None:
    mallory, friend = await chat.users("mallory", "friend")
    conversation = await mallory.conversation_with(friend.me.name)
    await fill(mallory, conversation, 12)
    page = {"conversation": conversation, "after": None, "before": None, "limit": 50}
    async with undisturbed(chat) as others, resumed(mallory, chat.server) as peer:
        stop_reading(peer)
        for at in range(2, 102):
            await peer.say(type="history", id=at, **page)
        await others.chat_on(20)
        peer.socket.transport.resume_reading()

        answers = [await peer.hear_until(lambda frame: "id" in frame) for _ in range(2, 102)]

    assert [answer["id"] for answer in answers] == list(range(2, 102))
    assert sum(len(str(answer)) for answer in answers) > 4 * MAX_BYTES


async def test_who_reads_nothing_of_what_others_write_is_cut_and_costs_little(chat: Chat) -> None:
    alice, mallory = await chat.users("alice", "mallory")
    with_mallory = await alice.conversation_with(mallory.me.name)
    diary = diary_of(mallory)
    async with undisturbed(chat), resumed(mallory, chat.server) as peer:
        stop_reading(peer)
        await fill(alice, GENERAL, 150)
        await until(lambda: len(diary.messages) == 150)
        assert row_of(alice, with_mallory).active
        peer.socket.transport.resume_reading()

        heard = await peer.hear_out()

    assert peer.socket.close_code == 1006
    assert len(heard) < 150


async def test_a_few_pings_are_answered_and_a_flood_of_them_ends_the_connection(chat: Chat) -> None:
    ping, pong = wire_frame(b"x", opcode=9), b"\x8a\x01x"

    async with tcp(chat.server, HANDSHAKE) as (reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ping * 90)
        few = await reader.readexactly(90 * len(pong))
        writer.write(ping * 1_000)
        answers = await reader.read()

    assert few == pong * 90
    assert answers.endswith(b"\x88\x10\x03\xf0too many pings")


async def test_who_sends_pings_and_reads_no_answer_is_cut_and_costs_little(chat: Chat) -> None:
    pings = wire_frame(b"x" * 125, opcode=9) * 1_000

    async def ping(writer: asyncio.StreamWriter) -> None:
        for _ in range(500):  # 65 MB
            writer.write(pings)
            await writer.drain()

    async with undisturbed(chat), tcp(chat.server, HANDSHAKE) as (reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.pause_reading()  # type: ignore[attr-defined]

        with pytest.raises(ConnectionError):
            await ping(writer)


async def test_many_who_guess_passwords_at_once_do_not_keep_others_waiting(chat: Chat) -> None:
    (alice,) = await chat.users("alice")

    async def guess(number: int) -> str:
        async with greeted(chat.server) as peer:
            error = await peer.ask(number, "log_in", name=alice.me.name, password=f"guess number {number}", told=None)
            return str(error["code"])

    async with undisturbed(chat):
        codes = await asyncio.gather(*map(guess, range(1, 151)))

    assert set(codes) <= {"wrong_credentials", "busy"}


async def test_many_connections_that_come_and_vanish_leave_nothing_behind(chat: Chat) -> None:
    alice, mallory = await chat.users("alice", "mallory")

    async def come_and_go(_: int) -> None:
        with suppress(ConnectionClosed):  # there are more than a session may have
            async with resumed(mallory, chat.server) as peer:
                peer.vanish()

    async with undisturbed(chat):
        for _ in range(4):
            await asyncio.gather(*map(come_and_go, range(50)))

    assert await alice.unread(GENERAL) == 0
