"""A whole chat inside a program."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

import chatcore
import chatcore_server
from chatcore import (
    GENERAL,
    Chat,
    Conflict,
    ConnectionPhase,
    Empty,
    NotAllowed,
    NotFound,
    StorageError,
    UserId,
)
from chatcore.adapters.memory import MemoryStorage
from chatcore.ports.commits import Change, Outcome
from chatcore.testing.server_process import ServerProcess
from tests.waiting import until

PASSWORD = "correct horse battery"


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat(":memory:", password_cost="low") as chat:
        yield chat


# ---- posts


async def test_a_program_posts_as_a_user_and_clients_hear_of_it(chat: Chat) -> None:
    ann, bob = await chat.users.create("ann"), await chat.users.create("bob")

    async with chat.client(bob) as client:
        said = await chat.post(ann, GENERAL, "hello all")
        whispered = await chat.post(ann, bob, "hello bob")
        with_ann = await client.conversation_with("ann")
        await until(lambda: [row.last.text for row in client.replica.rows if row.last] == ["hello bob", "hello all"])

        assert await client.history(GENERAL) == [said]
        assert await client.history(with_ann) == [whispered]
        assert (whispered.sender, whispered.seq) == (ann.id, 1)


async def test_the_same_client_id_is_the_same_message_and_another_text_under_it_a_conflict(chat: Chat) -> None:
    ann = await chat.users.create("ann")
    first = await chat.post(ann, GENERAL, "order 7 has come", client_id="order-7")

    again = await chat.post(ann, GENERAL, "order 7 has come", client_id="order-7")

    assert (again, await chat.unread(ann)) == (first, 0)
    with pytest.raises(Conflict):
        await chat.post(ann, GENERAL, "order 8 has come", client_id="order-7")


async def test_what_may_not_be_posted_is_refused(chat: Chat) -> None:
    ann, bob, carol = [await chat.users.create(name) for name in ("ann", "bob", "carol")]
    of_others = (await chat.post(bob, carol, "hello")).conversation

    with pytest.raises(NotFound):
        await chat.post(ann, of_others, "let me in")
    with pytest.raises(NotFound):
        await chat.post(UserId("0" * 16), GENERAL, "nobody")
    with pytest.raises(Empty):
        await chat.post(ann, GENERAL, "  ")


async def test_what_a_user_has_not_read_is_counted(chat: Chat) -> None:
    ann, bob = await chat.users.create("ann"), await chat.users.create("bob")
    await chat.post(ann, GENERAL, "one")
    two = await chat.post(ann, bob, "two")
    await chat.post(ann, bob, "three")

    counts = [await chat.unread(bob), await chat.unread(bob, GENERAL), await chat.unread(ann)]
    async with chat.client(bob) as client:
        await client.mark_read(two.conversation, two.seq)

    assert (counts, await chat.unread(bob, two.conversation)) == ([3, 1, 0], 1)


# ---- clients and sessions


async def test_a_client_within_the_program_is_active_while_it_is_there_and_leaves_no_session(chat: Chat) -> None:
    ann = await chat.users.create("ann")
    before = chat.active()

    async with chat.client(ann) as client:
        within = chat.active()
        posted = await client.post(GENERAL, "hello")

    assert (before, within, chat.active()) == (frozenset(), frozenset({ann.id}), frozenset())
    assert (posted.sender, list(await chat.sessions.of(ann))) == (ann.id, [])


@pytest.mark.parametrize(("passwords", "registration"), [(False, True), (True, False)])
async def test_doors_that_are_shut_let_nobody_in(*, passwords: bool, registration: bool) -> None:
    async with (
        Chat(":memory:", passwords=passwords, registration=registration, password_cost="low") as chat,
        chatcore_server.serve(chat, port=0) as door,
        chatcore.connect(door.url) as client,
    ):
        await chat.users.create("ann", password=PASSWORD)

        with pytest.raises(NotAllowed):
            await client.register("bob", PASSWORD)
        if passwords:
            assert (await client.log_in("ann", PASSWORD)).name == "ann"
        else:
            with pytest.raises(NotAllowed):
                await client.log_in("ann", PASSWORD)


# ---- its life


async def test_everything_is_kept_in_its_file(tmp_path: Path) -> None:
    chat = Chat(tmp_path / "chat.db", password_cost="low")
    async with chat:
        ann = await chat.users.create("ann")
        message = await chat.post(ann, GENERAL, "hello")
    async with chat, chat.client(ann) as client:
        assert await client.history(GENERAL) == [message]

    async with ServerProcess(tmp_path / "chat.db") as server:
        assert (await server.terminate()) == 0


async def test_open_is_the_short_way_to_a_chat_in_a_file(tmp_path: Path) -> None:
    async with chatcore.open(tmp_path / "chat.db") as chat:
        await chat.users.create("ann")
        assert chat.is_open

    with pytest.raises(TypeError, match="at a path or in a storage"):
        chatcore.open(None)  # type: ignore[arg-type]


async def test_a_second_one_on_the_same_file_is_told_so(tmp_path: Path) -> None:
    async with Chat(tmp_path / "chat.db", password_cost="low"):
        with pytest.raises(StorageError, match="is in use by another server"):
            async with Chat(tmp_path / "chat.db", password_cost="low"):
                pass


class Slow(MemoryStorage):
    """Takes its time for commits."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.may_end = asyncio.Event(), asyncio.Event()

    async def append(self, changes: Sequence[Change], now_ms: int) -> Sequence[Outcome]:
        self.begun.set()
        await self.may_end.wait()
        return await super().append(changes, now_ms)


