"""Posts on their way out: in order, one after another in each conversation."""

from __future__ import annotations

import pytest

from chatcore import (
    GENERAL,
    BadFrame,
    BadText,
    Busy,
    ChatError,
    Conflict,
    ConversationId,
    Empty,
    ItemState,
    SlowDown,
    StorageFull,
    TooLong,
    Unreachable,
)
from chatcore.wire import frames as f
from tests.client.desk import Desk
from tests.client.replicas import ME, WITH_BOB, page, tally


@pytest.fixture
def desk() -> Desk:
    return Desk()


# ---- writing


@pytest.mark.parametrize(
    ("text", "error"), [("", Empty), (" \n", Empty), ("x" * 4_001, TooLong), ("\x1b", BadText), ("\ud800", BadText)]
)
def test_what_breaks_a_rule_is_refused_before_it_is_written(desk: Desk, text: str, error: type[ChatError]) -> None:
    with pytest.raises(error):
        desk.write(text)

    assert len(desk.outbox) == 0


@pytest.mark.parametrize("client_id", ["", "a b", "x" * 65])
def test_a_bad_client_id_is_refused(desk: Desk, client_id: str) -> None:
    if client_id:
        with pytest.raises(BadFrame):
            desk.write("hi", client_id)
    else:
        assert desk.write("hi", client_id)  # none given: one is made


@pytest.mark.parametrize("text", ["a\r\nb", "a\rb", "a\nb"])
def test_line_ends_of_other_systems_become_ours(desk: Desk, text: str) -> None:
    desk.write(text)

    assert desk.sent == ["a\nb"]


def test_nobody_writes_who_is_not_logged_in(desk: Desk) -> None:
    desk.follower.leave()

    with pytest.raises(Unreachable, match="nobody is logged in yet"):
        desk.write("hi")


def test_a_post_waits_in_the_timeline(desk: Desk) -> None:
    desk.follower.open(WITH_BOB)
    desk.pull(page(tally()))

    desk.write("hi", "c")

    (item,) = desk.replica.timeline(WITH_BOB)
    assert (item.seq, item.client_id, item.sender, item.state) == (None, "c", ME.id, ItemState.WAITING)


def test_the_same_post_written_twice_is_sent_once(desk: Desk) -> None:
    assert desk.write("hi", "c") == desk.write("hi", "c") == "c"

    assert desk.sent == ["hi"]


@pytest.mark.parametrize(("text", "to"), [("ho", WITH_BOB), ("hi", GENERAL)], ids=["text", "conversation"])
def test_another_message_under_a_client_id_that_waits_is_a_conflict(desk: Desk, text: str, to: ConversationId) -> None:
    desk.write("hi", "c")

    with pytest.raises(Conflict):
        desk.write(text, "c", to)

    assert desk.sent == ["hi"]


# ---- order


def test_one_post_of_a_conversation_is_under_way_at_a_time(desk: Desk) -> None:
    for text in "123":
        desk.write(text)
    desk.write("other", to=GENERAL)
    at_first = desk.sent

    desk.stored(1)

    assert at_first == ["1", "other"]
    assert desk.sent == ["1", "other", "2"]


@pytest.mark.parametrize("error", [Busy(), SlowDown(), StorageFull()], ids=lambda error: error.code)
def test_what_is_refused_for_now_is_tried_again_before_the_next_is_sent(desk: Desk, error: ChatError) -> None:
    desk.write("1")
    desk.write("2")

    desk.asked.answer(error)
    desk.send(0.0)
    due = desk.posts.next_due()
    assert due is not None
    desk.send(due - 0.01)
    before = desk.sent
    desk.send(due)

    assert 0.5 <= due < 1.0
    assert before == ["1"]
    assert desk.sent == ["1", "1"]


def test_what_is_too_fast_goes_again_just_when_the_server_has_said(desk: Desk) -> None:
    desk.write("1")

    desk.asked.answer(SlowDown(wait=0.2))

    assert desk.posts.next_due() == pytest.approx(0.2)


def test_why_a_message_has_to_wait_is_shown_until_it_is_stored(desk: Desk) -> None:
    desk.follower.open(WITH_BOB)
    desk.pull(page(tally()))
    desk.write("1")

    desk.asked.answer(StorageFull())
    delayed = [(item.state, item.refusal) for item in desk.replica.timeline(WITH_BOB)]
    desk.send(desk.posts.next_due() or 0.0)
    desk.stored(1)

    assert delayed == [(ItemState.WAITING, "storage_full")]
    assert [(item.state, item.refusal) for item in desk.replica.timeline(WITH_BOB)] == [(ItemState.SENT, None)]


def test_a_definite_refusal_lets_the_next_go(desk: Desk) -> None:
    desk.follower.open(WITH_BOB)
    desk.pull(page(tally()))
    desk.write("1")
    desk.write("2")

    desk.asked.answer(TooLong())
    desk.send()

    assert desk.sent == ["1", "2"]
    assert [(item.state, item.refusal) for item in desk.replica.timeline(WITH_BOB)] == [
        (ItemState.REFUSED, "too_long"),
        (ItemState.WAITING, None),
    ]


def test_after_a_lost_connection_the_same_is_sent_again_in_order(desk: Desk) -> None:
    desk.write("1", "a")
    desk.write("2", "b")

    desk.asked.lose()
    desk.posts.connection_lost()
    desk.send()

    assert [(post.client_id, post.text) for post in desk.asked.of(f.Post)] == [("a", "1"), ("a", "1")]
