"""A replica is kept in step: snapshots and what is pulled after them, messages, gaps."""

from __future__ import annotations

import pytest

from chatcore import GENERAL, User, UserId
from chatcore.client.conversation import LOOKED_THROUGH, MAX_GAP
from chatcore.client.wishes import WantAfter, WantNewest, WantTallies, WantUsers
from chatcore.domain.generations import Point
from chatcore.ports.cache import Known
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
    world.snapshot(tally(WITH_CAROL, 1), users=3, number=2)

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


def test_that_everything_is_here_is_told_once_after_each_snapshot_whoever_registers_meanwhile() -> None:
    world = World()
    world.complete()
    dave, erin = User(UserId("d" * 16), "dave", 4, 4), User(UserId("e" * 16), "erin", 5, 5)

    world.follower.event(f.UserEvent(erin))  # the one before is missing
    world.look()
    was_complete = world.replica.complete
    world.pull(f.Users(1, (dave, erin), upto=5, more=False))
    once = list(world.look().of("synced"))
    world.snapshot(users=5)
    world.pull(f.Tallies(1, (), more=False))

    assert (was_complete, world.replica.complete) == (False, True)
    assert (once, world.look().of("synced")) == ([()], [(), ()])


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
    world.snapshot(users=3, number=7)

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


def test_what_was_written_while_the_list_was_walked_through_is_news_though_its_numbers_came_first() -> None:
    world = World()
    world.snapshot(users=3, number=5)
    world.pull(f.Users(1, (ME, BOB, CAROL), upto=3, more=False))
    world.pull(f.Tallies(1, (tally(seq=7),), more=False))  # read after the messages 6 and 7

    world.follower.message(message(6))
    assert world.pull(page(tally(seq=7), messages(1, 7))) == WantAfter(WITH_BOB, 0)
    for seq in (7, 8, 8):  # by several servers the same may be told twice
        world.follower.message(message(seq))

    assert world.look().of("received") == [(WITH_BOB, 6), (WITH_BOB, 7), (WITH_BOB, 8)]
    assert world.replica.tally(WITH_BOB).unread == 8
    assert world.wish() is None


def test_what_was_written_before_a_connection_broke_that_had_not_told_of_it_is_news() -> None:
    world = World()
    world.snapshot(users=3, number=5)
    world.pull(f.Users(1, (ME, BOB, CAROL), upto=3, more=False))
    world.follower.connection_lost()

    world.snapshot(users=3, number=207)
    world.pull(f.Tallies(1, (tally(seq=107),), more=False))
    assert world.pull(page(tally(seq=107), messages(58, 107))) == WantAfter(WITH_BOB, 107 - LOOKED_THROUGH)

    assert world.look().of("received") == [(WITH_BOB, seq) for seq in range(58, 108)]
    assert world.wish() is None


def test_a_message_that_comes_before_the_numbers_do_may_have_news_before_it_once_a_connection_broke() -> None:
    world = World()
    world.snapshot(users=3, number=5)
    world.follower.connection_lost()
    world.snapshot(users=3, number=7)

    world.follower.message(message(8))
    assert world.pull(page(tally(seq=8), messages(1, 8))) == WantAfter(WITH_BOB, 0)

    assert world.look().of("received") == [(WITH_BOB, 6), (WITH_BOB, 7), (WITH_BOB, 8)]


@pytest.mark.parametrize("is_opened", [True, False])
def test_of_what_came_since_an_earlier_program_only_that_is_news_which_was_written_since_the_first_snapshot(
    is_opened: bool,
) -> None:
    world = World()
    everybody = (ME, BOB, CAROL)
    world.follower.restore(Known(0, ME, "e", Point("first", 3, 3), everybody, (tally(seq=3),), ()))
    if is_opened:
        world.follower.open(WITH_BOB)
    world.snapshot(users=3, number=5)
    if is_opened:
        world.pull(page(tally(seq=5), messages(1, 5)))
    world.pull(f.Tallies(1, (tally(seq=7),), more=False))

    assert world.pull(page(tally(seq=7), messages(4, 7))) == WantAfter(WITH_BOB, 3)

    assert world.look().of("received") == [(WITH_BOB, 6), (WITH_BOB, 7)]


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
