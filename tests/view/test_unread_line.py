"""Where the line before the unread messages stands, while a conversation is open."""

from chatcore.client.changes import Insert, Move, Remove, Reset, Update
from chatcore.client.items import Item, ItemState
from chatcore.domain.ids import ClientId, ConversationId, UserId
from chatcore.view.unread_line import UnreadLine

READ, UNREAD, SENT, WAITING = ItemState.READ, ItemState.UNREAD, ItemState.SENT, ItemState.WAITING


def item(seq: int | None, state: ItemState = UNREAD) -> Item:
    return Item(ConversationId("d.a.b"), seq, ClientId(f"c{seq}"), UserId("b"), "hi", 0, state)


def reset(*items: Item) -> Reset[Item]:
    return Reset(items)


def opened_with_three_unread() -> UnreadLine:
    """Messages 1 to 6, of which 4 to 6 are unread, and somebody watches."""
    line = UnreadLine(6)
    line.timeline_changed([reset(item(1, READ), item(2, SENT), item(3, READ), item(4), item(5), item(6))])
    return line


def read(line: UnreadLine, *seqs: int) -> None:
    line.timeline_changed([Update(seq - 1, item(seq, READ)) for seq in seqs])


def arrive(line: UnreadLine, *seqs: int) -> None:
    line.timeline_changed([Insert(seq - 1, item(seq)) for seq in seqs])


def test_the_line_stands_before_the_first_message_that_was_unread_at_the_opening() -> None:
    line = opened_with_three_unread()

    assert line.seq == 4


def test_without_unread_messages_there_is_no_line() -> None:
    line = UnreadLine(2)

    line.timeline_changed([reset(item(1, READ), item(2, SENT))])

    assert line.seq is None


def test_the_messages_may_come_after_the_opening() -> None:
    line = UnreadLine(6)

    line.timeline_changed([reset()])
    line.timeline_changed([Insert(0, item(4, READ)), Insert(1, item(5)), Insert(2, item(6))])

    assert line.seq == 5


def test_the_line_stays_while_the_messages_become_read() -> None:
    line = opened_with_three_unread()

    read(line, 4, 5, 6)

    assert line.seq == 4


def test_the_next_opening_has_no_line_once_all_is_read() -> None:
    line = UnreadLine(6)

    line.timeline_changed([reset(*(item(seq, READ) for seq in range(1, 7)))])

    assert line.seq is None


def test_older_messages_that_are_loaded_and_unread_take_the_line_up() -> None:
    line = UnreadLine(6)
    line.timeline_changed([reset(item(5), item(6))])
    read(line, 5, 6)

    line.timeline_changed([Insert(0, item(4)), Insert(0, item(3)), Insert(0, item(2, READ))])

    assert line.seq == 3


def test_posting_takes_the_line_away_for_good() -> None:
    line = opened_with_three_unread()

    line.posted()
    line.timeline_changed([Insert(6, item(None, WAITING)), Move(6, 6, item(7, SENT)), Insert(0, item(1))])

    assert line.seq is None


def test_what_comes_while_somebody_watches_is_no_reason_for_a_line() -> None:
    line = UnreadLine(3)
    line.timeline_changed([reset(item(3, READ))])

    arrive(line, 4, 5)

    assert line.seq is None


def test_what_comes_while_nobody_watches_begins_a_line() -> None:
    line = UnreadLine(3)
    line.timeline_changed([reset(item(3, READ))])

    line.watching(False)
    arrive(line, 4, 5)
    line.watching(True)
    read(line, 4, 5)

    assert line.seq == 4


def test_in_an_empty_conversation_too() -> None:
    line = UnreadLine(0, watching=False)
    line.timeline_changed([reset()])

    arrive(line, 1)

    assert line.seq == 1


def test_the_line_stays_where_it_is_while_messages_behind_it_are_unread() -> None:
    line = opened_with_three_unread()
    read(line, 4, 5)

    line.watching(False)
    arrive(line, 7)

    assert line.seq == 4


def test_once_all_behind_it_is_read_the_line_moves_to_what_comes_while_nobody_watches() -> None:
    line = opened_with_three_unread()
    read(line, 4, 5, 6)
    arrive(line, 7)  # watched, though not marked yet

    line.watching(False)
    arrive(line, 8, 9)

    assert line.seq == 8


def test_a_line_that_moved_does_not_go_back_for_older_messages() -> None:
    line = opened_with_three_unread()
    read(line, 4, 5, 6)
    line.watching(False)
    arrive(line, 7)

    line.timeline_changed([Insert(0, item(1))])

    assert line.seq == 7


def test_after_posting_new_messages_can_begin_a_line() -> None:
    line = opened_with_three_unread()
    line.posted()

    line.watching(False)
    arrive(line, 8)

    assert line.seq == 8


def test_a_timeline_that_begins_anew_keeps_the_line() -> None:
    line = opened_with_three_unread()
    read(line, 4, 5)

    line.timeline_changed([reset(item(3, READ), item(4, READ), item(5, READ), item(6))])

    assert line.seq == 4


def test_what_was_read_elsewhere_meanwhile_counts_as_read_when_a_timeline_begins_anew() -> None:
    line = opened_with_three_unread()
    line.timeline_changed([reset(item(4, READ), item(5, READ), item(6, READ))])

    line.watching(False)
    arrive(line, 7)

    assert line.seq == 7


def test_a_discarded_post_changes_nothing() -> None:
    line = opened_with_three_unread()

    line.timeline_changed([Insert(6, item(None, WAITING)), Remove(6)])

    assert line.seq == 4


def test_what_was_there_when_the_user_posted_does_not_get_the_line_when_a_timeline_begins_anew() -> None:
    line = UnreadLine(3, watching=False)
    line.timeline_changed([reset(item(3, READ))])
    arrive(line, 4)
    line.posted()

    line.timeline_changed([reset(item(3, READ), item(4))])

    assert line.seq is None


def test_what_was_unread_when_the_user_posted_does_not_hold_a_later_line() -> None:
    line = opened_with_three_unread()
    line.posted()
    line.watching(False)
    arrive(line, 8)
    read(line, 8)

    arrive(line, 9)

    assert line.seq == 9
