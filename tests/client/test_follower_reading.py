"""What a follower makes of read states, of own posts, and of timelines."""

from __future__ import annotations

import attrs
import pytest

from chatcore import ItemState, UserId
from chatcore.client.holdings import HELD_TIMELINES
from chatcore.client.timeline import DISPLAYED
from chatcore.client.wishes import WantAfter, WantNewest, WantStretch
from chatcore.domain.conversations import direct
from chatcore.domain.ids import ConversationId
from chatcore.testing.simulator import history
from chatcore.wire import frames as f
from tests.client.replicas import (
    ME,
    WITH_BOB,
    World,
    message,
    messages,
    opened_after_three,
    page,
    tally,
)


@pytest.fixture
def world() -> World:
    """A replica that is complete: nobody has written anything."""
    world = World()
    world.complete()
    world.witness.told.clear()
    return world


# ---- read states


def test_the_greater_version_of_a_read_state_wins_in_any_order(world: World) -> None:
    world.follower.counted(tally(seq=5, read=0, version=0))

    world.follower.event(f.ReadEvent(tally(seq=5, read=3, version=3), ((1, 3),)))
    world.follower.counted(tally(seq=5, read=1, version=1))

    assert world.replica.tally(WITH_BOB).unread == 2


def test_unread_numbers_are_the_servers_and_not_a_count_of_what_came(world: World) -> None:
    """A message can stop counting (`live` falls behind `seq`), and other devices read: no client can know the rest."""
    world.follower.counted(tally(seq=9, read=2))
    retracted = attrs.evolve(message(10), live=6)

    world.follower.message(retracted)
    unread = [world.replica.tally(WITH_BOB).unread]
    world.follower.event(f.ReadEvent(attrs.evolve(tally(seq=10, read=5, version=1), live=6), ((1, 9),)))
    unread.append(world.replica.tally(WITH_BOB).unread)
    world.follower.message(attrs.evolve(message(11, ME, own=3), live=7))
    unread.append(world.replica.tally(WITH_BOB).unread)

    assert unread == [4, 1, 0]
    assert [row.unread for row in world.replica.rows if row.conversation == WITH_BOB] == [0]


def test_an_older_page_does_not_take_the_row_back(world: World) -> None:
    for seq in (1, 2, 3):
        world.follower.message(message(seq))

    world.follower.counted(tally(seq=1, version=0))

    assert world.replica.tally(WITH_BOB).seq == 3
    assert world.wish() is None


def test_marks_of_another_device_show_in_the_timeline(world: World) -> None:
    world.follower.counted(tally(seq=3))
    world.follower.open(WITH_BOB)
    world.pull(page(tally(seq=3), messages(1, 3)))

    world.follower.event(f.ReadEvent(tally(seq=3, read=1, version=1), ((2, 2),)))

    assert [item.state for item in world.replica.timeline(WITH_BOB)] == [
        ItemState.UNREAD,
        ItemState.READ,
        ItemState.UNREAD,
    ]
    assert not isinstance(world.wish(), WantStretch)


def test_a_version_that_was_missed_is_asked_for(world: World) -> None:
    opened_after_three(world)

    world.follower.event(f.ReadEvent(tally(seq=3, own=1, read=2, version=2), ((3, 3),)))

    assert world.pull(page(tally(seq=3, own=1, read=2, version=2), read=[(1, 3)])) == WantStretch(WITH_BOB, (1, 3), 0)
    assert [item.state for item in world.replica.timeline(WITH_BOB)] == [
        ItemState.READ,
        ItemState.SENT,
        ItemState.READ,
    ]
    assert world.wish() is None


def test_after_a_snapshot_read_states_and_receipts_of_held_timelines_are_asked_for_again(world: World) -> None:
    opened_after_three(world)

    world.snapshot(tally(seq=3, own=1))

    assert world.pull(page(tally(seq=3, own=1), receipts=[(2, 1)])) == WantStretch(WITH_BOB, (1, 3), 0)
    assert world.replica.timeline(WITH_BOB)[1].state is ItemState.READ


def test_receipts_show_in_the_timeline_and_are_told(world: World) -> None:
    opened_after_three(world)

    world.follower.event(f.ReceiptsEvent(WITH_BOB, ((2, 1),)))

    assert (world.replica.timeline(WITH_BOB)[1].state, world.replica.timeline(WITH_BOB)[1].readers) == (
        ItemState.READ,
        1,
    )
    assert world.look().of("read") == [(WITH_BOB, {2: 1})]


def test_an_older_page_says_what_is_read_on_it_and_marks_made_since_are_asked_for(world: World) -> None:
    world.follower.counted(tally(seq=4))
    world.follower.open(WITH_BOB)
    world.pull(page(tally(seq=4), messages(3, 4), more=True))
    while world.wish() is not None:
        world.pull(page(tally(seq=4), messages(1, 4)))
    world.follower.event(f.ReadEvent(tally(seq=4, read=1, version=1), ((2, 2),)))

    world.follower.older(WITH_BOB, page(tally(seq=4, version=0), messages(1, 2)))  # read before the mark

    assert world.replica.is_at_beginning(WITH_BOB)
    assert world.wish() == WantStretch(WITH_BOB, (1, 4), 0)


