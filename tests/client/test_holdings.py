"""The conversations that are held: which are behind, and which have a timeline, in the order of their opening."""

from chatcore import GENERAL, ConversationId
from chatcore.client.holdings import HELD_TIMELINES, Holdings
from chatcore.client.outbox import Outbox
from chatcore.client.wishes import WantAfter, WantNewest
from tests.client.replicas import ME, WITH_BOB, WITH_CAROL, message, tally


def holdings() -> Holdings:
    holdings = Holdings(Outbox())
    holdings.enter(ME.id)
    return holdings


def test_what_was_never_heard_of_has_no_messages_and_takes_no_place() -> None:
    held = holdings()

    assert held.tally(WITH_BOB).seq == 0
    assert (held.find(WITH_BOB), held.timeline(WITH_BOB)) == (None, None)


def test_the_conversation_that_fell_behind_first_is_asked_for_first_and_once() -> None:
    held = holdings()
    for conversation in (WITH_BOB, WITH_CAROL):
        held.count(tally(conversation, seq=1))
        held.hear(message(3, conversation=conversation))

    held.hear(message(4, conversation=WITH_BOB))

    assert list(held.wishes()) == [WantAfter(WITH_BOB, 1), WantAfter(WITH_CAROL, 1)]


def test_the_conversation_that_falls_behind_once_more_waits_for_those_before_it() -> None:
    held = holdings()
    for conversation in (WITH_BOB, WITH_CAROL):
        held.count(tally(conversation, seq=1))
        held.hear(message(2, conversation=conversation))

    held.count(tally(WITH_BOB, seq=2))
    held.show(message(2))
    held.hear(message(4))

    assert list(held.wishes()) == [WantAfter(WITH_CAROL, 1), WantAfter(WITH_BOB, 2)]


def test_the_opened_timeline_is_the_most_urgent() -> None:
    held = holdings()
    held.count(tally(WITH_BOB, seq=1))
    held.hear(message(3))

    held.open(WITH_CAROL)

    assert next(held.wishes()) == WantNewest(WITH_CAROL)
    assert held.wants(WantNewest(WITH_CAROL))
    assert not held.wants(WantNewest(WITH_BOB))


def test_after_the_end_of_the_walk_what_is_not_held_was_empty() -> None:
    before, after = holdings(), holdings()
    after.walk.begin()
    after.walk.take([], more=False)

    assert before.take(message(2))  # the first that is heard of
    assert not after.take(message(2))  # there is one before it
    assert list(after.wishes()) == [WantAfter(WITH_BOB, 0)]


def test_the_timelines_opened_last_are_kept() -> None:
    held = holdings()
    names = [ConversationId(f"c{n}") for n in range(HELD_TIMELINES + 2)]

    for name in names:
        held.open(name)

    assert held.with_timeline == names[2:]
    assert held.find(names[0]) is None  # nothing was ever heard of it


def test_another_history_leaves_nothing_but_which_conversations_were_opened() -> None:
    held = holdings()
    held.open(WITH_CAROL)
    held.open(WITH_BOB)
    held.count(tally(WITH_BOB, seq=4))

    held.begin_anew()

    assert held.with_timeline == [WITH_CAROL, WITH_BOB]
    assert held.tally(WITH_BOB).seq == 0
    assert next(held.wishes()) == WantNewest(WITH_BOB)


def test_what_was_closed_stays_closed_in_another_history() -> None:
    held = holdings()
    held.open(WITH_BOB)
    held.open(None)

    held.begin_anew()

    conversation = held.find(WITH_BOB)
    assert conversation is not None
    assert (conversation.timeline is not None, conversation.is_opened) == (True, False)


def test_a_timeline_that_is_not_to_be_had_is_not_held() -> None:
    held = holdings()
    held.open(WITH_BOB)

    held.drop_timeline(WITH_BOB)

    assert (held.with_timeline, list(held.wishes())) == ([], [])


def test_unread_messages_of_all_conversations_are_counted_together() -> None:
    held = holdings()
    held.count(tally(WITH_BOB, seq=4, read=1, version=1))
    held.count(tally(GENERAL, seq=2))

    assert held.total_unread == 5
