"""What is held of a conversation: how far it has come, whether something is to be pulled, and its timeline."""

from __future__ import annotations

import pytest

from chatcore.client.conversation import MAX_GAP, HeldConversation
from chatcore.client.outbox import Outbox
from chatcore.client.wishes import WantAfter, WantNewest, WantStretch
from tests.client.replicas import ME, WITH_BOB, message, messages, page, tally


def new() -> HeldConversation:
    return HeldConversation(WITH_BOB, ME.id, Outbox())


def held(seq: int = 5, version: int = 0) -> HeldConversation:
    """Make one that was there before: everything in it is history."""
    conversation = new()
    conversation.count(tally(seq=seq, version=version), was_empty=False)
    return conversation


def opened(seq: int = 5, version: int = 0) -> HeldConversation:
    conversation = held(seq, version)
    conversation.open()
    conversation.load(page(tally(seq=seq, version=version), messages(1, seq)))
    return conversation


# ---- how it begins


def test_one_of_which_nothing_was_heard_wants_nothing() -> None:
    conversation = new()

    assert (conversation.missing(), conversation.missing_of_timeline()) == (None, None)
    assert conversation.tally.unread == 0


def test_what_the_server_has_counted_before_anything_came_is_history() -> None:
    conversation = held(5)

    assert (conversation.shown, conversation.told, conversation.missing()) == (5, 5, None)


def test_what_is_counted_of_one_that_was_empty_is_news() -> None:
    conversation = new()

    conversation.count(tally(seq=5), was_empty=True)

    assert conversation.missing() == WantAfter(WITH_BOB, 0)


def test_one_that_begins_with_a_message_in_the_middle_shows_it_and_asks_for_its_numbers() -> None:
    conversation = new()

    conversation.hear(message(7), was_empty=False)

    assert conversation.take(message(7))
    assert conversation.tally.seq == 0
    assert conversation.missing() == WantAfter(WITH_BOB, 7)


# ---- the next one, an older one, anything else


def test_the_next_message_is_counted_and_shown() -> None:
    conversation = held(5)

    conversation.hear(message(6), was_empty=False)

    assert conversation.take(message(6))
    assert (conversation.tally.seq, conversation.shown, conversation.missing()) == (6, 6, None)


def test_an_older_message_is_passed_over() -> None:
    conversation = held(5)

    conversation.hear(message(5), was_empty=False)

    assert not conversation.take(message(5))
    assert (conversation.tally.seq, conversation.shown, conversation.missing()) == (5, 5, None)


def test_a_message_after_a_gap_is_pulled_with_what_is_missing() -> None:
    conversation = held(5)

    conversation.hear(message(8), was_empty=False)

    assert not conversation.take(message(8))
    assert (conversation.tally.seq, conversation.shown) == (5, 5)
    assert conversation.missing() == WantAfter(WITH_BOB, 5)


def test_it_is_behind_until_position_and_numbers_have_reached_what_was_heard_of() -> None:
    conversation = held(5)
    conversation.hear(message(7), was_empty=False)

    conversation.count(tally(seq=7), was_empty=False)
    assert conversation.missing() == WantAfter(WITH_BOB, 5)
    assert [conversation.show(message(seq)) for seq in (6, 7)] == [True, True]

    assert conversation.missing() is None


def test_numbers_from_the_server_are_merged_by_the_greater() -> None:
    conversation = held(5, version=1)

    conversation.count(tally(seq=3, read=2, version=2), was_empty=False)

    assert (conversation.tally.seq, conversation.tally.read, conversation.tally.version) == (5, 2, 2)
    assert (conversation.told, conversation.told_version) == (5, 2)


def test_after_another_generation_the_next_numbers_replace_what_is_read_whatever_their_version() -> None:
    conversation = held(5, version=7)

    conversation.renew()
    conversation.count(tally(seq=5, read=1, version=3), was_empty=False)

    assert (conversation.tally.read, conversation.told_version) == (1, 3)


@pytest.mark.parametrize(("seq", "gap"), [(7 + MAX_GAP, None), (8 + MAX_GAP, (8, 8 + MAX_GAP))])
def test_a_gap_of_more_than_a_thousand_is_skipped(seq: int, gap: tuple[int, int] | None) -> None:
    conversation = held(7)

    assert conversation.count(tally(seq=seq), was_empty=False, has_news=True) == gap
    assert conversation.is_behind is (gap is None)


def test_with_a_gap_that_is_skipped_the_timeline_begins_anew() -> None:
    conversation = opened(5)

    conversation.count(tally(seq=6 + MAX_GAP), was_empty=False)

    assert conversation.missing_of_timeline() == WantNewest(WITH_BOB)


# ---- its timeline


def test_one_that_is_opened_wants_its_newest_messages() -> None:
    conversation = held(5)

    conversation.open()

    assert conversation.missing_of_timeline() == WantNewest(WITH_BOB)


def test_a_message_that_is_shown_stands_in_the_timeline() -> None:
    conversation = opened(5)

    conversation.hear(message(6), was_empty=False)
    conversation.take(message(6))

    assert conversation.timeline is not None
    assert [item.seq for item in conversation.timeline.items] == [1, 2, 3, 4, 5, 6]


def test_a_version_that_was_heard_of_and_is_not_the_timeline_s_is_asked_about() -> None:
    conversation = opened(5, version=1)
    assert conversation.missing_of_timeline() is None

    conversation.count(tally(seq=5, read=1, version=3), was_empty=False)

    assert conversation.missing_of_timeline() == WantStretch(WITH_BOB, (1, 5), 1)
    conversation.refreshed((1, 5), page(tally(seq=5, read=1, version=3), read=[(2, 2)]))
    assert conversation.missing_of_timeline() is None


def test_without_its_timeline_it_keeps_numbers_and_position() -> None:
    conversation = opened(5)

    conversation.drop_timeline()

    assert (conversation.timeline, conversation.is_opened, conversation.shown) == (None, False, 5)
    assert conversation.missing_of_timeline() is None
