"""An open conversation as it is looked at."""

import pytest

from chatcore import GENERAL, ClientId, Insert, Item, ItemState, Move, Remove, Reset, Update, UserId
from chatcore.view.conversation_view import MAX_SOUGHT, ConversationView, key_of

ME, BOB = UserId("0" * 16), UserId("b" * 16)


def item(seq: int | None, state: ItemState = ItemState.READ, *, name: str = "", sender: UserId = BOB) -> Item:
    return Item(GENERAL, seq, ClientId(name or f"c{seq}"), sender, f"text {seq}", 0, state)


def timeline(count: int, *, unread: int = 0, held: int = 1_000) -> ConversationView:
    """A timeline of so many messages, of which the last `unread` are unread and the last `held` are here."""
    opened = ConversationView(GENERAL, newest=count, unread=unread, watching=True)
    states = [ItemState.READ] * (count - unread) + [ItemState.UNREAD] * unread
    items = [item(seq, state) for seq, state in enumerate(states, 1)]
    opened.apply([Reset(tuple(items[-held:]))])
    return opened


def one(_index: int) -> int:
    return 1


def in_view(opened: ConversationView, height: int) -> list[int | None]:
    return [opened.items[part.index].seq for part in opened.slices(height, one)]


def test_the_end_is_in_view_where_nothing_is_unread() -> None:
    assert in_view(timeline(9), 3) == [7, 8, 9]


def test_the_view_begins_with_the_first_unread_message() -> None:
    opened = timeline(20, unread=10)

    assert in_view(opened, 3) == [11, 12, 13]


def test_the_view_is_at_the_end_where_that_shows_all_unread_messages() -> None:
    opened = timeline(20, unread=2)

    assert in_view(opened, 5) == [16, 17, 18, 19, 20]
    assert opened.viewport.at_end


def test_the_first_unread_message_is_sought_among_older_ones() -> None:
    opened = timeline(20, unread=12, held=10)
    before = opened.is_seeking, in_view(opened, 3)

    opened.apply([Insert(0, item(9, ItemState.UNREAD)), Insert(1, item(10, ItemState.UNREAD))])

    assert before == (True, [11, 12, 13])
    assert (opened.is_seeking, in_view(opened, 3)) == (False, [9, 10, 11])


@pytest.mark.parametrize("held", [10, MAX_SOUGHT])
def test_a_conversation_opens_at_its_end_where_the_first_unread_message_is_too_far_up(held: int) -> None:
    opened = timeline(2 * MAX_SOUGHT, unread=MAX_SOUGHT + 1, held=held)

    assert not opened.is_seeking
    assert in_view(opened, 3) == [2 * MAX_SOUGHT - 2, 2 * MAX_SOUGHT - 1, 2 * MAX_SOUGHT]
    assert opened.viewport.at_end


def test_the_seeking_ends_at_the_end_where_the_first_unread_message_is_not_found() -> None:
    opened = timeline(2 * MAX_SOUGHT, unread=MAX_SOUGHT - 1, held=10)
    before = opened.is_seeking, in_view(opened, 3)[0]

    older = [item(seq) for seq in range(MAX_SOUGHT + 1, 2 * MAX_SOUGHT - 9)]
    opened.apply([Insert(place, one) for place, one in enumerate(older)])

    assert before == (True, 2 * MAX_SOUGHT - 9)
    assert not opened.is_seeking
    assert in_view(opened, 3)[-1] == 2 * MAX_SOUGHT
    assert opened.viewport.at_end


def test_scrolling_ends_the_seeking() -> None:
    opened = timeline(20, unread=12, held=10)
    opened.slices(3, one)

    opened.scroll(-2, 3, one)

    assert not opened.is_seeking
    assert in_view(opened, 3) == [13, 14, 15]


def test_older_messages_come_without_a_jump() -> None:
    opened = timeline(9)
    opened.scroll(3, 3, one)
    before = in_view(opened, 3)

    opened.apply([Insert(0, item(-1)), Insert(1, item(0))])

    assert in_view(opened, 3) == before == [4, 5, 6]


def test_new_messages_do_not_tear_the_view_away_and_are_counted() -> None:
    opened = timeline(9)
    opened.scroll(3, 3, one)

    opened.apply([Insert(9, item(10, ItemState.UNREAD)), Insert(10, item(11, ItemState.UNREAD))])

    assert in_view(opened, 3) == [4, 5, 6]
    assert opened.unread_below == 2


def test_the_view_stays_where_the_timeline_is_reset_to_one_that_has_the_message() -> None:
    opened = timeline(9)
    opened.scroll(3, 3, one)

    opened.apply([Reset(tuple(item(seq) for seq in range(3, 20)))])

    assert in_view(opened, 3) == [4, 5, 6]


def test_the_view_goes_to_the_end_where_the_message_is_gone() -> None:
    opened = timeline(9)
    opened.scroll(3, 3, one)

    opened.apply([Reset(tuple(item(seq) for seq in range(30, 40)))])

    assert in_view(opened, 3) == [37, 38, 39]


def test_the_view_follows_the_message_it_is_held_by_when_that_moves() -> None:
    opened = timeline(5)
    waiting = item(None, ItemState.WAITING, name="mine", sender=ME)
    opened.apply([Insert(5, item(None, ItemState.WAITING, name="first", sender=ME)), Insert(6, waiting)])
    opened.viewport.hold(5, 0, 7)

    opened.apply([Move(6, 5, item(6, ItemState.SENT, name="mine", sender=ME))])

    assert opened.items[opened.viewport.bottom or 0].client_id == "first"


def test_a_message_keeps_its_key_when_it_is_stored() -> None:
    opened = timeline(1)
    opened.apply([Insert(1, item(None, ItemState.WAITING, name="mine", sender=ME))])
    opened.pick(1)

    opened.apply([Update(1, item(2, ItemState.SENT, name="mine", sender=ME))])

    assert opened.index(opened.picked) == 1


def test_picking_goes_up_and_down_and_lets_go_below_the_newest() -> None:
    opened = timeline(3)

    picked = [opened.pick(step) for step in (1, 1, 1, 1, -1, -1, -1)]

    assert [message and message.seq for message in picked] == [3, 2, 1, 1, 2, 3, None]
    assert opened.picked is None


def test_a_picked_message_that_was_discarded_is_no_longer_chosen() -> None:
    opened = timeline(3)
    opened.apply([Insert(3, item(None, ItemState.REFUSED, name="mine", sender=ME))])
    opened.pick(1)
    assert opened.chosen(lambda message: message.state is ItemState.REFUSED)

    opened.apply([Remove(3)])

    assert opened.chosen(lambda _: True) is None


def test_without_a_picked_message_the_newest_that_suits_is_chosen() -> None:
    opened = timeline(3)

    chosen = opened.chosen(lambda message: message.seq != 3)

    assert chosen
    assert key_of(chosen) == (BOB, "c2")


def test_a_picked_message_is_brought_into_view() -> None:
    opened = timeline(9)

    opened.reveal(2, 3, one)
    above = in_view(opened, 3)
    opened.reveal(6, 3, one)

    assert (above, in_view(opened, 3)) == ([3, 4, 5], [5, 6, 7])
