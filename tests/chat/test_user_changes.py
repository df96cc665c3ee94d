"""Changes of users, as the program makes them and others see them at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import chatcore
import chatcore_server
from chatcore import (
    GENERAL,
    Banned,
    Chat,
    ChatClient,
    InvalidName,
    LoggedOut,
    NameTaken,
    NotAllowed,
    NotFound,
    Observer,
    Row,
    SlowDown,
    User,
    UserId,
)
from chatcore.adapters.system import SystemClock
from chatcore.host import watch

PASSWORD = "correct horse battery"


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat(":memory:", password_cost="low") as chat:
        yield chat


class Watching(Observer):
    """Notes who was changed."""

    def __init__(self) -> None:
        self.changed: list[User] = []

    def user_changed(self, user: User) -> None:
        self.changed.append(user)


def row_of(client: ChatClient, user: User) -> Row:
    """Return the row of a user."""
    return next(row for row in client.replica.rows if row.user == user.id)


async def test_a_rename_and_a_display_name_are_seen_at_once_in_the_list_and_by_who_has_it(chat: Chat) -> None:
    ann, bob = await chat.users.create("ann"), await chat.users.create("bob")
    async with chat.client(ann) as mine, chat.client(bob) as his:
        await his.synced()
        watching = Watching()
        mine.subscribe(watching)
        await chat.users.rename(ann, "anna")
        await chat.users.set_display_name(ann, "Ann Kowalska")

        row = await his.wait_for(lambda: row_of(his, ann) if row_of(his, ann).name == "Ann Kowalska" else None, 5)
        await mine.wait_for(lambda: mine.me.display_name == "Ann Kowalska", 5)

        assert row is not None
        assert (row.name, row.account, row.disabled) == ("Ann Kowalska", "anna", False)
        assert his.replica.name_of(ann.id) == "Ann Kowalska"
        assert await his.conversation_with("anna") == row.conversation
        with pytest.raises(NotFound):
            await his.conversation_with("ann")
        assert [user.name for user in watching.changed] == ["anna", "anna"]
        assert mine.me.name == "anna"


async def test_people_are_shown_by_the_name_that_they_choose_themselves(chat: Chat) -> None:
    ann, bob = await chat.users.create("ann"), await chat.users.create("bob")
    async with chat.client(ann) as mine, chat.client(bob) as his:
        shown = await mine.set_display_name("  Łukasz  Żak ")
        await his.wait_for(lambda: row_of(his, ann).name == "Łukasz Żak", 5)

        assert shown == mine.me == await chat.users.get("ann")
        for name, refusal in (("bob", NameTaken), ("x@y", InvalidName), ("Admin", InvalidName)):
            with pytest.raises(refusal) as refused:
                await mine.set_display_name(name)
            assert refused.value.field == "display_name"

        assert (await mine.set_display_name(None)).display_name == "ann"


async def test_two_of_one_display_name_have_one_look_and_other_accounts(chat: Chat) -> None:
    one, other = [await chat.users.ensure(key, display_name=name) for key, name in (("1", "Ann"), ("2", "Аnn"))]
    third, bob = await chat.users.create("ann3"), await chat.users.create("bob")
    async with chat.client(bob) as client:
        await client.synced()
        rows = [row_of(client, user) for user in (one, other, third)]

    assert rows[0].look == rows[1].look != rows[2].look
    assert [row.account for row in rows] == ["ann", "nn", "ann3"]


async def test_who_is_disabled_is_thrown_out_and_nobody_writes_to_them_until_they_are_enabled(chat: Chat) -> None:
    ann, bob = await chat.users.create("ann"), await chat.users.create("bob")
    async with chat.client(ann) as mine, chat.client(bob) as his:
        there = await mine.conversation_with(bob)
        await chat.users.disable(bob, "spam")

        await mine.wait_for(lambda: row_of(mine, bob).disabled, 5)
        with pytest.raises(LoggedOut):
            await his.synced()
        with pytest.raises(NotAllowed):
            await mine.post(there, "hello")
        with pytest.raises(NotAllowed):
            await chat.post(ann, bob, "hello")
        with pytest.raises(NotAllowed):
            await chat.post(bob, chatcore.GENERAL, "hello")
        with pytest.raises(NotAllowed):
            await chat.sessions.begin(bob)
        assert await chat.sessions.of(bob) == []

        await chat.users.enable(bob)
        await mine.wait_for(lambda: not row_of(mine, bob).disabled, 5)
        assert (await mine.post(there, "hello")).text == "hello"
        async with chat.client(bob) as again:
            assert await again.unread(there) == 1


async def test_who_is_banned_is_told_so_and_comes_back_after_it(chat: Chat) -> None:
    ann = await chat.users.create("ann", password=PASSWORD)
    async with chatcore_server.serve(chat, port=0) as door, chatcore.connect(door.url) as client:
        await client.log_in("ann", PASSWORD)
        banned = await chat.users.ban(ann, "spam", lasts=timedelta(days=1))

        assert banned.disabled
        with pytest.raises(LoggedOut):
            await client.wait_for(lambda: False, 5)
        assert (client.connection.code, client.connection.reason[-6:]) == ("banned", ": spam")
        with pytest.raises(Banned) as told:
            await client.log_in("ann", PASSWORD)
        assert (told.value.reason, told.value.until is not None) == ("spam", True)
        await chat.users.enable(ann)
        assert await client.log_in("ann", PASSWORD) == await chat.users.get("ann")


async def test_who_is_erased_is_a_deleted_user_to_everybody_and_the_texts_stay(chat: Chat) -> None:
    ann = await chat.users.ensure("42", display_name="Ann")
    bob = await chat.users.create("bob")
    await chat.post(ann, bob, "hello")
    async with chat.client(bob) as his:
        gone = await chat.users.erase(ann)
        row = await his.wait_for(lambda: row_of(his, ann) if row_of(his, ann).disabled else None, 5)

        assert row is not None
        assert (row.name, row.account) == ("deleted user", "")
        assert [m.text for m in await his.history(row.conversation)] == ["hello"]
        with pytest.raises(NotFound):
            await his.conversation_with("ann")
    assert await chat.users.get("ann") is None
    assert await chat.users.get(ann.id) == gone
    assert await chat.users.key_of(ann) is None
    assert (await chat.users.ensure("42")).id != ann.id
    with pytest.raises(NotFound):
        await chat.users.set_display_name(ann, "Ann")


async def test_after_a_hundred_renames_and_an_erasure_old_and_new_clients_know_the_same(chat: Chat) -> None:
    users = [await chat.users.create(f"user{number}") for number in range(30)]
    bob = await chat.users.create("bob")
    async with (
        chatcore_server.serve(chat, port=0) as door,
        chatcore.connect(door.url, token=await chat.sessions.begin(bob)) as old,
    ):
        await old.synced()
        for turn in range(100):
            await chat.users.rename(users[turn % 20], f"name{turn}")
        await chat.users.erase(users[25])
        async with chatcore.connect(door.url, token=await chat.sessions.begin(bob)) as new:
            await new.synced()
            await old.wait_for(lambda: old.replica.users == new.replica.users, 5)

            assert list(old.replica.rows) == list(new.replica.rows)
            assert [user async for user in chat.users] == sorted(new.replica.users, key=lambda user: user.fact)


async def test_wrong_use_says_what_was_expected(chat: Chat) -> None:
    ann = await chat.users.create("ann")

    calls: list[tuple[Callable[[], Awaitable[object]], str]] = [
        (lambda: chat.users.ensure(42), "key is a text, not 42"),  # type: ignore[arg-type]
        (lambda: chat.users.ensure("42", display_name=7), "display_name is a text or None, not 7"),  # type: ignore[arg-type]
        (lambda: chat.users.rename(ann, None), "name is a text, not None"),  # type: ignore[arg-type]
        (lambda: chat.users.disable(None), "user is a user or a user's id, not None"),  # type: ignore[arg-type]
        (lambda: chat.users.disable(ann, 7), "reason is a text, not 7"),  # type: ignore[arg-type]
    ]
    for call, told in calls:
        with pytest.raises(TypeError, match=told):
            await call()
    for key, told in (("", "1 to 255"), ("x" * 256, "1 to 255"), ("a\x00b", "control"), ("a\ud800", "half a char")):
        with pytest.raises(ValueError, match=f"key has .*{told}"):
            await chat.users.ensure(key)
    with pytest.raises(ValueError, match="reason has 0 to 200 characters"):
        await chat.users.disable(ann, "x" * 201)
    soon, day = datetime.fromtimestamp(SystemClock().now_ms() / 1000 + 3_600, UTC), timedelta(days=1)
    bans: list[tuple[Callable[[], Awaitable[object]], type[Exception], str]] = [
        (lambda: chat.users.ban(ann, until="tomorrow"), TypeError, "until is an aware datetime or None"),  # type: ignore[arg-type]
        (lambda: chat.users.ban(ann, lasts=7), TypeError, "lasts is a timedelta or None"),  # type: ignore[arg-type]
        (lambda: chat.users.ban(ann, until=soon, lasts=day), ValueError, "not both"),
        (lambda: chat.users.ban(ann, until=soon.replace(tzinfo=None)), ValueError, "no time zone"),
        (lambda: chat.users.ban(ann, until=soon - day), ValueError, "in the future"),
        (lambda: chat.users.ban(ann, lasts=-day), ValueError, "in the future"),
        (lambda: chat.users.ban(ann, until=datetime.max.replace(tzinfo=UTC)), ValueError, "within 100 years"),
        (lambda: chat.users.ban(ann, "x" * 201), ValueError, "reason has 0 to 200 characters"),
    ]
    for call, kind, told in bans:
        with pytest.raises(kind, match=told):
            await call()
    assert not (await chat.users.get(ann.id) or ann).disabled
    nobody = UserId("f" * 16)
    for missing in (
        chat.users.ban(nobody),
        chat.users.enable(nobody),
        chat.users.erase(nobody),
        chat.users.key_of(nobody),
    ):
        with pytest.raises(NotFound):
            await missing


@pytest.mark.parametrize("how", ["disable", "erase"])
async def test_when_somebody_is_kept_out_nothing_of_theirs_is_stored_any_more(tmp_path: Path, how: str) -> None:
    async with Chat(tmp_path / "chat.db", password_cost="low") as chat:
        ann = await chat.users.create("ann")
        posts = [asyncio.ensure_future(chat.post(ann, chatcore.GENERAL, f"{number}")) for number in range(5_000)]
        await posts[0]

        await getattr(chat.users, how)(ann)
        stored = await _count(chat)
        outcomes = await asyncio.gather(*posts, return_exceptions=True)

        assert await _count(chat) == stored < 5_000
        assert {type(outcome).__name__ for outcome in outcomes} - {"NotFound"} == {"Message", "NotAllowed"}


async def _count(chat: Chat) -> int:
    """Return how many messages the general chat has."""
    return (await chat._storage.overview(UserId(""), 0)).general.seq


async def test_a_chat_that_is_left_in_good_order_has_not_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "PAUSE", 0.001)
    for number in range(5):
        async with Chat(tmp_path / f"{number}.db", password_cost="low") as chat:
            ann = await chat.users.create("ann")
            await asyncio.gather(*(chat.post(ann, chatcore.GENERAL, "x" * 4_000) for _ in range(200)))


async def test_two_requests_with_one_key_and_one_name_make_one_user(tmp_path: Path) -> None:
    async with Chat(tmp_path / "chat.db", password_cost="low") as chat:
        users = await asyncio.gather(*(chat.users.ensure("42", name="ann") for _ in range(10)))

    assert len({user.id for user in users}) == 1


async def test_a_rate_that_is_set_counts_from_then_on(chat: Chat) -> None:
    ann = await chat.users.create("ann")
    throttle = chat._context().throttle
    for _ in range(500):
        throttle.post(ann.id)
    with pytest.raises(SlowDown):
        throttle.post(ann.id)

    chat.users.set_post_rate(ann, chatcore.Rate(1_000, 1_000))

    throttle.post(ann.id)


@pytest.mark.parametrize("sent", ["\ud800", "\0", "", "x" * 1_000_000, "É" * 16])
async def test_whatever_text_a_program_was_sent_as_an_id_is_that_of_nobody(sent: str, tmp_path: Path) -> None:
    async with Chat(tmp_path / "chat.db") as chat:
        await _knows_nobody_by(chat, UserId(sent))


async def _knows_nobody_by(chat: Chat, nobody: UserId) -> None:
    asked: list[Callable[[], Awaitable[object]]] = [
        lambda: chat.users.rename(nobody, "ann"),
        lambda: chat.users.set_display_name(nobody, "Ann"),
        lambda: chat.users.disable(nobody),
        lambda: chat.users.ban(nobody),
        lambda: chat.users.ban_of(nobody),
        lambda: chat.users.enable(nobody),
        lambda: chat.users.erase(nobody),
        lambda: chat.users.key_of(nobody),
        lambda: chat.users.set_password(nobody, "correct horse battery"),
        lambda: chat.sessions.begin(nobody),
        lambda: chat.sessions.of(nobody),
        lambda: chat.sessions.end_all(nobody),
        lambda: chat.unread(nobody),
        lambda: chat.post(nobody, GENERAL, "hello"),
    ]
    for ask in asked:
        with pytest.raises(NotFound):
            await ask()

    assert await chat.users.get(nobody) is None
    await chat.sessions.end(nobody)
    await chat.invitations.revoke(nobody)
