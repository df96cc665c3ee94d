"""What the application says to posts: who is asked, in what order, and what becomes of them meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from chatcore import GENERAL, Busy, Chat, Conflict, LoggedOut, Message, NotAllowed, Refused, User
from chatcore.domain.events import MessagePosted
from chatcore.service.hooks import Draft
from tests.waiting import until


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat(":memory:", password_cost="low") as chat:
        yield chat


class Censor:
    """A hook that holds what it is asked about until it is let go, and knows three words."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.held = asyncio.Event()
        self.held.set()

    async def __call__(self, draft: Draft) -> str | None:
        self.drafts.append(draft)
        await self.held.wait()
        if draft.text.startswith("bad"):
            raise Refused("mind your language")
        return draft.text.replace("hell", "h**l") if "hell" in draft.text else None

    @property
    def texts(self) -> list[str]:
        return [draft.text for draft in self.drafts]


@pytest.fixture
def censor(chat: Chat) -> Censor:
    hook = Censor()
    chat.before_post(hook)
    return hook


async def texts(chat: Chat, reader: User) -> list[str]:
    async with chat.client(reader) as client:
        return [message.text for message in await client.history(GENERAL)]


async def test_the_author_sees_the_text_that_everybody_sees(chat: Chat, censor: Censor) -> None:
    ann, bob = await chat.users.create("ann"), await chat.users.create("bob")
    async with chat.client(ann) as hers, chat.client(bob) as his:
        hers.opened(GENERAL)
        his.opened(GENERAL)
        message = await hers.post(GENERAL, "what the hell")
        await until(lambda: bool(his.replica.timeline(GENERAL)))

        for client in (hers, his):
            assert [item.text for item in client.replica.timeline(GENERAL)] == ["what the h**l"]
    assert message.text == "what the h**l"
    assert censor.drafts == [Draft(ann, GENERAL, "what the hell", "client")]


async def test_a_repeat_is_answered_as_before_and_nobody_is_asked_again(chat: Chat, censor: Censor) -> None:
    ann = await chat.users.create("ann")
    stored = await chat.post(ann, GENERAL, "hell", client_id="1")

    assert await chat.post(ann, GENERAL, "hell", client_id="1") == stored
    with pytest.raises(Refused, match=r"^mind your language$"):
        await chat.post(ann, GENERAL, "bad", client_id="2")
    with pytest.raises(Refused, match=r"^mind your language$"):
        await chat.post(ann, GENERAL, "bad", client_id="2")
    with pytest.raises(Conflict):
        await chat.post(ann, GENERAL, "heaven", client_id="1")

    assert censor.texts == ["hell", "bad"]
    assert censor.drafts[0].via == "host"


async def test_a_repeat_waits_for_the_outcome_of_the_first(chat: Chat, censor: Censor) -> None:
    ann = await chat.users.create("ann")
    censor.held.clear()
    posts = [asyncio.create_task(chat.post(ann, GENERAL, "hell", client_id="1")) for _ in range(3)]
    await until(lambda: bool(censor.drafts))
    censor.held.set()

    assert len(set(await asyncio.gather(*posts))) == 1
    assert censor.texts == ["hell"]


async def test_posts_of_one_connection_keep_their_order_and_all_else_goes_on(chat: Chat, censor: Censor) -> None:
    ann, bob = await chat.users.create("ann"), await chat.users.create("bob")
    async with chat.client(ann) as hers:
        with_bob = await hers.conversation_with("bob")
        censor.held.clear()
        first = asyncio.create_task(hers.post(GENERAL, "first"))
        second = asyncio.create_task(hers.post(with_bob, "second"))
        await until(lambda: bool(censor.drafts))

        assert await hers.unread(GENERAL) == 0
        other = await chat.post(bob, GENERAL, "meanwhile", checked=False)
        assert censor.texts == ["first"]
        censor.held.set()
        stored = await asyncio.gather(first, second)

    assert censor.texts == ["first", "second"]
    assert other.number < stored[0].number < stored[1].number


async def test_the_author_of_a_refused_post_reads_why_and_tries_again_under_another_id(
    chat: Chat, censor: Censor
) -> None:
    ann = await chat.users.create("ann")
    async with chat.client(ann) as hers:
        hers.opened(GENERAL)
        with pytest.raises(Refused, match=r"^mind your language$") as told:
            await hers.post(GENERAL, "bad word")
        (item,) = hers.replica.timeline(GENERAL)
        again = hers.retry(item.client_id)
        await until(lambda: len(censor.drafts) == 2)
        await until(lambda: hers.replica.timeline(GENERAL)[0].refusal is not None)

        assert told.value.field is None
        assert (item.refusal, item.reason) == ("refused", "mind your language")
        assert again != item.client_id
        assert [item.client_id for item in hers.replica.timeline(GENERAL)] == [again]


