"""Messages that a program has not taken yet: bounded, and in the order of each conversation."""

from __future__ import annotations

import attrs

from chatcore import ConversationId
from chatcore.client.inbox import Gap, Inbox
from tests.client.replicas import CAROL, WITH_BOB, WITH_CAROL, message


def an_inbox(conversation: ConversationId | None = None, kept: int = 4) -> Inbox:
    return Inbox(conversation, kept)


def receive(inbox: Inbox, *seqs: int) -> None:
    for seq in seqs:
        inbox.message_received(message(seq))


def kept(inbox: Inbox) -> list[tuple[ConversationId, int]]:
    return [(each.conversation, each.seq) for each in inbox.live]


def test_messages_are_kept_in_the_order_in_which_they_come() -> None:
    inbox = an_inbox()

    receive(inbox, 1)
    inbox.message_received(message(1, CAROL, WITH_CAROL))
    receive(inbox, 2)

    assert kept(inbox) == [(WITH_BOB, 1), (WITH_CAROL, 1), (WITH_BOB, 2)]
    assert inbox.has_any


def test_those_of_other_conversations_are_not_taken() -> None:
    inbox = an_inbox(WITH_CAROL)

    receive(inbox, 1)
    inbox.skipped(WITH_BOB, 2, 2_000)

    assert not inbox.has_any


def test_with_more_than_can_be_kept_all_are_to_be_fetched_and_later_ones_of_them_too() -> None:
    inbox = an_inbox()
    receive(inbox, 1, 2, 3)
    inbox.message_received(message(7, CAROL, WITH_CAROL))

    receive(inbox, 5, 6)

    assert kept(inbox) == []
    assert inbox.gaps == {WITH_BOB: Gap(1, 6), WITH_CAROL: Gap(7, 7)}


def test_what_is_fetched_makes_room_for_what_comes() -> None:
    inbox = an_inbox()
    receive(inbox, *range(1, 7))

    inbox.fetched(WITH_BOB, 4)
    within = attrs.evolve(inbox.gaps[WITH_BOB])
    inbox.fetched(WITH_BOB, 6)
    receive(inbox, 7)

    assert within == Gap(5, 6)
    assert (inbox.gaps, kept(inbox)) == ({}, [(WITH_BOB, 7)])


def test_what_was_skipped_is_fetched_behind_what_was_kept_before() -> None:
    inbox = an_inbox()
    receive(inbox, 1, 2)

    inbox.skipped(WITH_BOB, 3, 2_000)
    receive(inbox, 2_001)

    assert (inbox.gaps, kept(inbox)) == ({WITH_BOB: Gap(1, 2_001)}, [])


def test_what_was_unread_comes_before_what_has_come_since() -> None:
    inbox = an_inbox()
    receive(inbox, 8)
    inbox.message_received(message(1, CAROL, WITH_CAROL))

    inbox.add_unread(WITH_BOB, 7)

    assert inbox.gaps == {WITH_BOB: Gap(1, 8, unread_upto=7, is_located=False)}
    assert kept(inbox) == [(WITH_CAROL, 1)]


def test_where_there_is_nothing_to_fetch_nothing_stands_in_the_way() -> None:
    inbox = an_inbox()
    inbox.skipped(WITH_BOB, 1, 2_000)

    inbox.drop(WITH_BOB)
    receive(inbox, 1)

    assert kept(inbox) == [(WITH_BOB, 1)]
