"""What every storage promises about reading: pages, the newest conversations, and the walk through all of them."""
# ruff: noqa: D102 - the name of a test is its sentence

from __future__ import annotations

import asyncio

import pytest

from ...domain.conversations import Conversation, direct
from ...domain.generations import Point
from ...domain.ids import ConversationId, UserId
from ...domain.messages import PREVIEW, Last
from ...domain.tallies import Tally
from ...ports.storage import Page, Storage
from .storage_base import (
    ALICE,
    ALICE_BOB,
    ALICE_CAROL,
    BOB,
    BOB_CAROL,
    CAROL,
    GENERAL,
    NOON,
    StorageBase,
    append_one,
    enrol,
    post,
    read,
    send,
)

TEN = [str(n) for n in range(1, 11)]


def seqs(page: Page) -> list[int]:
    """Return what a page shows."""
    return [message.seq for message in page.messages]


class PagesContract(StorageBase):
    """Pages and lists."""

    @pytest.mark.parametrize(
        ("after", "before", "limit", "shown", "more"),
        [
            (None, None, 3, [8, 9, 10], True),
            (None, None, 10, list(range(1, 11)), False),
            (None, None, 50, list(range(1, 11)), False),
            (None, 8, 3, [5, 6, 7], True),
            (None, 5, 3, [2, 3, 4], True),
            (None, 4, 3, [1, 2, 3], False),
            (None, 3, 3, [1, 2], False),
            (None, 1, 3, [], False),
            (None, 11, 2, [9, 10], True),
            (None, 99, 2, [9, 10], True),
            (0, None, 3, [1, 2, 3], True),
            (7, None, 3, [8, 9, 10], False),
            (8, None, 3, [9, 10], False),
            (10, None, 3, [], False),
            (99, None, 3, [], False),
            (2, 9, 3, [3, 4, 5], True),
            (-2, None, 3, [1, 2, 3], True),
            (None, -2, 3, [], False),
        ],
    )
    async def test_a_page_begins_and_ends_where_it_was_asked_to(
        self, storage: Storage, *, after: int | None, before: int | None, limit: int, shown: list[int], more: bool
    ) -> None:
        await send(storage, ALICE, ALICE_BOB, *TEN)

        page = await storage.page(BOB, ALICE_BOB, after=after, before=before, limit=limit)

        assert (seqs(page), page.more) == (shown, more)
        assert [message.text for message in page.messages] == [str(n) for n in shown]

    async def test_a_page_carries_the_row_of_its_conversation(self, storage: Storage) -> None:
        await send(storage, ALICE, GENERAL, *TEN)
        await send(storage, BOB, GENERAL, "eleven")
        await read(storage, BOB, GENERAL, 2, 3)

        pages = [
            await storage.page(BOB, GENERAL, after=4, before=None, limit=2),
            await storage.page(BOB, GENERAL, after=None, before=1, limit=2),
            await storage.stretch(BOB, GENERAL, 1, 2),
        ]

        tally = await storage.tally(BOB, GENERAL)
        assert [page.tally for page in pages] == [tally] * 3
        assert (tally.seq, tally.live, tally.own, tally.read, tally.version) == (11, 11, 1, 2, 1)

    async def test_a_page_tells_what_of_it_is_read(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, *TEN)
        await read(storage, BOB, ALICE_BOB, 1, 2, 3, 5, 6, 8)

        page = await storage.page(BOB, ALICE_BOB, after=2, before=None, limit=4)

        assert page.read == ((3, 3), (5, 6))

    async def test_a_page_tells_who_read_the_own_messages_in_it(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, *TEN)
        await read(storage, BOB, ALICE_BOB, 2, 5, 6, 8)

        page = await storage.page(ALICE, ALICE_BOB, after=2, before=None, limit=4)

        assert page.receipts == ((5, 1), (6, 1))

    async def test_a_stretch_has_no_messages(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, *TEN)
        await send(storage, BOB, ALICE_BOB, "eleven")
        await read(storage, BOB, ALICE_BOB, 2, 3, 5, 9)
        await read(storage, ALICE, ALICE_BOB, 11)

        bobs, alices = [await storage.stretch(user, ALICE_BOB, 3, 11) for user in (BOB, ALICE)]

        assert (bobs.messages, bobs.read, bobs.receipts) == ((), ((3, 3), (5, 5), (9, 9)), ((11, 1),))
        assert (alices.messages, alices.receipts) == ((), ((3, 1), (5, 1), (9, 1)))
        assert alices.read == ((3, 11),)  # they are her own, or read

    async def test_a_stretch_of_nothing_is_empty(self, storage: Storage) -> None:
        await send(storage, ALICE, ALICE_BOB, *TEN)
        await read(storage, BOB, ALICE_BOB, 2)

        for first, end in [(5, 4), (11, 20), (-3, 0)]:
            page = await storage.stretch(BOB, ALICE_BOB, first, end)

            assert (page.messages, page.read, page.receipts, page.more) == ((), (), (), False)

    @pytest.mark.parametrize("conversation", [ALICE_BOB, GENERAL])
    async def test_where_nobody_wrote_everything_is_zero(self, storage: Storage, conversation: ConversationId) -> None:
        await enrol(storage, ALICE)

        tally = await storage.tally(ALICE, conversation)
        page = await storage.page(ALICE, conversation, after=None, before=None, limit=50)
        stretch = await storage.stretch(ALICE, conversation, 1, 50)

        assert tally == Tally(conversation, version=0)
        assert page == stretch == Page(tally, (), (), (), more=False)

    async def test_a_row_shows_the_beginning_of_the_last_message(self, storage: Storage) -> None:
        text = "🦆" * PREVIEW
        await send(storage, ALICE, ALICE_BOB, "before", text + "🦢")

        tally = await storage.tally(BOB, ALICE_BOB)

        assert tally.last == Last(2, ALICE, text, NOON, 2)

    async def test_a_page_is_read_in_one_moment(self, storage: Storage) -> None:
        async def posts() -> None:
            for n in range(30):
                await storage.append([post(ALICE, ALICE_BOB, f"{n}"), post(BOB, ALICE_BOB, f"{n}")], NOON)

        async def pages() -> list[Page]:
            return [await storage.page(ALICE, ALICE_BOB, after=None, before=None, limit=3) for _ in range(30)]

        _, seen = await asyncio.gather(posts(), pages())

        newest = [page.messages[-1] if page.messages else None for page in seen]
        assert [(page.tally.seq, page.tally.last and page.tally.last.seq) for page in seen] == [
            (message.seq, message.seq) if message else (0, None) for message in newest
        ]

    # ---- the list

    async def test_the_overview_of_an_empty_storage(self, storage: Storage) -> None:
        overview = await storage.overview(ALICE, 50)

        assert (overview.point, overview.is_same, overview.tallies) == (Point("", 0, 0), True, ())
        assert overview.general == Tally(GENERAL, version=0)

    async def test_the_overview_has_the_newest_conversations_first(self, storage: Storage) -> None:
        others = [UserId(f"{n:016x}") for n in range(12)]
        for other in others:
            await send(storage, other, direct(ALICE, other), "hello")
        await send(storage, ALICE, direct(ALICE, others[3]), "back", "to the top")
        await send(storage, BOB, BOB_CAROL, "none of her business")
        await send(storage, BOB, GENERAL, "hello everybody")
        storage = await self.reopen(storage)

        overview = await storage.overview(ALICE, 4)

        newest = [direct(ALICE, others[n]) for n in (3, 11, 10, 9)]
        assert [tally.conversation for tally in overview.tallies] == newest
        assert list(overview.tallies) == [await storage.tally(ALICE, conversation) for conversation in newest]
        assert overview.general == await storage.tally(ALICE, GENERAL)

    async def test_the_newest_first_holds_for_both_members_through_many_turns(self, storage: Storage) -> None:
        turns = [ALICE_BOB, ALICE_CAROL, BOB_CAROL, ALICE_CAROL, ALICE_CAROL, ALICE_BOB, BOB_CAROL, ALICE_BOB]
        people = {ALICE: (ALICE_BOB, ALICE_CAROL), BOB: (ALICE_BOB, BOB_CAROL), CAROL: (ALICE_CAROL, BOB_CAROL)}
        for at, conversation in enumerate(turns, 1):
            sender = Conversation.of(conversation).members.users[at % 2]
            await append_one(storage, post(sender, conversation, f"{at}"), NOON + at)

            for user, known in people.items():
                expected = [c for c in dict.fromkeys(reversed(turns[:at])) if c in known]
                assert [t.conversation for t in (await storage.overview(user, 9)).tallies] == expected

    async def test_the_newest_of_one_batch_is_the_last_in_it(self, storage: Storage) -> None:
        changes = [post(ALICE, c, f"{n}") for n, c in enumerate([ALICE_BOB, ALICE_CAROL, ALICE_BOB, GENERAL])]

        await storage.append(changes, NOON)

        overview = await storage.overview(ALICE, 5)
        assert [tally.conversation for tally in overview.tallies] == [ALICE_BOB, ALICE_CAROL]

    async def test_what_was_the_newest_rises_again_within_one_batch(self, storage: Storage) -> None:
        for conversation in (ALICE_CAROL, ALICE_BOB):
            await send(storage, ALICE, conversation, "hello")

        await storage.append([post(ALICE, ALICE_CAROL, "1"), post(ALICE, ALICE_BOB, "2")], NOON)

        overview = await storage.overview(ALICE, 5)
        assert [tally.conversation for tally in overview.tallies] == [ALICE_BOB, ALICE_CAROL]

    async def test_the_overview_tells_the_epoch_and_how_far_log_and_directory_have_come(self, storage: Storage) -> None:
        await enrol(storage, ALICE, BOB)
        first = await storage.overview(ALICE, 5)
        storage = await self.reopen(storage)

        second = await storage.overview(BOB, 5)

        assert (first.point.number, first.point.facts) == (0, 2)
        assert (second.point.number, second.point.facts) == (0, 2)
        assert first.epoch
        assert first.epoch == second.epoch

    async def test_the_walk_by_id_finds_every_conversation_once(self, storage: Storage) -> None:
        others = [UserId(f"{n * 7 % 20:015x}{'f' if n % 2 else '0'}") for n in range(20)]
        for other in others:
            await send(storage, other, direct(BOB, other), "hello")
        await send(storage, ALICE, GENERAL, "hello")
        await send(storage, ALICE, ALICE_CAROL, "not his")
        storage = await self.reopen(storage)

        walked: list[Tally] = []
        after = ""
        while page := await storage.tallies(BOB, after, 3):
            walked += page
            after = page[-1].conversation

        expected = sorted([*(direct(BOB, other) for other in others), GENERAL])
        assert [tally.conversation for tally in walked] == expected
        assert walked == [await storage.tally(BOB, conversation) for conversation in expected]

    async def test_the_walk_leaves_out_what_is_empty(self, storage: Storage) -> None:
        await enrol(storage, ALICE, BOB)

        assert not await storage.tallies(ALICE, "", 10)
