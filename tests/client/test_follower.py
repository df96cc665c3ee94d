"""A replica is kept in step: the next one is applied, an older one ignored, anything else means pull."""

from __future__ import annotations

import attrs
import pytest

from chatcore import GENERAL, ItemState, User, UserId
from chatcore.client.conversation import MAX_GAP
from chatcore.client.holdings import HELD_TIMELINES
from chatcore.client.timeline import DISPLAYED
from chatcore.client.wishes import WantAfter, WantNewest, WantStretch, WantTallies, WantUsers
from chatcore.domain.conversations import direct
from chatcore.domain.generations import Point
from chatcore.domain.ids import ConversationId
from chatcore.testing.simulator import history
from chatcore.wire import frames as f
from tests.client.replicas import (
    BOB,
    CAROL,
    ME,
    WITH_BOB,
    WITH_CAROL,
    World,
    message,
    messages,
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


# ---- the snapshot and what is pulled after it


def test_after_the_snapshot_the_directory_and_then_the_whole_list_are_pulled() -> None:
    world = World()
    world.snapshot(tally(WITH_CAROL, 1), users=3)

    wishes = [
        world.pull(f.Users(1, (ME, BOB), upto=2, more=True)),
        world.pull(f.Users(1, (CAROL,), upto=3, more=False)),
        world.pull(f.Tallies(1, (tally(WITH_BOB, 2),), more=True)),
        world.pull(f.Tallies(1, (tally(WITH_CAROL, 1),), more=False)),
    ]

    assert wishes == [WantUsers(0), WantUsers(2), WantTallies(""), WantTallies(WITH_BOB)]
    assert world.wish() is None
    assert world.replica.complete
    assert [(row.name, row.unread) for row in world.replica.rows] == [("bob", 2), ("carol", 1), (GENERAL, 0)]


def test_the_list_is_complete_when_both_are_here() -> None:
    world = World()
    seen = [world.replica.complete]

    world.snapshot(users=3)
    seen.append(world.replica.complete)
    world.pull(f.Users(1, (ME, BOB, CAROL), upto=3, more=False))
    seen.append(world.replica.complete)
    world.pull(f.Tallies(1, (), more=False))
    seen.append(world.replica.complete)

    assert seen == [False, False, False, True]


def test_there_is_a_row_for_the_general_chat_and_for_everybody_but_oneself(world: World) -> None:
    assert [(row.name, row.user, row.active) for row in world.replica.rows] == [
        (GENERAL, None, True),
        ("bob", BOB.id, False),
        ("carol", CAROL.id, False),
    ]


def test_the_whole_list_is_walked_again_after_each_snapshot(world: World) -> None:
    world.snapshot()

    assert world.wish() == WantTallies("")
    assert not world.replica.complete
    world.pull(f.Tallies(1, (tally(WITH_BOB, 1, version=0),), more=False))

    # Bob wrote while the connection was away, and is not among the newest of the snapshot.
    assert world.wish() == WantAfter(WITH_BOB, 0)
    assert world.replica.tally(WITH_BOB).unread == 1


def test_what_was_written_before_a_conversation_is_first_held_is_history() -> None:
    world = World()
    world.complete(tally(WITH_BOB, 7))

    assert world.wish() is None
    assert world.look().of("received") == []
    assert world.replica.tally(WITH_BOB).unread == 7


def test_after_the_walk_a_conversation_that_is_not_held_was_empty_and_all_of_it_is_news(world: World) -> None:
    world.follower.message(message(4))

    assert world.wish() == WantAfter(WITH_BOB, 0)
    world.pull(page(tally(seq=4), messages(1, 4)))

    assert world.look().of("received") == [(WITH_BOB, seq) for seq in (1, 2, 3, 4)]


# ---- messages


def test_the_next_message_is_applied(world: World) -> None:
    world.follower.message(message(1))
    world.follower.message(message(2))

    assert world.wish() is None
    assert world.look().of("received") == [(WITH_BOB, 1), (WITH_BOB, 2)]
    assert world.replica.tally(WITH_BOB).unread == 2


def test_an_older_message_is_ignored(world: World) -> None:
    for seq in (1, 2, 1, 2):
        world.follower.message(message(seq))

    assert world.wish() is None
    assert world.look().of("received") == [(WITH_BOB, 1), (WITH_BOB, 2)]


def test_a_message_that_is_not_the_next_is_not_shown_but_pulled_with_those_before(world: World) -> None:
    world.follower.message(message(1))

    world.follower.message(message(4))

    assert world.look().of("received") == [(WITH_BOB, 1)]
    assert world.wish() == WantAfter(WITH_BOB, 1)
    world.pull(page(tally(seq=4), messages(2, 4)))
    assert world.look().of("received") == [(WITH_BOB, seq) for seq in (1, 2, 3, 4)]
    assert world.wish() is None


def test_it_is_pulled_until_everything_is_here_that_was_heard_of(world: World) -> None:
    """The answer may have been read before what was heard of last: one pull is not enough then."""
    world.follower.message(message(4))
    wish = world.wish()
    world.follower.message(message(6))
    assert wish is not None

    world.follower.answered(wish, page(tally(seq=4), messages(1, 4)))

    assert world.wish() == WantAfter(WITH_BOB, 4)
    world.pull(page(tally(seq=6), messages(5, 6)))
    assert world.wish() is None
    assert world.look().of("received") == [(WITH_BOB, seq) for seq in range(1, 7)]


def test_a_page_that_was_cut_short_is_asked_on(world: World) -> None:
    world.follower.message(message(6))

    wishes = [
        world.pull(page(tally(seq=6), messages(1, 2), more=True)),
        world.pull(page(tally(seq=6), messages(3, 5), more=True)),
        world.pull(page(tally(seq=6), messages(6, 6))),
    ]

    assert wishes == [WantAfter(WITH_BOB, seq) for seq in (0, 2, 5)]
    assert world.wish() is None


def test_messages_that_come_during_a_pull_are_not_shown_twice(world: World) -> None:
    world.follower.message(message(3))
    wish = world.wish()
    assert wish is not None
    world.follower.message(message(1))
    world.follower.message(message(2))

    world.follower.answered(wish, page(tally(seq=3), messages(1, 3)))

    assert world.look().of("received") == [(WITH_BOB, seq) for seq in (1, 2, 3)]


def test_the_row_waits_for_the_pull_where_a_message_is_missing(world: World) -> None:
    """Message 2 was one's own, written on another device: what comes after it does not say so."""
    world.follower.message(message(1))

    world.follower.message(message(3, own=2))

    assert world.replica.tally(WITH_BOB).unread == 1
    world.pull(page(tally(seq=3, own=1), [message(2, ME, own=1), message(3, own=2)]))
    assert world.replica.tally(WITH_BOB).unread == 2


def test_a_message_of_ones_own_is_neither_unread_nor_received(world: World) -> None:
    world.follower.message(message(1, ME))

    assert world.look().of("received") == []
    assert world.replica.tally(WITH_BOB).unread == 0


def test_what_concerns_a_row_that_is_not_held_yet_is_kept() -> None:
    """An event comes before the walk has reached its conversation."""
    world = World()
    world.snapshot(users=3)

    world.follower.message(message(8))
    world.follower.event(f.ReadEvent(tally(WITH_CAROL, 5, read=3, version=3), ((5, 5),)))
    world.follower.event(f.PresenceEvent((BOB.id,), ()))

    assert world.wish() == WantAfter(WITH_BOB, 8)
    world.pull(page(tally(seq=8)))
    world.pull(f.Users(1, (ME, BOB, CAROL), upto=3, more=False))
    world.pull(f.Tallies(1, (tally(WITH_CAROL, 5, read=2, version=2),), more=False))  # read before the event
    assert [(row.name, row.unread, row.active) for row in world.replica.rows] == [
        ("bob", 8, True),
        ("carol", 2, False),
        (GENERAL, 0, True),
    ]
    assert world.wish() is None
    assert world.look().of("received") == [(WITH_BOB, 8)]


def test_messages_are_told_before_the_rows_that_they_move_and_after_their_timeline(world: World) -> None:
    world.follower.open(WITH_BOB)
    world.pull(page(tally()))
    world.look().told.clear()

    world.follower.message(message(1))

    assert [told[0] for told in world.look().told if isinstance(told, tuple)] == ["timeline", "received", "rows"]


# ---- gaps


def test_a_gap_of_a_thousand_is_replayed() -> None:
    world = World()
    world.complete(tally(seq=2))

    world.snapshot(tally(seq=2 + MAX_GAP))

    assert world.wish() == WantAfter(WITH_BOB, 2)
    assert world.look().of("skipped") == []


def test_a_longer_gap_is_declared_once_and_shown_from_its_end_on() -> None:
    world = World()
    world.complete(tally(seq=2))
    end = 2 + MAX_GAP + 1

    world.snapshot(tally(seq=end))

    assert world.look().of("skipped") == [(WITH_BOB, 3, end)]
    assert world.wish() == WantTallies("")
    world.follower.message(message(end + 1))
    assert world.look().of("received") == [(WITH_BOB, end + 1)]
    assert len(world.witness.of("skipped")) == 1


def test_after_a_long_gap_the_timeline_begins_anew_with_the_newest_page() -> None:
    world = World()
    world.complete(tally(seq=2))
    world.follower.open(WITH_BOB)
    world.pull(page(tally(seq=2), messages(1, 2)))
    end = 2 + MAX_GAP + 1

    world.snapshot(tally(seq=end))

    assert world.replica.timeline(WITH_BOB) == []
    assert world.pull(page(tally(seq=end), messages(end - 49, end), more=True)) == WantNewest(WITH_BOB)
    assert [item.seq for item in world.replica.timeline(WITH_BOB)] == list(range(end - 49, end + 1))
    assert world.look().items[WITH_BOB] == list(world.replica.timeline(WITH_BOB))


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


def opened_after_three(world: World, *, receipts: tuple[tuple[int, int], ...] = ()) -> None:
    world.follower.counted(tally(seq=3, own=1))
    world.follower.open(WITH_BOB)
    world.pull(page(tally(seq=3, own=1), [message(1), message(2, ME, own=1), message(3, own=2)], receipts=receipts))
    while not isinstance(world.wish(), WantStretch | None):
        world.pull(page(tally(seq=3, own=1), messages(1, 3)))


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


# ---- epoch and other users


def test_a_new_epoch_drops_what_was_held_and_keeps_posts_and_the_open_conversation(world: World) -> None:
    opened_after_three(world)
    world.write("kept")

    was_restored = world.snapshot(tally(seq=1), epoch="another", users=2)

    assert was_restored
    assert [(item.seq, item.client_id) for item in world.replica.timeline(WITH_BOB)] == [(None, "kept")]
    assert world.replica.tally(WITH_BOB).seq == 1
    assert world.wish() == WantNewest(WITH_BOB)
    assert not world.replica.complete
    assert world.replica.users == []


def test_after_a_new_epoch_shorter_histories_are_believed(world: World) -> None:
    for seq in range(1, 6):
        world.follower.message(message(seq))
    world.look().told.clear()

    world.snapshot(tally(seq=2, read=1, version=1), epoch="another")
    while (wish := world.wish()) is not None:
        users = isinstance(wish, WantUsers)
        world.pull(f.Users(1, (ME, BOB, CAROL), upto=3, more=False) if users else f.Tallies(1, (), more=False))
    world.follower.message(message(3))

    assert world.replica.tally(WITH_BOB).unread == 2
    assert world.look().of("received") == [(WITH_BOB, 3)]


def test_an_older_copy_that_was_put_in_place_drops_what_was_held_as_a_new_epoch_does(world: World) -> None:
    world.follower.message(message(1))
    world.follower.message(message(2))

    is_another = world.snapshot(tally(seq=1), generation="second", is_same=False, users=3)
    world.pull(f.Users(1, (ME, BOB, CAROL), upto=3, more=False))

    assert is_another
    assert world.replica.tally(WITH_BOB) == tally(seq=1)
    assert [(row.name, row.unread) for row in world.replica.rows[:1]] == [("bob", 1)]


def test_what_was_told_last_is_the_greatest_of_what_came_by_any_way(world: World) -> None:
    def told() -> tuple[int, int]:
        point = world.follower.told
        assert point is not None
        return point.number, point.facts

    assert World().follower.told is None
    assert world.follower.told == Point("first", 0, 3)
    world.follower.message(message(4, conversation=WITH_CAROL))
    assert told() == (4, 3)
    world.follower.counted(tally(seq=7))
    world.follower.repeated(message(6))
    assert told() == (7, 3)
    world.follower.event(f.UserEvent(User(UserId("e" * 16), "erin", 5, 5)))
    assert told() == (7, 5)
    world.snapshot(generation="second", number=9, users=5)
    assert world.follower.told == Point("second", 9, 5)
    world.follower.leave()
    assert world.follower.told is None


def opened_and_read(world: World) -> None:
    """A conversation of three messages: the second is mine and read by the other; of the others one is read."""
    three = [message(1), message(2, sender=ME, own=1), message(3)]
    world.follower.open(WITH_BOB)
    here = tally(seq=3, own=1, read=1, version=4)
    world.pull(page(here, three, read=[(1, 1)], receipts=[(2, 1)]))
    while world.wish() is not None:
        world.pull(page(here, three, read=[(1, 1)], receipts=[(2, 1)]))


def states(world: World) -> list[ItemState]:
    return [item.state for item in world.replica.timeline(WITH_BOB)]


def test_in_another_generation_messages_stay_and_what_is_read_is_asked_for_again_whatever_its_version(
    world: World,
) -> None:
    """Marks are not counted by the log's number: a copy may differ in them alone."""
    opened_and_read(world)

    world.snapshot(generation="second")
    before = states(world)
    world.follower.counted(tally(seq=3, own=1, read=0, version=0))
    wish = world.pull(page(tally(seq=3, own=1, read=0, version=0)))

    assert before == [ItemState.READ, ItemState.READ, ItemState.UNREAD], "nothing flickers until the answer is here"
    assert wish == WantStretch(WITH_BOB, (1, 3), -1)
    assert states(world) == [ItemState.UNREAD, ItemState.SENT, ItemState.UNREAD]
    assert world.replica.tally(WITH_BOB).unread == 2
    assert len(world.replica.timeline(WITH_BOB)) == 3


def test_readers_who_are_told_of_before_the_answer_of_another_generation_are_not_lost_with_it(world: World) -> None:
    opened_and_read(world)

    world.snapshot(generation="second")
    world.follower.event(f.ReceiptsEvent(WITH_BOB, ((2, 1),)))
    world.follower.event(f.ReadEvent(tally(seq=3, own=1, read=1, version=1), ((3, 3),)))
    world.pull(page(tally(seq=3, own=1, read=0, version=0)))  # read before both

    assert states(world) == [ItemState.UNREAD, ItemState.READ, ItemState.READ]
    assert world.replica.tally(WITH_BOB).unread == 1
    assert world.wish() == WantStretch(WITH_BOB, (1, 3), 0)


def test_in_the_same_generation_what_is_read_stays(world: World) -> None:
    opened_and_read(world)

    world.snapshot()
    world.follower.counted(tally(seq=3, own=1, read=0, version=0))
    world.pull(page(tally(seq=3, own=1, read=0, version=0)))

    assert states(world) == [ItemState.READ, ItemState.READ, ItemState.UNREAD]
    assert world.replica.tally(WITH_BOB).unread == 1


def test_the_same_epoch_and_the_first_are_no_new_ones() -> None:
    world = World()

    assert not world.snapshot()
    assert not world.snapshot()


def test_when_another_user_logs_in_nothing_is_left_of_the_former(world: World) -> None:
    opened_after_three(world)

    is_other = world.follower.entered(BOB)

    assert is_other
    assert world.look().rows == []
    assert world.replica.users == []
    assert world.replica.timeline(WITH_BOB) == ()
    assert not world.follower.entered(BOB)


# ---- users and presence


def test_a_registration_is_told_and_adds_a_row(world: World) -> None:
    dave = User(UserId("d" * 16), "Dave", 4, 4)

    world.follower.event(f.UserEvent(dave))

    assert world.look().of("registered") == [("Dave",)]
    assert [row.name for row in world.witness.rows] == [GENERAL, "bob", "carol", "Dave"]
    assert world.replica.user_by_name("dAVE") == dave
    assert world.replica.name_of(dave.id) == "Dave"


def test_a_user_who_is_known_otherwise_from_now_on_is_shown_so_and_is_no_newcomer(world: World) -> None:
    renamed, myself = attrs.evolve(BOB, name="robert", fact=4), attrs.evolve(ME, name="myself", fact=5)

    world.follower.event(f.UserEvent(renamed))
    world.follower.event(f.UserEvent(myself))

    assert "robert" in [row.name for row in world.replica.rows]
    assert world.replica.name_of(BOB.id) == "robert"
    assert world.replica.me == myself
    assert world.look().of("registered") == []
    assert world.replica.complete


def test_a_superseded_fact_is_not_asked_for_for_ever(world: World) -> None:
    """The directory is at fact 3; since then carol was renamed (4), dave came (5), carol was renamed again (6)."""
    carol, dave = attrs.evolve(CAROL, name="caroline", fact=6), User(UserId("d" * 16), "dave", 4, 5)

    world.snapshot(users=6)
    wish = world.pull(f.Users(1, (dave, carol), upto=6, more=False))

    assert wish == WantUsers(3)
    assert world.replica.users == [ME, BOB, carol, dave]
    world.pull(f.Tallies(1, (), more=False))
    assert world.replica.complete


def test_a_registration_that_is_not_the_next_means_pull(world: World) -> None:
    dave, erin = User(UserId("d" * 16), "dave", 4, 4), User(UserId("e" * 16), "erin", 5, 5)

    world.follower.event(f.UserEvent(erin))

    assert world.pull(f.Users(1, (dave, erin), upto=5, more=False)) == WantUsers(3)
    assert world.look().of("registered") == [("dave",), ("erin",)]
    world.follower.event(f.UserEvent(dave))
    assert len(world.look().of("registered")) == 2


def test_the_directory_of_the_log_in_is_no_news() -> None:
    world = World()

    world.complete()

    assert world.witness.of("registered") == []


def test_presence_changes_the_rows_and_their_order(world: World) -> None:
    world.follower.event(f.PresenceEvent((CAROL.id,), ()))

    assert world.look().of("presence") == [("carol", True)]
    assert [(row.name, row.active) for row in world.witness.rows] == [("carol", True), (GENERAL, True), ("bob", False)]


def test_presence_that_says_nothing_new_is_not_told(world: World) -> None:
    world.follower.event(f.PresenceEvent((), (BOB.id, ME.id)))

    assert world.look().told == []


def test_a_snapshot_of_what_is_known_changes_no_row(world: World) -> None:
    world.complete(tally(seq=2), active=[BOB])
    rows = list(world.replica.rows)

    world.snapshot(tally(seq=2), active=[BOB])
    same = len(world.look().of("rows"))
    world.snapshot(tally(seq=2), general=tally(GENERAL, seq=1), active=[BOB])

    assert same == len(world.witness.of("rows"))
    assert [row.last and row.last.seq for row in world.look().rows if row.conversation == GENERAL] == [1]
    assert len(rows) == len(world.witness.rows)


def test_a_snapshot_tells_who_came_and_went_meanwhile(world: World) -> None:
    world.follower.event(f.PresenceEvent((BOB.id,), ()))
    world.look().told.clear()

    world.snapshot(active=[CAROL])

    assert sorted(world.look().of("presence")) == [("bob", False), ("carol", True)]
    assert world.replica.is_active(CAROL.id)
    assert not world.replica.is_active(BOB.id)


def test_an_unknown_user_is_called_by_the_id(world: World) -> None:
    unknown = UserId("f" * 16)

    assert world.replica.name_of(unknown) == unknown
    assert world.replica.user(unknown) is None


def test_all_unread_messages_are_counted_together(world: World) -> None:
    world.follower.counted(tally(seq=3, read=1, version=1))
    world.follower.counted(tally(WITH_CAROL, 2))

    assert world.replica.total_unread == 4


def test_the_directory_of_another_history_is_no_news(world: World) -> None:
    world.snapshot(epoch="another", users=3)
    world.pull(f.Users(1, (ME, BOB, CAROL), upto=3, more=False))

    assert world.look().of("registered") == []


def test_the_directory_of_another_user_is_no_news(world: World) -> None:
    world.follower.entered(BOB)
    world.snapshot(users=3)
    world.pull(f.Users(1, (ME, BOB, CAROL), upto=3, more=False))

    assert world.look().of("registered") == []
