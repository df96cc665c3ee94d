"""Who may see what: members, and nobody else learns anything."""

import pytest

from chatcore import GENERAL, ConversationId, NotFound, UserId
from chatcore.domain.conversations import direct
from chatcore.domain.users import AccountName, NewUser
from tests.service.chat import a_chat, between

NOBODY = UserId("f" * 16)


async def test_everybody_belongs_to_the_general_chat() -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("alice")

        await chat.ctx.membership.check_reader(alice.id, GENERAL)


async def test_the_two_belong_to_their_conversation() -> None:
    async with a_chat() as chat:
        alice, bob = await chat.users("alice", "bob")

        await chat.ctx.membership.check_reader(alice.id, between(alice, bob))
        await chat.ctx.membership.check_reader(bob.id, between(alice, bob))


async def test_a_third_hears_the_same_as_of_what_does_not_exist() -> None:
    async with a_chat() as chat:
        alice, bob, carol = await chat.users("alice", "bob", "carol")
        refused = [between(alice, bob), direct(carol.id, NOBODY), direct(alice.id, NOBODY)]
        refused += map(ConversationId, ["", "nonsense", "d.", "d.x.y", "D.a.b", f"d.{carol.id}.{carol.id}", "general "])
        answers = []

        for conversation in refused:
            with pytest.raises(NotFound) as caught:
                await chat.ctx.membership.check_reader(carol.id, conversation)
            answers.append((caught.value.code, caught.value.message, caught.value.field))

        assert set(answers) == {("not_found", NotFound().message, "conversation")}


async def test_a_conversation_with_the_ids_in_the_wrong_order_does_not_exist() -> None:
    async with a_chat() as chat:
        alice, bob = await chat.users("alice", "bob")
        _, low, high = between(alice, bob).split(".")

        with pytest.raises(NotFound):
            await chat.ctx.membership.check_reader(alice.id, ConversationId(f"d.{high}.{low}"))


async def test_who_exists_is_asked_of_the_storage_once() -> None:
    async with a_chat() as chat:
        alice, bob = await chat.users("alice", "bob")
        assert bob.id not in chat.ctx.membership.known_users

        await chat.ctx.membership.check_reader(alice.id, between(alice, bob))

        assert bob.id in chat.ctx.membership.known_users


async def test_a_user_who_registers_after_having_been_unknown_is_found() -> None:
    async with a_chat() as chat:
        (alice,) = await chat.users("alice")
        with pytest.raises(NotFound):
            await chat.ctx.membership.check_reader(alice.id, direct(alice.id, NOBODY))
        await chat.ctx.storage.add_user(NewUser(NOBODY, AccountName("nobody", "nobody"), "hash"), 0)

        await chat.ctx.membership.check_reader(alice.id, direct(alice.id, NOBODY))


async def test_who_may_read_may_write() -> None:
    async with a_chat() as chat:
        alice, bob, carol = await chat.users("alice", "bob", "carol")

        await chat.ctx.membership.check_writer(alice.id, between(alice, bob))
        with pytest.raises(NotFound):
            await chat.ctx.membership.check_writer(carol.id, between(alice, bob))


async def test_everybody_hears_of_the_general_chat_and_two_of_their_conversation() -> None:
    async with a_chat() as chat:
        alice, bob = await chat.users("alice", "bob")

        assert chat.ctx.membership.hearers(GENERAL).is_everybody
        assert set(chat.ctx.membership.hearers(between(alice, bob)).users) == {alice.id, bob.id}
