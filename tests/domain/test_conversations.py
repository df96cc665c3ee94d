"""What the id of a conversation says, and the kinds there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.domain.conversations import (
    EVERYBODY,
    GENERAL,
    KINDS,
    Conversation,
    Kind,
    Members,
    direct,
    kind_of,
    named,
)
from chatcore.domain.ids import ConversationId, UserId
from chatcore.domain.users import AsciiNames
from chatcore.errors import InvalidName, NotFound

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
    found = Conversation.of(conversation)
    assert found.members == Members(tuple(sorted((one, other))))
    assert (found.partner(one), found.partner(other)) == (other, one)


def test_there_is_no_conversation_with_oneself() -> None:
    with pytest.raises(NotFound) as refused:
        direct(ALICE, ALICE)

    assert refused.value.field == "conversation"


def test_everybody_belongs_to_the_general_chat() -> None:
    general = Conversation.of(GENERAL)

    assert general.members is EVERYBODY
    assert general.partner(ALICE) is None
    assert ALICE in general.members


def test_who_is_no_member_learns_nothing() -> None:
    with pytest.raises(NotFound) as not_a_member:
        Conversation.of(direct(ALICE, BOB)).partner(CAROL)
    with pytest.raises(NotFound) as nonsense:
        Conversation.of(ConversationId("nonsense")).partner(CAROL)

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
        Conversation.of(ConversationId(conversation))

    assert refused.value.field == "conversation"


@given(st.text())
def test_only_ids_that_were_computed_have_members(text: str) -> None:
    try:
        found = Conversation.of(ConversationId(text))
    except NotFound:
        return

    assert found.id == text == (GENERAL if found.members is EVERYBODY else direct(*found.members.users))


def test_only_members_are_among_them() -> None:
    members = Conversation.of(direct(ALICE, BOB)).members

    assert ALICE in members
    assert CAROL not in members
    assert members.among([ALICE, BOB, CAROL]) == (ALICE, BOB)
    assert EVERYBODY.among([ALICE, BOB, CAROL]) == [ALICE, BOB, CAROL]


def test_what_is_shown_has_a_kind_whatever_its_id() -> None:
    assert kind_of(GENERAL) is Conversation.of(GENERAL).kind
    assert kind_of(ConversationId("nonsense")) not in KINDS


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.prefix)
def test_a_kind_says_one_thing_of_its_members(kind: Kind) -> None:
    assert not (kind.is_for_all and kind.has_partner)
    assert not (kind.has_partner and (kind.names_senders or kind.is_crowd))
    assert kind.has_partner is not kind.counts_readers


def test_one_conversation_is_for_all() -> None:
    assert [kind.prefix for kind in KINDS if kind.is_for_all] == [GENERAL]


def test_no_id_begins_like_those_of_two_kinds() -> None:
    prefixes = [kind.prefix for kind in KINDS]

    assert [[p for p in prefixes if prefix.startswith(p)] for prefix in prefixes] == [[p] for p in prefixes]


def test_a_conversation_has_its_own_name_or_its_partners() -> None:
    assert Conversation.of(GENERAL).name == "general"
    assert Conversation.of(direct(ALICE, BOB)).name == ""


@pytest.mark.parametrize("name", ["general", "General", " EVERYBODY "])
def test_the_general_chat_is_found_by_its_names(name: str) -> None:
    assert named(name) == GENERAL


@pytest.mark.parametrize("name", ["alice", "", "d.", "gener"])
def test_other_names_are_those_of_users(name: str) -> None:
    assert named(name) is None


@pytest.mark.parametrize("name", [name for kind in KINDS for name in kind.names])
def test_no_user_is_called_as_a_conversation_is(name: str) -> None:
    with pytest.raises(InvalidName):
        AsciiNames().check_new(AsciiNames().fold(name))