async def test_leaving_stores_what_is_under_way_and_tells_the_clients() -> None:
    storage = Slow()
    async with AsyncExitStack() as outside:
        async with Chat(storage=storage, password_cost="low") as chat:
            ann = await chat.users.create("ann")
            door = await outside.enter_async_context(chatcore_server.serve(chat, port=0))
            client = await outside.enter_async_context(chatcore.connect(door.url, token=await chat.sessions.begin(ann)))
            posting = asyncio.create_task(chat.post(ann, GENERAL, "under way"))
            await storage.begun.wait()
            asyncio.get_running_loop().call_soon(storage.may_end.set)
        await until(lambda: client.connection.phase is ConnectionPhase.OFFLINE)

    assert (await posting).text == "under way"


class Burning(MemoryStorage):
    """Fails at the next commit once it is on fire."""

    is_on_fire = False

    async def append(self, changes: Sequence[Change], now_ms: int) -> Sequence[Outcome]:
        if self.is_on_fire:
            msg = "disk on fire"
            raise StorageError(msg)
        return await super().append(changes, now_ms)


async def test_a_storage_that_fails_ends_the_block_with_its_error_and_the_task_goes_on() -> None:
    storage = Burning()

    async def use() -> None:
        async with Chat(storage=storage, password_cost="low") as chat:
            ann = await chat.users.create("ann")
            storage.is_on_fire = True
            with suppress(StorageError):
                await chat.post(ann, GENERAL, "hello")
            await asyncio.Event().wait()

    with pytest.raises(StorageError, match="disk on fire"):
        await use()

    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_file_that_was_taken_away_ends_the_block(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"

    async def use() -> None:
        async with Chat(path, password_cost="low"):
            await asyncio.to_thread(path.unlink)
            await asyncio.Event().wait()

    with pytest.raises(StorageError, match="is not there any more"):
        await use()


async def test_what_the_block_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        async with Chat(":memory:", password_cost="low"):
            1 / 0  # noqa: B018


# ---- wrong use


async def test_before_it_is_open_when_it_is_closed_and_twice_it_says_so() -> None:
    chat = Chat(":memory:", password_cost="low")
    nobody = UserId("0" * 16)
    uses: list[Callable[[], Awaitable[object]]] = [
        lambda: chat.users.create("ann"),
        lambda: chat.users.get("ann"),
        lambda: chat.sessions.begin(nobody),
        lambda: chat.post(nobody, GENERAL, "hello"),
        lambda: chat.unread(nobody),
        lambda: chat.client(nobody).__aenter__(),
    ]
    for use in uses:
        with pytest.raises(RuntimeError, match="not open yet"):
            await use()
    async with chat:
        with pytest.raises(RuntimeError, match="open already"):
            await chat.__aenter__()
    for use in uses:
        with pytest.raises(RuntimeError, match="is closed"):
            await use()
    with pytest.raises(RuntimeError, match="is closed"):
        chat.active()


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        ({}, TypeError, "at a path or in a storage"),
        ({"path": "chat.db", "storage": MemoryStorage()}, TypeError, "one of the two is given"),
        ({"path": 7}, TypeError, "path is the path of a file, not 7"),
        (
            {"storage": "chat.db"},
            TypeError,
            "storage is no Storage: 'chat.db' has no account, no account_of, no account_with_key",
        ),
        ({"path": ":memory:", "bus": object()}, TypeError, "bus is no Bus: .* has no "),
        ({"path": ":memory:", "password_cost": "none"}, ValueError, 'password_cost is "normal" or "low"'),
    ],
)
def test_what_no_chat_can_be_made_of_is_refused_at_once(
    given: dict[str, Any], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        Chat(**given)


async def test_arguments_of_another_kind_are_named(chat: Chat) -> None:
    ann = await chat.users.create("ann")
    for use, told in (
        (chat.users.create(7), "name is a text, not 7"),  # type: ignore[arg-type]
        (chat.post(7, GENERAL, "hello"), "user is a user or a user's id, not 7"),  # type: ignore[arg-type]
        (chat.post(ann, GENERAL, None), "text is a text, not None"),  # type: ignore[arg-type]
        (chat.post(ann, 7, "hello"), "conversation is a conversation's id or a user, not 7"),  # type: ignore[arg-type]
        (chat.sessions.end(None), "session is a session or its id, not None"),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError, match=told):
            await use


async def test_from_another_event_loop_or_thread_it_is_said_where_it_belongs(chat: Chat) -> None:
    ann = await chat.users.create("ann")

    async def log_in() -> None:
        async with chat.client(ann):
            pass

    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "post": lambda: chat.post(ann, GENERAL, "hello"),
        "client": log_in,
        "dial": lambda: chat.dial(""),
        "drain": chat.drain,
        "events": lambda: anext(aiter(chat.events())),
        "users": lambda: chat.users.get("ann"),
        "sessions": lambda: chat.sessions.begin(ann),
        "unread": lambda: chat.unread(ann),
        "leaving": lambda: chat.__aexit__(None, None, None),
    }

    async def told(call: Callable[[], Awaitable[object]]) -> str:
        with pytest.raises(RuntimeError) as caught:
            await call()
        return str(caught.value)

    for call in calls.values():
        said = await asyncio.to_thread(asyncio.run, told(call))
        assert said.startswith("this chat belongs to another event loop: use it there")
    with pytest.raises(RuntimeError, match="belongs to another event loop"):
        await asyncio.to_thread(chat.active)
    assert (await chat.post(ann, GENERAL, "hello")).seq == 1
