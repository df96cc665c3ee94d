"""The directory and the list: pages, and who has a name."""

import pytest

from chatcore import GENERAL, NotFound
from chatcore.service import roster
from chatcore.wire.limits import MAX_TALLIES, MAX_USERS
from tests.service.chat import a_chat, between


async def test_a_user_is_found_by_name_in_any_case() -> None:
    async with a_chat() as chat:
        _, bob = await chat.users("alice", "Bob")

        assert await roster.find_user(chat.ctx, "bOB") == bob


@pytest.mark.parametrize("name", ["nobody", "", "x", "general", "no such name!", "x" * 10_000, "\ud800"])
async def test_a_name_that_nobody_has_is_not_found(name: str) -> None:
    async with a_chat() as chat:
        await chat.users("alice")

        with pytest.raises(NotFound) as caught:
            await roster.find_user(chat.ctx, name)

        assert caught.value.field == "name"
        assert len(caught.value.message) < 100


async def test_the_directory_comes_in_pages() -> None:
    async with a_chat() as chat:
        everybody = list(await chat.users(*(f"user{number}" for number in range(MAX_USERS + 2))))

        first, upto, more = await roster.users(chat.ctx, 0)
        rest, end, more_then = await roster.users(chat.ctx, upto)

        assert (len(first), more) == (MAX_USERS, True)
        assert [*first, *rest] == everybody
        assert (end, more_then) == (MAX_USERS + 2, False)


async def test_the_list_comes_in_pages_by_id_with_conversations_that_have_messages() -> None:
    async with a_chat() as chat:
        alice, *others = await chat.users("alice", *(f"user{number}" for number in range(MAX_TALLIES + 3)))
        for other in others[:-1]:
            await chat.post(other, between(alice, other), "hi")
        await chat.post(alice, GENERAL, "hi")
        written = sorted([GENERAL, *(between(alice, other) for other in others[:-1])])

        first, more = await roster.tallies(chat.ctx, alice.id, "")
        rest, more_then = await roster.tallies(chat.ctx, alice.id, first[-1].conversation)

        assert [tally.conversation for tally in [*first, *rest]] == written
        assert (len(first), more, more_then) == (MAX_TALLIES, True, False)


async def test_the_overview_has_the_general_chat_and_the_50_newest_others() -> None:
    async with a_chat() as chat:
        alice, *others = await chat.users("alice", *(f"user{number}" for number in range(52)))
        for other in others:
            await chat.post(other, between(alice, other), "hi")

        seen = await roster.overview(chat.ctx, alice.id)

        assert seen.point.facts == 53
        assert seen.general.conversation == GENERAL
        assert [tally.conversation for tally in seen.tallies] == [between(alice, u) for u in reversed(others[2:])]
