"""What the next message of a log is, and what becomes of one that is there already."""

from chatcore.domain.conversations import GENERAL, direct
from chatcore.domain.ids import ClientId, ConversationId, UserId
from chatcore.domain.jumps import JUMP_MS
from chatcore.domain.logs import NOTHING, conflict, next_message, own_between_two
from chatcore.domain.messages import Message, NewMessage

NOON = 1_750_000_000_000
ALICE, BOB = UserId("a" * 16), UserId("b" * 16)


def request(text: str = "hello", conversation: ConversationId = GENERAL) -> NewMessage:
    return NewMessage(ALICE, conversation, ClientId("1"), text)


def stored(
    text: str = "hello", *, seq: int = 7, sender: UserId = ALICE, sent_at_ms: int = NOON, live: int = 6, own: int = 4
) -> Message:
    return Message(GENERAL, seq, sender, ClientId("1"), text, sent_at_ms, live, own, number=12)


def test_the_first_message_of_a_log_has_seq_1_and_counts_once() -> None:
    first = next_message(request(), NOTHING, own=0, number=13, now_ms=NOON)

    assert first == Message(GENERAL, 1, ALICE, ClientId("1"), "hello", NOON, live=1, own=1, number=13)


def test_the_next_message_counts_on_from_the_end_of_the_log() -> None:
    following = next_message(request("again"), stored(sender=BOB), own=2, number=40, now_ms=NOON + 5)

    assert following == Message(GENERAL, 8, ALICE, ClientId("1"), "again", NOON + 5, live=7, own=3, number=40)


def test_a_message_is_not_dated_before_the_one_before_it() -> None:
    assert next_message(request(), stored(), own=0, number=13, now_ms=NOON - JUMP_MS).sent_at_ms == NOON


def test_a_date_far_ahead_of_the_clock_was_wrong_and_does_not_bind_the_next_message() -> None:
    now = NOON - JUMP_MS - 1

    assert next_message(request(), stored(), own=0, number=13, now_ms=now).sent_at_ms == now


def test_where_two_write_what_is_not_the_last_ones_is_the_others() -> None:
    assert own_between_two(stored(sender=ALICE, live=6, own=4), ALICE) == 4
    assert own_between_two(stored(sender=BOB, live=6, own=4), ALICE) == 2
    assert own_between_two(NOTHING, ALICE) == 0


def test_the_same_text_in_the_same_conversation_is_the_same_message_once_more() -> None:
    assert conflict(request("hello"), stored("hello")) is None


def test_another_text_or_conversation_under_a_used_client_id_is_a_conflict() -> None:
    for other in (request("hello "), request(conversation=direct(ALICE, BOB))):
        refused = conflict(other, stored("hello"))

        assert refused is not None
        assert refused.field == "client_id"
