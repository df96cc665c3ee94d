"""A message of the history is the same message as from anywhere, and says how far it has come."""

from chatcore import HistoryMessage, ItemState
from chatcore.client.history_message import messages_of
from tests.client.replicas import ME, WITH_BOB, message, page, tally


def test_it_is_equal_to_the_same_message_whatever_is_read_of_it() -> None:
    received = message(1)
    (unread,) = messages_of(page(tally(), [received]), ME.id)
    (read,) = messages_of(page(tally(), [received], read=[(1, 1)]), ME.id)

    assert unread == received == read
    assert received == unread
    assert len({received, unread, read}) == 1
    assert unread != message(2)
    assert unread != "message 1"


def test_a_page_says_what_is_read_of_its_messages() -> None:
    texts = [message(1), message(2), message(3, ME), message(4, ME)]

    messages = messages_of(page(tally(WITH_BOB), texts, read=[(2, 3)], receipts=[(4, 2)]), ME.id)

    assert all(isinstance(each, HistoryMessage) for each in messages)
    assert [(each.state, each.readers) for each in messages] == [
        (ItemState.UNREAD, 0),
        (ItemState.READ, 0),
        (ItemState.SENT, 0),
        (ItemState.READ, 2),
    ]
