"""What every post may rely on: stored before it is acknowledged, once, in shared commits, under a seq without holes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, closing, contextmanager
from pathlib import Path

import pytest

import chatcore
from chatcore import GENERAL, ChatClient, ClientId, ConversationId, Message
from chatcore.adapters.local_bus import LocalBus
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.system import SystemClock, SystemIds
from chatcore.adapters.websocket import WebSocketListener
from chatcore.host.host import Host
from chatcore.ports.commits import Commit, Stored
from chatcore.testing.fakes import QuickHasher
from chatcore.testing.server_process import ServerProcess
from tests.server.network import PASSWORD, Chat, diary_of, resumed
from tests.waiting import until


@contextmanager
def held_up(db: Path) -> Iterator[None]:
    """Keep every commit to a database waiting, from outside of its server; reading goes on."""
    with closing(sqlite3.connect(db, isolation_level=None)) as connection:
        connection.execute("begin immediate")
        yield
        connection.execute("rollback")


def stored(db: Path) -> list[tuple[int, str]]:
    """Read from the file which messages are committed."""
    with closing(sqlite3.connect(db)) as connection:
        return connection.execute("select seq, text from message order by conversation, seq").fetchall()


async def whole_log(client: ChatClient, conversation: ConversationId) -> Sequence[Message]:
    return await client.history(conversation, limit=10_000)


async def see_nothing(*clients: ChatClient) -> None:
    """Ask so often that the server has dealt with all that came before, but for what waits for a commit."""
    for _ in range(20):
        for client in clients:
            assert await client.history(GENERAL) == []


# ---- acknowledged after the commit


@pytest.mark.of_a_file
async def test_a_post_is_acknowledged_and_told_only_after_its_commit(own_chat: Chat) -> None:
    alice, bob = await own_chat.users("alice", "bob")
    diary, db = diary_of(bob), own_chat.server.db

    with held_up(db):
        posting = asyncio.create_task(alice.post(GENERAL, "hello"))
        await see_nothing(alice, bob)
        before = posting.done(), diary.texts, stored(db)
    message = await posting

    assert before == (False, [], [])
    assert stored(db) == [(message.seq, "hello")]
    await until(lambda: diary.messages == [message])


@pytest.mark.of_a_file
async def test_a_post_whose_commit_did_not_happen_is_stored_once_after_the_server_was_killed(own_chat: Chat) -> None:
    alice, _ = await own_chat.users("alice", "bob")
    db = own_chat.server.db
    with held_up(db):
        posting = asyncio.create_task(alice.post(GENERAL, "hello"))
        await see_nothing(alice)
        await own_chat.server.kill()
    assert (posting.done(), stored(db)) == (False, [])

    await own_chat.server.start()

    message = await posting
    assert stored(db) == [(message.seq, "hello")] == [(1, "hello")]


@pytest.mark.of_a_file
async def test_a_message_whose_answer_was_lost_is_stored_once(own_chat: Chat) -> None:
    (alice,) = await own_chat.users("alice")
    async with resumed(alice, own_chat.server) as peer:
        await peer.say(type="post", id=2, conversation=GENERAL, client_id="same", text="hello")
        await until(lambda: stored(own_chat.server.db))
        await own_chat.server.kill()
    await own_chat.server.start()

    message = await alice.post(GENERAL, "hello", client_id=ClientId("same"))

    assert stored(own_chat.server.db) == [(message.seq, "hello")] == [(1, "hello")]


# ---- one client id, one message


async def test_the_same_posts_on_two_connections_at_once_are_stored_once_with_one_answer(chat: Chat) -> None:
    alice, bob = await chat.users("alice", "bob")
    phone = await chat.returning("alice")
    conversation = await alice.conversation_with(bob.me.name)
    diary = diary_of(bob)

    posts = [
        client.post(conversation, f"message {at}", client_id=ClientId(f"c{at}"))
        for at in range(30)
        for client in (alice, phone)
    ]
    answers = await asyncio.gather(*posts)

    assert answers[::2] == answers[1::2]
    assert sorted(message.seq for message in answers[::2]) == list(range(1, 31))
    await until(lambda: len(diary.messages) == 30)
    assert diary.messages == await whole_log(alice, conversation)


async def test_the_same_post_gets_the_same_answer_later_and_elsewhere_and_after_a_kill(own_chat: Chat) -> None:
    alice, bob = await own_chat.users("alice", "bob")
    conversation, same = await alice.conversation_with(bob.me.name), ClientId("same")
    first = await alice.post(conversation, "hello", client_id=same)
    await bob.post(conversation, "in between")

    again = await alice.post(conversation, "hello", client_id=same)
    elsewhere = await (await own_chat.returning("alice")).post(conversation, "hello", client_id=same)
    await own_chat.server.restart()
    after_kill = await alice.post(conversation, "hello", client_id=same)
    phone = await own_chat.returning("alice")
    after_kill_elsewhere = await phone.post(conversation, "hello", client_id=same)

    assert [again, elsewhere, after_kill, after_kill_elsewhere] == [first] * 4
    assert [message.text for message in await whole_log(phone, conversation)] == ["hello", "in between"]


@pytest.mark.parametrize("killed", [False, True], ids=["running", "killed"])
async def test_the_same_client_id_for_something_else_is_a_conflict_and_writes_nothing(
    own_chat: Chat, *, killed: bool
) -> None:
    alice, bob = await own_chat.users("alice", "bob")
    conversation, same = await alice.conversation_with(bob.me.name), ClientId("same")
    await alice.post(conversation, "hello", client_id=same)
    if killed:
        await own_chat.server.restart()
    phone = await own_chat.returning("alice")

    for client in (alice, phone):
        with pytest.raises(chatcore.Conflict):
            await client.post(conversation, "another text", client_id=same)
        with pytest.raises(chatcore.Conflict):
            await client.post(GENERAL, "hello", client_id=same)

    assert [message.text for message in await whole_log(bob, conversation)] == ["hello"]
    assert (await alice.post(conversation, "next")).seq == 2


async def test_a_client_id_is_its_senders_own(chat: Chat) -> None:
    alice, bob = await chat.users("alice", "bob")
    conversation = await alice.conversation_with(bob.me.name)

    hers = await alice.post(conversation, "hello", client_id=ClientId("same"))
    his = await bob.post(conversation, "hello", client_id=ClientId("same"))

    assert (hers.seq, his.seq) == (1, 2)
    assert await whole_log(alice, conversation) == [hers, his]


# ---- shared commits


async def test_200_posts_at_once_share_commits(tmp_path: Path) -> None:
    commits: list[int] = []

    def count(commit: Commit) -> None:
        messages = sum(isinstance(outcome, Stored) for outcome in commit)
        commits.extend([messages] if messages else [])

    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(SqliteStorage(tmp_path / "chat.db"))
        storage.listen(count)
        host = await stack.enter_async_context(
            Host(storage=storage, bus=LocalBus(), clock=SystemClock(), ids=SystemIds(), hasher=QuickHasher())
        )
        listener = await stack.enter_async_context(WebSocketListener(host.serve, "127.0.0.1", 0))
        clients = [await stack.enter_async_context(chatcore.connect(listener.url)) for _ in range(20)]
        users = [await client.register(f"user{at}", PASSWORD) for at, client in enumerate(clients)]
        conversations = [
            (clients[at], await clients[at].conversation_with(users[(at + step) % 20].name))
            for at in range(20)
            for step in range(1, 11)
        ]

        posted = await asyncio.gather(*(client.post(conversation, "hello") for client, conversation in conversations))

    assert len(posted) == sum(commits) == 200
    assert len(commits) <= 20


# ---- seqs without holes


async def provoke(client: ChatClient, server: ServerProcess, conversation: ConversationId) -> None:
    """Post what is refused or repeated, around messages that are stored."""
    me, taken = client.me.id, ClientId(f"taken-{client.me.id}")
    nobody = chatcore.ConversationId(f"d.{min(me, '0' * 16)}.{max(me, '0' * 16)}")
    async with resumed(client, server) as peer:
        posts = [
            (conversation, taken, "taken", ""),
            (conversation, "id with blanks", "refused", "bad_frame"),
            (conversation, taken, "other text", "conflict"),
            (conversation, "a", " \n", "empty"),
            (conversation, "b", "x" * 4_001, "too_long"),
            (conversation, "c", "\x1b[31m", "bad_text"),
            (nobody, "d", "to nobody", "not_found"),
            (conversation, taken, "taken", ""),
        ]
        for number, (where, client_id, text, _) in enumerate(posts, 2):
            await peer.say(type="post", id=number, conversation=where, client_id=client_id, text=text)
        codes: dict[int, str] = {}
        while len(codes) < len(posts):
            answer = await peer.hear_until(lambda frame: frame["type"] in {"posted", "error"})
            codes[answer["id"]] = answer.get("code", "")
        assert [codes[number] for number in sorted(codes)] == [code for *_, code in posts]


async def until_done(posting: Sequence[asyncio.Task[Message]], number: int) -> None:
    await until(lambda: sum(task.done() for task in posting) >= number)


async def test_seqs_have_no_holes_whatever_is_refused_repeated_or_killed(own_chat: Chat) -> None:
    alice, bob = await own_chat.users("alice", "bob")
    phones = [await own_chat.returning(name) for name in ("alice", "bob")]
    conversation = await alice.conversation_with(bob.me.name)
    posting = [
        asyncio.create_task(client.post(where, f"message {at}", client_id=ClientId(f"{where[:1]}{at}")))
        for at in range(60)
        for where in (conversation, GENERAL)
        for client in (alice, bob, *phones)
    ]

    for kill_after in (20, 200):
        await until_done(posting, kill_after)
        for client in (alice, bob):
            await provoke(client, own_chat.server, conversation)
        await own_chat.server.restart()
    posted = await asyncio.gather(*posting)

    reader = await own_chat.returning("bob")
    for where in (conversation, GENERAL):
        log = await whole_log(reader, where)
        assert [message.seq for message in log] == list(range(1, len(log) + 1))
        assert [message.sent_at for message in log] == sorted(message.sent_at for message in log)
        extra = 2 if where == conversation else 0
        assert len(log) == 120 + extra
        assert {message for message in posted if message.conversation == where} <= set(log)
        for client in (alice, bob):
            own = [message.text for message in log if message.sender == client.me.id and message.text != "taken"]
            assert own == [f"message {at}" for at in range(60)]