# ---- own posts


def test_an_own_message_that_comes_back_as_an_event_is_recognised(world: World) -> None:
    world.write("me_too-1")
    world.follower.message(message(1, ME))

    assert [own.client_id for own in world.follower.take_own()] == ["me_too-1"]
    assert world.follower.take_own() == []


def test_an_own_message_that_comes_back_on_a_page_is_recognised(world: World) -> None:
    world.write("me_too-2")
    world.follower.message(message(3))

    world.pull(page(tally(seq=3, own=1), [message(1), message(2, ME, own=1), message(3, own=2)]))

    assert [own.client_id for own in world.follower.take_own()] == ["me_too-2"]


def test_a_post_is_never_shown_beside_its_message(world: World) -> None:
    world.follower.open(WITH_BOB)
    world.pull(page(tally()))
    world.write("me_too-1")

    world.follower.message(message(1, ME))

    assert [(item.seq, item.client_id) for item in world.replica.timeline(WITH_BOB)] == [(1, "me_too-1")]


def test_a_repeated_message_is_pulled_with_what_became_of_it(world: World) -> None:
    world.follower.open(WITH_BOB)
    world.pull(page(tally()))
    world.write("me_too-1")

    world.follower.repeated(message(1, ME))

    assert world.pull(page(tally(seq=1, own=1), [message(1, ME)], receipts=[(1, 1)])) == WantAfter(WITH_BOB, 0)
    assert [item.state for item in world.replica.timeline(WITH_BOB)] == [ItemState.READ]
    assert world.wish() is None


def test_a_post_that_was_opened_on_later_waits_at_the_end(world: World) -> None:
    world.write("later")
    world.follower.open(WITH_BOB)

    world.pull(page(tally(seq=2), messages(1, 2)))

    assert [(item.seq, item.state) for item in world.replica.timeline(WITH_BOB)] == [
        (1, ItemState.UNREAD),
        (2, ItemState.UNREAD),
        (None, ItemState.WAITING),
    ]


def test_a_discarded_post_leaves_the_timeline(world: World) -> None:
    world.follower.open(WITH_BOB)
    world.pull(page(tally()))
    post = world.write("gone")

    world.outbox.remove(post.client_id)
    world.follower.discarded(post)

    assert list(world.replica.timeline(WITH_BOB)) == []


# ---- timelines


def test_opening_begins_a_timeline_and_pulls_its_newest_page_before_all_else() -> None:
    world = World()
    world.snapshot(tally(seq=9), users=3)

    world.follower.open(WITH_BOB)

    assert world.wish() == WantNewest(WITH_BOB)
    assert world.look().items[WITH_BOB] == []


def test_a_conversation_can_be_opened_again_and_is_told_with_a_reset(world: World) -> None:
    opened_after_three(world)
    world.follower.open(None)
    world.look().items.clear()

    world.follower.open(WITH_BOB)

    assert [item.seq for item in world.look().items[WITH_BOB]] == [1, 2, 3]


def test_a_few_timelines_are_held_and_kept_up_to_date(world: World) -> None:
    conversations = [ConversationId(direct(ME.id, UserId(f"{number:016x}"))) for number in range(10, 20)]

    for conversation in conversations:
        world.follower.open(conversation)

    held = [world.replica.has_timeline(conversation) for conversation in conversations]
    assert held == [False] * (len(conversations) - HELD_TIMELINES) + [True] * HELD_TIMELINES


def test_p18_a_timeline_that_is_displayed_for_ever_keeps_as_many_messages_as_it_may(world: World) -> None:
    world.follower.open(WITH_BOB)
    world.pull(page(tally()))
    longest = 0

    for seq in range(1, 2 * DISPLAYED + 100):
        world.follower.event(f.MessageEvent(message(seq)))
        longest = max(longest, seq + 1 - (world.replica.oldest(WITH_BOB) or 0))

    assert longest == 2 * DISPLAYED - 1
    shown = [item.seq for item in world.replica.timeline(WITH_BOB)]
    assert shown == list(range(DISPLAYED + 1, 2 * DISPLAYED + 100))
    assert world.replica.oldest(WITH_BOB) == DISPLAYED + 1
    assert not world.replica.is_at_beginning(WITH_BOB)
    witness = history.Witness(rows=list(world.witness.rows))
    for note in world.follower.take_notes():
        note(witness)
    assert witness.timelines[WITH_BOB] == list(world.replica.timeline(WITH_BOB))


def test_a_timeline_that_is_not_held_is_empty(world: World) -> None:
    assert world.replica.timeline(WITH_BOB) == ()
    assert world.replica.oldest(WITH_BOB) is None
    assert not world.replica.is_at_beginning(WITH_BOB)
    assert world.replica.unread_among(WITH_BOB, [1]) == []


def test_a_conversation_that_does_not_exist_is_not_asked_for_for_ever(world: World) -> None:
    world.follower.open(ConversationId("nonsense"))
    wish = world.wish()
    assert wish == WantNewest(ConversationId("nonsense"))

    world.follower.refused(wish)

    assert world.wish() is None
