"""Messages, and what their texts and client ids may be."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.domain.conversations import GENERAL
from chatcore.domain.ids import ClientId, ConversationId, UserId
from chatcore.domain.messages import MAX_TEXT, PREVIEW, Message, NewMessage, check_text, instant, last
from chatcore.errors import BadFrame, BadText, Empty, TooLong

ALICE = UserId("a" * 16)


def request(text: str = "hello", client_id: str = "1", conversation: ConversationId = GENERAL) -> NewMessage:
    return NewMessage(ALICE, conversation, ClientId(client_id), text)


def stored(text: str = "hello") -> Message:
    return Message(GENERAL, 7, ALICE, ClientId("1"), text, 1_750_000_000_123, 7, 3, 12)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "two\nlines\tand a tab",
        "zażółć 漢字",
        "👩‍👩‍👧",
        "x" * MAX_TEXT,
        "🦆" * MAX_TEXT,
        " . ",
        "\u200b.",
        "\u0301",
        "❤\ufe0f",
    ],
)
def test_ordinary_texts_are_taken_as_they_are(text: str) -> None:
    assert request(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\n\t \u00a0\u2003", "\u200b", " \u200d\ufeff\n", "\u00ad\u034f\u061c",
        "\u202e\u2066\u2069", "\u2800 \u2800", "\u115f\u1160\u3164\uffa0", "\ufe0f",
        "\U000e0041\U000e007f", "\u180e\u17b4",
    ],
)  # fmt: skip
def test_a_text_of_which_nobody_sees_anything_is_refused(text: str) -> None:
    with pytest.raises(Empty) as refused:
        request(text)

    assert refused.value.field == "text"


def test_a_text_that_is_too_long_is_refused_with_both_lengths() -> None:
    with pytest.raises(TooLong, match="at most 4000 characters, this one has 4001") as refused:
        request("x" * (MAX_TEXT + 1))

    assert refused.value.field == "text"


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ("\x00", "U+0000"),
        ("\x1b", "U+001B"),
        ("\r", "U+000D"),
        ("\x85", "U+0085"),
        ("\ud800", "U+D800"),
        ("\uffff", "U+FFFF"),
    ],
)
def test_characters_that_are_never_legitimate_are_refused_by_name_and_place(bad: str, named: str) -> None:
    with pytest.raises(BadText) as refused:
        request(f"ab{bad}c")

    assert refused.value.message == f"the character {named} at position 3 is not allowed in a message"
    assert refused.value.field == "text"


@given(st.text(max_size=50))
def test_what_is_taken_can_be_written_in_utf_8_and_has_no_control_characters(text: str) -> None:
    try:
        check_text(text)
    except (BadText, Empty):
        return

    assert text.encode().decode() == text
    assert all(
        character.isprintable() or not character < "\xa0" for character in text.replace("\n", "").replace("\t", "")
    )


@pytest.mark.parametrize("client_id", ["1", "a" * 64, "AZaz09-_", "-"])
def test_client_ids_of_letters_digits_and_dashes_are_taken(client_id: str) -> None:
    assert request(client_id=client_id).client_id == client_id


@pytest.mark.parametrize("client_id", ["", "a" * 65, "a b", "ż", "a\n", "a.b", "a/b", "\x00"])
def test_other_client_ids_are_refused(client_id: str) -> None:
    with pytest.raises(BadFrame) as refused:
        request(client_id=client_id)

    assert refused.value.field == "client_id"


def test_two_requests_for_the_same_are_two_requests() -> None:
    assert request() != request()


def test_times_are_aware_and_exact_to_the_millisecond() -> None:
    message = stored()

    assert message.sent_at == last(message).sent_at == datetime(2025, 6, 15, 15, 6, 40, 123_000, UTC)
    assert message.sent_at.tzinfo is UTC


@given(st.integers(0, 4_102_444_800_000))
def test_an_instant_can_be_turned_back(ms: int) -> None:
    assert round(instant(ms).timestamp() * 1_000) == ms


@given(st.text(min_size=1, max_size=300))
def test_a_row_shows_the_first_120_code_points(text: str) -> None:
    shown = last(stored(text))

    assert shown.text == text[:PREVIEW]
    assert len(shown.text) == min(len(text), 120)
    assert (shown.seq, shown.sender, shown.sent_at_ms) == (7, ALICE, 1_750_000_000_123)
