"""The kinds of conversations in SQL are those of the domain."""

import sqlite3
from contextlib import closing

import pytest

from chatcore import GENERAL, UserId
from chatcore.adapters.sqlite.kinds import FOR_ALL, described, has_partner
from chatcore.domain.conversations import KINDS, Conversation, direct

ALICE_BOB = direct(UserId("a" * 16), UserId("b" * 16))


@pytest.mark.parametrize("conversation", [GENERAL, ALICE_BOB])
def test_sql_finds_a_conversation_between_two_as_the_domain_does(conversation: str) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        query = f"select {has_partner('c')} from (select ? as c)"  # noqa: S608 - a constant of ours

        ((found,),) = database.execute(query, (conversation,))

    known = described(conversation)
    assert known is not None
    assert bool(found) is known.kind.has_partner


def test_the_conversation_that_is_for_all_is_the_one_that_queries_name() -> None:
    assert f"'{GENERAL}'" == FOR_ALL
    assert Conversation.of(GENERAL).kind.is_for_all


def test_every_kind_has_a_shape_that_the_tables_have() -> None:
    """Numbers and lists are read as of two people, or as of the one conversation that is for all: see `draft.py`."""
    assert [kind.prefix for kind in KINDS if kind.is_for_all] == [GENERAL]
    assert all(kind.has_partner or kind.is_for_all for kind in KINDS)


def test_what_is_no_id_of_a_conversation_describes_none() -> None:
    assert described("d.a.b") is None
