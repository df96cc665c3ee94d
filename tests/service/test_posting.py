"""Posting: what is refused at once, and what goes into the next commit."""

import pytest

from chatcore import GENERAL, BadFrame, BadText, ChatError, ConversationId, Empty, NotFound, TooLong
from chatcore.ports.commits import Refused, Repeated, Stored
from tests.service.chat import a_chat, between


async def test_a_post_goes_into_a_commit() -> None:
    async with a_chat() as chat:
        alice, bob = await chat.users("alice", "bob")

        outcome = await chat.post(alice, between(alice, bob), "hello")

        assert isinstance(outcome, Stored)
        assert (outcome.message.seq, outcome.message.sender, outcome.message.text) == (1, alice.id, "hello")


@pytest.mark.parametrize(
    ("text", "error"),
    [("", Empty), (" \n\t", Empty), ("x" * 4_001, TooLong), ("a\x00b", BadText), ("\x1b[2J", BadText), ("\r", BadText)],
    ids=["nothing", "white space", "long", "NUL", "escape", "return"],
)
async def test_a_text_that_breaks_a_rule_is_refused_and_uses_no_number(text: str, error: type[ChatError]) -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("alice")

        with pytest.raises(error) as caught:
            await chat.post(alice, GENERAL, text)

        assert caught.value.field == "text"
        assert (await chat.ctx.storage.tally(alice.id, GENERAL)).seq == 0


@pytest.mark.parametrize("client_id", [" ", "x" * 65, "a b", "ą", "a\n"])
async def test_a_bad_client_id_is_refused(client_id: str) -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("alice")

        with pytest.raises(BadFrame) as caught:
            await chat.post(alice, GENERAL, "hi", client_id)

        assert caught.value.field == "client_id"


@pytest.mark.parametrize("conversation", ["", "nonsense", "d.x.y"])
async def test_a_conversation_that_is_none_is_refused(conversation: str) -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("alice")

        with pytest.raises(NotFound):
            await chat.post(alice, ConversationId(conversation), "hi")


async def test_nobody_posts_to_a_conversation_of_others() -> None:
    async with a_chat() as chat:
        alice, bob, carol = await chat.users("alice", "bob", "carol")

        with pytest.raises(NotFound):
            await chat.post(carol, between(alice, bob), "hi")

        assert (await chat.ctx.storage.tally(alice.id, between(alice, bob))).seq == 0


async def test_the_same_post_again_is_the_same_message() -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("alice")
        first = await chat.post(alice, GENERAL, "hi", "same")

        again = await chat.post(alice, GENERAL, "hi", "same")

        assert isinstance(first, Stored)
        assert isinstance(again, Repeated)
        assert again.message == first.message


async def test_the_same_client_id_with_another_text_is_a_conflict_and_two_users_may_use_the_same() -> None:
    async with a_chat() as chat:
        alice, bob = await chat.users("alice", "bob")
        await chat.post(alice, GENERAL, "hi", "same")

        other_text = await chat.post(alice, GENERAL, "ho", "same")
        other_place = await chat.post(alice, between(alice, bob), "hi", "same")
        other_user = await chat.post(bob, GENERAL, "ho", "same")

        assert isinstance(other_text, Refused)
        assert other_text.error.code == "conflict"
        assert isinstance(other_place, Refused)
        assert isinstance(other_user, Stored)
        assert other_user.message.seq == 2
