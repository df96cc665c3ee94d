"""The outbox: what goes out now, in which order, and when the rest."""

import pytest

from chatcore import GENERAL, ClientId, ConversationId, ItemState, UserId
from chatcore.client.outbox import Outbox, Outgoing

OTHER = ConversationId("d.a.b")


def post(name: str, conversation: ConversationId = GENERAL) -> Outgoing:
    return Outgoing(conversation, ClientId(name), f"text of {name}", 1_000)


@pytest.fixture
def outbox() -> Outbox:
    """Two posts to the general chat and one to another conversation."""
    outbox = Outbox()
    for each in (post("1"), post("2"), post("3", OTHER)):
        outbox.add(each)
    return outbox


def ready(outbox: Outbox, now: float = 0.0) -> list[str]:
    return [each.client_id for each in outbox.ready(now)]


def get(outbox: Outbox, name: str) -> Outgoing:
    found = outbox.get(ClientId(name))
    assert found is not None
    return found


def test_of_each_conversation_the_first_post_goes_out(outbox: Outbox) -> None:
    assert ready(outbox) == ["1", "3"]


def test_while_a_post_is_under_way_the_next_of_its_conversation_waits(outbox: Outbox) -> None:
    get(outbox, "1").under_way = True

    assert ready(outbox) == ["3"]


def test_after_a_post_is_stored_the_next_goes_out(outbox: Outbox) -> None:
    outbox.remove(ClientId("1"))

    assert ready(outbox) == ["2", "3"]


def test_a_refused_post_stands_in_nobodys_way(outbox: Outbox) -> None:
    get(outbox, "1").refusal = "too_long"

    assert ready(outbox) == ["2", "3"]


def test_a_post_that_was_put_off_keeps_its_place_and_the_next_waits_behind_it(outbox: Outbox) -> None:
    get(outbox, "1").not_before = 5.0

    assert ready(outbox, 4.9) == ["3"]
    assert ready(outbox, 5.0) == ["1", "3"]


def test_it_is_known_when_the_next_try_is_due(outbox: Outbox) -> None:
    assert outbox.next_try() is None

    get(outbox, "1").not_before = 5.0
    get(outbox, "3").not_before = 3.0
    assert outbox.next_try() == 3.0

    get(outbox, "3").under_way = True
    assert outbox.next_try() == 5.0


def test_a_lost_connection_puts_everything_back(outbox: Outbox) -> None:
    for name in "13":
        get(outbox, name).under_way = True

    outbox.connection_lost()

    assert ready(outbox) == ["1", "3"]


def test_posts_of_a_conversation_stand_in_the_order_in_which_they_were_written(outbox: Outbox) -> None:
    assert [each.client_id for each in outbox.of(GENERAL)] == ["1", "2"]
    assert outbox.of(ConversationId("d.x.y")) == []


def test_what_is_not_there_cannot_be_taken_out(outbox: Outbox) -> None:
    assert outbox.remove(ClientId("9")) is None
    assert len(outbox) == 3


def test_a_post_is_found_until_it_is_taken_out(outbox: Outbox) -> None:
    assert ClientId("2") in outbox

    taken = outbox.remove(ClientId("2"))

    assert taken is not None
    assert taken.client_id == "2"
    assert ClientId("2") not in outbox
    assert outbox.get(ClientId("2")) is None


def test_clearing_gives_everything_in_order(outbox: Outbox) -> None:
    assert [each.client_id for each in outbox.clear()] == ["1", "2", "3"]
    assert len(outbox) == 0
    assert ready(outbox) == []


def test_nothing_is_kept_of_a_conversation_whose_last_post_left(outbox: Outbox) -> None:
    for name in "123":
        outbox.remove(ClientId(name))

    assert outbox._by_conversation == {}


def test_a_timeline_shows_a_post_as_waiting_or_refused() -> None:
    me, waiting, refused = UserId("me"), post("1"), post("2")
    refused.refusal = "too_long"

    item, other = waiting.item(me), refused.item(me)

    assert (item.seq, item.sender, item.client_id, item.text, item.at_ms) == (None, me, "1", "text of 1", 1_000)
    assert (item.state, item.refusal) == (ItemState.WAITING, None)
    assert (other.state, other.refusal) == (ItemState.REFUSED, "too_long")
