"""Marks, counts and pages: what is answered, and what is refused."""

import pytest

from chatcore import GENERAL, BadFrame, ChatError, Empty, NotFound, TooLong
from chatcore.ports.commits import Marked, Refused
from chatcore.service import reading
from tests.service.chat import a_chat, between


async def test_one_message_is_marked_and_counted() -> None:
    async with a_chat() as chat:
        alice, bob = await chat.users("alice", "bob")
        for text in "abc":
            await chat.post(alice, between(alice, bob), text)

        outcome = await chat.mark(bob, between(alice, bob), 2)

        assert isinstance(outcome, Marked)
        assert outcome.tally.unread == 2
        assert await reading.count(chat.ctx, bob.id, between(alice, bob)) == outcome.tally


async def test_a_mark_beyond_the_last_message_is_refused_whole() -> None:
    async with a_chat() as chat:
        alice, bob = await chat.users("alice", "bob")
        await chat.post(alice, GENERAL, "a")

        outcome = await chat.mark(bob, GENERAL, 1, 2)

        assert isinstance(outcome, Refused)
        assert outcome.error.code == "not_found"
        assert (await reading.count(chat.ctx, bob.id, GENERAL)).unread == 1


@pytest.mark.parametrize(
    ("seqs", "error"), [((), Empty), ((0,), NotFound), ((1, -1), NotFound), (tuple(range(1, 502)), TooLong)]
)
async def test_marks_that_cannot_be_are_refused_at_once(seqs: tuple[int, ...], error: type[ChatError]) -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("alice")

        with pytest.raises(error) as caught:
            await chat.mark(alice, GENERAL, *seqs)

        assert caught.value.field == "seqs"


async def test_nobody_marks_or_reads_what_others_write_to_each_other() -> None:
    async with a_chat() as chat:
        alice, bob, carol = await chat.users("alice", "bob", "carol")
        theirs = between(alice, bob)
        await chat.post(alice, theirs, "secret")

        for attempt in (
            chat.mark(carol, theirs, 1),
            reading.count(chat.ctx, carol.id, theirs),
            reading.history(chat.ctx, carol.id, theirs, None, None, 50),
            reading.stretch(chat.ctx, carol.id, theirs, 1, 1),
        ):
            with pytest.raises(NotFound):
                await attempt


async def test_an_empty_conversation_counts_nothing() -> None:
    async with a_chat() as chat:
        alice, bob = await chat.users("alice", "bob")

        tally = await reading.count(chat.ctx, alice.id, between(alice, bob))

        assert (tally.seq, tally.live, tally.own, tally.unread, tally.last) == (0, 0, 0, 0, None)


@pytest.mark.parametrize("limit", [0, -1, 201, 2**53])
async def test_a_page_has_1_to_200_messages(limit: int) -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("alice")

        with pytest.raises(BadFrame) as caught:
            await reading.history(chat.ctx, alice.id, GENERAL, None, None, limit)

        assert caught.value.field == "limit"


async def test_pages_go_forwards_after_and_backwards_before() -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("alice")
        for number in range(1, 8):
            await chat.post(alice, GENERAL, str(number))

        async def seqs(after: int | None, before: int | None) -> tuple[list[int], bool]:
            page = await reading.history(chat.ctx, alice.id, GENERAL, after, before, 3)
            return [message.seq for message in page.messages], page.more

        assert await seqs(None, None) == ([5, 6, 7], True)
        assert await seqs(None, 3) == ([1, 2], False)
        assert await seqs(None, 1) == ([], False)
        assert await seqs(0, None) == ([1, 2, 3], True)
        assert await seqs(5, None) == ([6, 7], False)
        assert await seqs(7, None) == ([], False)


@pytest.mark.parametrize(("first", "last", "field"), [(0, 5, "first"), (-3, 5, "first"), (6, 5, "first")])
async def test_a_stretch_begins_at_one_and_goes_forwards(first: int, last: int, field: str) -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("alice")

        with pytest.raises(BadFrame) as caught:
            await reading.stretch(chat.ctx, alice.id, GENERAL, first, last)

        assert caught.value.field == field


async def test_a_stretch_has_at_most_1000_seqs() -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("alice")

        await reading.stretch(chat.ctx, alice.id, GENERAL, 1, 1_000)
        with pytest.raises(TooLong) as caught:
            await reading.stretch(chat.ctx, alice.id, GENERAL, 1, 1_001)

        assert caught.value.field == "last"


async def test_a_stretch_tells_what_is_read_and_by_how_many() -> None:
    async with a_chat() as chat:
        alice, bob, carol = await chat.users("alice", "bob", "carol")
        await chat.post(alice, GENERAL, "a")
        await chat.post(bob, GENERAL, "b")
        await chat.mark(bob, GENERAL, 1)
        await chat.mark(carol, GENERAL, 1)

        mine = await reading.stretch(chat.ctx, alice.id, GENERAL, 1, 2)
        bobs = await reading.stretch(chat.ctx, bob.id, GENERAL, 1, 2)

        assert (mine.messages, mine.receipts) == ((), ((1, 2),))
        assert (1, 1) in bobs.read or (1, 2) in bobs.read