async def test_p27_what_the_hook_thinks_about_is_not_stored_after_a_log_out(chat: Chat, censor: Censor) -> None:
    ann, bob = await chat.users.create("ann"), await chat.users.create("bob")
    async with chat.client(ann) as hers:
        censor.held.clear()
        post = asyncio.create_task(hers.post(GENERAL, "too late"))
        await until(lambda: bool(censor.drafts))
        await chat.sessions.end_all(ann)
        censor.held.set()
        with pytest.raises(LoggedOut):
            await post
        await chat.post(bob, GENERAL, "after it")

    assert await texts(chat, bob) == ["after it"]


@pytest.mark.parametrize("how", ["disable", "erase"])
async def test_p27_what_the_hook_thinks_about_is_not_stored_after_a_ban(chat: Chat, censor: Censor, how: str) -> None:
    ann, bob = await chat.users.create("ann"), await chat.users.create("bob")
    async with chat.client(ann) as hers:
        censor.held.clear()
        posts = [
            asyncio.create_task(hers.post(GENERAL, "hers")),
            asyncio.create_task(chat.post(ann, GENERAL, "host's")),
        ]
        await until(lambda: len(censor.drafts) == 2)
        await getattr(chat.users, how)(ann)
        censor.held.set()
        outcomes = await asyncio.gather(*posts, return_exceptions=True)
        await chat.post(bob, GENERAL, "after it")

    assert [type(outcome) for outcome in outcomes] == [LoggedOut, NotAllowed]
    assert await texts(chat, bob) == ["after it"]


@pytest.mark.parametrize("nonsense", [7, "", "x" * 4_001, b"bytes"])
async def test_a_hook_that_returns_nonsense_costs_one_post(chat: Chat, nonsense: object) -> None:
    ann = await chat.users.create("ann")

    @chat.before_post
    async def hook(draft: Draft) -> str | None:
        return nonsense if draft.text == "first" else None  # type: ignore[return-value]

    with pytest.raises(Refused) as told:
        await chat.post(ann, GENERAL, "first")
    assert told.value.field == "hook"
    assert (await chat.post(ann, GENERAL, "second")).seq == 1


@pytest.mark.parametrize("error", [ZeroDivisionError, asyncio.CancelledError, KeyError("text")])
async def test_a_hook_that_raises_costs_one_post(
    chat: Chat, error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await chat.users.create("ann")

    @chat.before_post
    async def hook(draft: Draft) -> str | None:
        if draft.text == "first":
            raise error
        return None

    with pytest.raises(Refused) as told:
        await chat.post(ann, GENERAL, "first")
    assert told.value.field == "hook"
    assert (await chat.post(ann, GENERAL, "second")).seq == 1
    assert "hook" in caplog.text


async def test_a_reason_is_cut_to_its_length(chat: Chat) -> None:
    ann = await chat.users.create("ann")

    @chat.before_post
    async def hook(_draft: Draft) -> str | None:
        raise Refused("é" * 300)

    with pytest.raises(Refused, match=r"^é{200}$"):
        await chat.post(ann, GENERAL, "hi")


async def test_what_a_hook_posts_itself_it_does_not_see(chat: Chat) -> None:
    ann, bot = await chat.users.create("ann"), await chat.users.create("bot")
    posted: list[Message] = []

    @chat.before_post
    async def hook(draft: Draft) -> str | None:
        posted.append(await chat.post(bot, GENERAL, f"ann writes: {draft.text}"))
        return None

    await chat.post(ann, GENERAL, "hi")

    assert await texts(chat, ann) == ["ann writes: hi", "hi"]
    assert len(posted) == 1


async def test_the_end_of_the_chat_waits_for_the_post_that_is_asked_about() -> None:
    async with Chat(":memory:", password_cost="low") as chat:
        hook = Censor()
        chat.before_post(hook)
        ann = await chat.users.create("ann")
        hook.held.clear()
        posts = [asyncio.create_task(chat.post(ann, GENERAL, text)) for text in ("one", "two")]
        await until(lambda: len(hook.drafts) == 2)
        draining = asyncio.create_task(chat.drain())
        with pytest.raises(Busy):
            await chat.post(ann, GENERAL, "three")
        hook.held.set()
        await draining
        assert [(await post).text for post in posts] == ["one", "two"]


async def test_after_a_commit_its_events_are_told_in_order_whatever_a_hook_does(
    chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await chat.users.create("ann")
    told: list[object] = []

    @chat.after_commit
    def fails(_event: object) -> None:
        raise ZeroDivisionError

    chat.after_commit(told.append)
    first, second = [await chat.post(ann, GENERAL, text) for text in ("one", "two")]

    assert told == [MessagePosted(first), MessagePosted(second)]
    assert "ZeroDivisionError" in caplog.text


async def test_hooks_that_are_none_are_refused_early(chat: Chat, censor: Censor) -> None:
    with pytest.raises(RuntimeError, match="already"):
        chat.before_post(censor)
    with pytest.raises(TypeError, match="async def"):
        chat.before_post(lambda _draft: None)  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError, match="`def`"):
        chat.after_commit(censor)  # type: ignore[arg-type]
