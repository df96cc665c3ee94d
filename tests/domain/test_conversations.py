"""The ids of conversations, computed from their members."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.domain.conversations import GENERAL, direct, members, partner
from chatcore.domain.ids import ConversationId, UserId
from chatcore.errors import NotFound

ALICE, BOB, CAROL = UserId("a" * 16), UserId("b" * 16), UserId("c" * 16)

users = st.from_regex(r"[0-9a-f]{16}", fullmatch=True).map(UserId)


def test_the_id_names_its_members_in_order() -> None:
    assert direct(BOB, ALICE) == f"d.{ALICE}.{BOB}"


@given(users, users)
def test_both_members_compute_the_same_id_and_it_tells_them(one: UserId, other: UserId) -> None:
    if one == other:
        return

    conversation = direct(one, other)

    assert direct(other, one) == conversation
    assert members(conversation) == tuple(sorted((one, other)))
    assert (partner(conversation, one), partner(conversation, other)) == (other, one)


def test_there_is_no_conversation_with_oneself() -> None:
    with pytest.raises(NotFound) as refused:
        direct(ALICE, ALICE)

    assert refused.value.field == "conversation"


def test_everybody_belongs_to_the_general_chat() -> None:
    assert members(GENERAL) is None
    assert partner(GENERAL, ALICE) is None


def test_who_is_no_member_learns_nothing() -> None:
    with pytest.raises(NotFound) as not_a_member:
        partner(direct(ALICE, BOB), CAROL)
    with pytest.raises(NotFound) as nonsense:
        partner(ConversationId("nonsense"), CAROL)

    assert not_a_member.value.message == nonsense.value.message
    assert not_a_member.value.field == nonsense.value.field == "conversation"


@pytest.mark.parametrize(
    "conversation",
    [
        "",
        "General",
        "general ",
        "d",
        "d.",
        "d..",
        f"d.{ALICE}",
        f"d.{ALICE}.",
        f"d.{BOB}.{ALICE}",
        f"d.{ALICE}.{ALICE}",
        f"d.{ALICE}.{BOB}.",
        f"d.{ALICE}.{BOB}.{CAROL}",
        f"D.{ALICE}.{BOB}",
        f"d.{ALICE.upper()}.{BOB}",
        f"d.{ALICE}.{BOB}\n",
        f" d.{ALICE}.{BOB}",
        f"d.{ALICE[:-1]}.{BOB}",
    ],
)
def test_anything_else_is_not_found(conversation: str) -> None:
    with pytest.raises(NotFound) as refused:
        members(ConversationId(conversation))

    assert refused.value.field == "conversation"


@given(st.text())
def test_only_ids_that_were_computed_have_members(text: str) -> None:
    try:
        pair = members(ConversationId(text))
    except NotFound:
        return

    assert text == (GENERAL if pair is None else direct(*pair))
