"""Pages: as many messages as fit, and never a hole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore import ClientId, Message, UserId
from chatcore.domain.conversations import direct
from chatcore.domain.messages import MAX_TEXT
from chatcore.domain.tallies import Tally
from chatcore.host.pages import fit
from chatcore.ports.storage import Page
from chatcore.wire.limits import MAX_MARKS, MAX_PAGE
from tests.protocol.joined import FROM_SERVER

KIB = 1024
CONVERSATION = direct(UserId("a" * 16), UserId("b" * 16))


def page_of(texts: list[str], *, more: bool = False, first: int = 1) -> Page:
    messages = tuple(
        Message(CONVERSATION, seq, UserId("a" * 16), ClientId("c" * 22), text, 1_700_000_000_000, seq, seq, seq)
        for seq, text in enumerate(texts, first)
    )
    return Page(Tally(CONVERSATION), messages, (), (), more)


def seqs(page: Page, *, forward: bool) -> list[int]:
    return [message.seq for message in fit(1, page, forward=forward).messages]


@pytest.mark.parametrize("forward", [True, False])
def test_a_small_page_is_left_as_it_is(*, forward: bool) -> None:
    page = page_of(["hello"] * 50)

    frame = fit(7, page, forward=forward)

    assert (frame.id, frame.messages, frame.more) == (7, page.messages, False)


def test_a_page_that_goes_forwards_keeps_its_first_messages() -> None:
    page = page_of(["x" * MAX_TEXT] * 30)

    kept = seqs(page, forward=True)

    assert kept == list(range(1, len(kept) + 1))
    assert 0 < len(kept) < 30
    assert fit(1, page, forward=True).more


def test_a_page_that_goes_backwards_keeps_its_last_messages() -> None:
    page = page_of(["x" * MAX_TEXT] * 30)

    kept = seqs(page, forward=False)

    assert kept == list(range(31 - len(kept), 31))
    assert 0 < len(kept) < 30
    assert fit(1, page, forward=False).more


def test_more_stays_true_where_the_log_goes_on() -> None:
    assert fit(1, page_of(["a"], more=True), forward=True).more


@pytest.mark.parametrize("text", ["x", "ż", "語", "🙂", '"', "\\", "\n", "\t", "\x7f", "\x85", "\u2028"], ids=ascii)
@pytest.mark.parametrize("length", [1, 100, MAX_TEXT])
def test_a_page_takes_at_most_48_kib_whatever_is_written(text: str, length: int) -> None:
    page = page_of([text * length] * MAX_PAGE, first=2**52)

    frame = fit(2**53, page, forward=True)

    assert len(FROM_SERVER.encode(frame)) <= 48 * KIB
    assert len(frame.messages) >= min(MAX_PAGE, 2)


def test_client_ids_of_the_greatest_length_and_many_receipts_fit_too() -> None:
    ids = [ClientId("c" * 64) for _ in range(MAX_PAGE)]
    messages = tuple(
        Message(CONVERSATION, 2**52 + at, UserId("a" * 16), name, "x" * 20, 2**52, 2**52, 2**52, 2**52)
        for at, name in enumerate(ids)
    )
    runs = tuple((2**52 + at, 2**52 + at) for at in range(0, MAX_PAGE, 2))
    receipts = tuple((2**52 + at, 2**52) for at in range(MAX_PAGE))

    frame = fit(2**53, Page(Tally(CONVERSATION), messages, runs, receipts, more=True), forward=False)

    assert len(FROM_SERVER.encode(frame)) <= 64 * KIB


def test_a_stretch_of_1000_messages_fits() -> None:
    seqs = range(2**52, 2**52 + 2 * MAX_MARKS)
    page = Page(
        Tally(CONVERSATION), (), tuple((s, s) for s in seqs[::2]), tuple((s, 10_000) for s in seqs[1::2]), more=False
    )

    assert len(FROM_SERVER.encode(fit(2**53, page, forward=True))) <= 48 * KIB


@given(st.lists(st.integers(0, MAX_TEXT).map(lambda length: "x" * length), max_size=60), st.booleans())
def test_a_page_is_an_unbroken_stretch_at_the_asked_end_and_not_empty(texts: list[str], forward: bool) -> None:
    page = page_of(texts)

    kept = seqs(page, forward=forward)

    whole = [message.seq for message in page.messages]
    assert kept == (whole[: len(kept)] if forward else whole[len(whole) - len(kept) :])
    assert bool(kept) == bool(texts)
