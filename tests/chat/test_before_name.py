"""An application has a say in the display names that users set."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from chatcore import Chat, ChatClient, InvalidName, NameDraft, Refused, User


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat(":memory:", password_cost="low") as chat:
        yield chat


@pytest.fixture
async def ann(chat: Chat) -> User:
    return await chat.users.create("ann")


@pytest.fixture
async def client(chat: Chat, ann: User) -> AsyncIterator[ChatClient]:
    async with chat.client(ann) as client:
        yield client


async def test_a_name_is_set_as_it_is_or_as_the_hook_says_or_not_at_all(
    chat: Chat, ann: User, client: ChatClient
) -> None:
    asked: list[NameDraft] = []

    @chat.before_name
    async def check(draft: NameDraft) -> str | None:
        asked.append(draft)
        if draft.display_name == "The Boss":
            reason = "There is one boss here."
            raise Refused(reason)
        return "Ann  K." if draft.display_name == "Ann Kowalska" else None

    names = [(await client.set_display_name(name)).display_name for name in ("Łukasz", "Ann Kowalska")]
    with pytest.raises(Refused, match="There is one boss here"):
        await client.set_display_name("The Boss")
    shown = await chat.users.get("ann")
    by_the_program = await chat.users.set_display_name(ann, "The Boss")
    own = await client.set_display_name(None)

    assert names == ["Łukasz", "Ann K."]
    assert shown is not None
    assert shown.display_name == "Ann K."
    assert (by_the_program.display_name, own.display_name) == ("The Boss", "ann")
    assert [draft.display_name for draft in asked] == ["Łukasz", "Ann Kowalska", "The Boss"]
    assert asked[1].user.display_name == "Łukasz"


@pytest.mark.parametrize("answer", ["", "@ann", "x" * 65])
async def test_a_hook_that_fails_or_gives_no_name_has_it_refused(
    chat: Chat, client: ChatClient, caplog: pytest.LogCaptureFixture, answer: str
) -> None:
    @chat.before_name
    async def check(draft: NameDraft) -> str | None:
        if draft.display_name == "Eve":
            raise LookupError
        return answer

    for name in ("Ann", "Eve"):
        with pytest.raises(Refused) as refused:
            await client.set_display_name(name)
        assert refused.value.field == "hook"

    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert client.me.display_name == "ann"


async def test_what_the_hook_gives_may_not_be_reserved_either(chat: Chat, client: ChatClient) -> None:
    @chat.before_name
    async def check(_draft: NameDraft) -> str | None:
        return "Admin"

    with pytest.raises(InvalidName):
        await client.set_display_name("Ann")


async def test_nothing_is_set_when_the_session_ends_while_the_hook_thinks(
    chat: Chat, ann: User, client: ChatClient
) -> None:
    thinking, may_end = asyncio.Event(), asyncio.Event()

    @chat.before_name
    async def check(_draft: NameDraft) -> str | None:
        thinking.set()
        await may_end.wait()
        return None

    setting = asyncio.ensure_future(client.set_display_name("Łukasz"))
    await thinking.wait()
    await chat.sessions.end_all(ann)
    may_end.set()
    await asyncio.wait([setting])

    assert setting.exception() is not None
    shown = await chat.users.get("ann")
    assert shown is not None
    assert shown.display_name == "ann"


async def test_there_is_one_and_it_waits(chat: Chat) -> None:
    @chat.before_name
    async def check(_draft: NameDraft) -> str | None:
        return None

    with pytest.raises(RuntimeError, match="before_name already"):
        chat.before_name(check)
    with pytest.raises(TypeError, match="is for an `async def`"):
        chat.before_name(lambda draft: None)  # type: ignore[arg-type,return-value] # noqa: ARG005
