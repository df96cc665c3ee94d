"""What a follower makes of another history, of other users, and of who is active."""

from __future__ import annotations

import attrs
import pytest

from chatcore import GENERAL, ItemState, User, UserId
from chatcore.client.wishes import WantNewest, WantStretch, WantUsers
from chatcore.domain.generations import Point
from chatcore.wire import frames as f
from tests.client.replicas import (
    BOB,
    CAROL,
    ME,
    WITH_BOB,
    WITH_CAROL,
    World,
    message,
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
    renamed, myself = User(BOB.id, "robert", BOB.number, 4), User(ME.id, "myself", ME.number, 5)

    world.follower.event(f.UserEvent(renamed))
    world.follower.event(f.UserEvent(myself))

    assert "robert" in [row.name for row in world.replica.rows]
    assert world.replica.name_of(BOB.id) == "robert"
    assert world.replica.me == myself
    told = world.look()
    assert (told.of("registered"), told.of("changed")) == ([], [("robert",), ("myself",)])
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
