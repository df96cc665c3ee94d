"""The kinds of conversations in SQL are those of the domain."""
# ruff: noqa: S608 - only constants of ours are put together

import sqlite3
from contextlib import closing

import pytest

from chatcore import GENERAL, UserId
from chatcore.adapters.sql.kinds import FOR_ALL, described, has_partner, own
from chatcore.adapters.sqlite import migrations
from chatcore.domain.conversations import KINDS, Conversation, Kind, direct

ALICE_BOB = direct(UserId("a" * 16), UserId("b" * 16))


@pytest.mark.parametrize("conversation", [GENERAL, ALICE_BOB])
def test_sql_finds_a_conversation_between_two_as_the_domain_does(conversation: str) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        query = f"select {has_partner('c')} from (select ? as c)"

        ((found,),) = database.execute(query, (conversation,))

    known = described(conversation)
    assert known is not None
    assert bool(found) is known.kind.has_partner


def test_the_conversation_that_is_for_all_is_the_one_that_queries_name() -> None:
    assert f"'{GENERAL}'" == FOR_ALL
    assert Conversation.of(GENERAL).kind.is_for_all


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.prefix)
def test_own_messages_are_found_by_the_index_wherever_the_last_one_does_not_tell(kind: Kind) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        for step in migrations.steps():
            database.executescript(step)
        named = {"conversation": f"{kind.prefix}x", "sender": "a"}
        row = "insert into message values (1, :conversation, 1, :sender, 'c', 'hi', 0, 3, 2, 0)"
        database.execute(row, named)

        plan = database.execute(f"explain query plan select {own(':sender', ':conversation')}", named).fetchall()
        ((found,),) = database.execute(f"select {own(':sender', ':conversation')}", named)

    assert "message_own (conversation=? AND sender=?)" in str(plan)
    assert found == (0 if kind.has_partner else 2)


def test_what_is_no_id_of_a_conversation_describes_none() -> None:
    assert described("d.a.b") is None
