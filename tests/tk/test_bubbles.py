"""A message laid out for a width."""

import tkinter as tk

import attrs
import pytest
from chatcore_tk.bubbles import CLOSE, GAP, WIDEST, Block, lay_out
from chatcore_tk.directions import IS_NEEDED
from chatcore_tk.fonts import TEXT
from chatcore_tk.grid import AVATAR, EDGE, STEP
from chatcore_tk.look import Look
from chatcore_tk.sheet import Sheet

from chatcore import GENERAL, Item, ItemState, Row
from chatcore.view.language import ENGLISH
from chatcore.view.lines import bubble
from chatcore.view.names import Names
from chatcore.view.separators import Separators
from tests.tk.pieces import BOB, ME, NOW, WITH_BOB, item, place_of, written

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]

WIDTH = 600
NAMES = Names([Row(WITH_BOB, "bob", BOB)], None, ENGLISH)
LONG = "words and more words " * 40


@pytest.fixture
def sheet(root: tk.Tk) -> Sheet:
    made = Sheet(root)
    made.pack(fill="both", expand=True)
    return made


def laid_out(
    look: Look, message: Item, before: Separators | None = None, *, width: int = WIDTH, picked: bool = False
) -> Block:
    words = bubble(message, me=ME, names=NAMES, now=NOW, language=ENGLISH)
    before = before or Separators("", "")
    return lay_out(message, words, before, width=width, picked=picked, language=ENGLISH, look=look)


def extent(sheet: Sheet, block: Block) -> tuple[int, int, int, int]:
    sheet.paint(block.shapes)
    return sheet.bbox("all")


def test_own_messages_stand_right_and_received_ones_left(look: Look, sheet: Sheet) -> None:
    left, _, right, _ = extent(sheet, laid_out(look, item(1, "hello")))
    assert left == pytest.approx(EDGE, abs=1)
    assert right < WIDTH / 2

    left, _, right, _ = extent(sheet, laid_out(look, item(1, "hello", own=True)))
    assert left > WIDTH / 2
    assert right == pytest.approx(WIDTH - EDGE, abs=1)


@pytest.mark.parametrize("width", [300, 600, 1400])
def test_a_long_text_is_broken_into_lines_so_that_the_bubble_stays_narrower_than_the_conversation(
    look: Look, sheet: Sheet, width: int
) -> None:
    block = laid_out(look, item(1, LONG), width=width)

    left, _, right, bottom = extent(sheet, block)

    assert right - left <= min(WIDEST, width * 0.8) + 2
    assert bottom <= block.height
    assert "".join(written(sheet)[1].split()) == "".join(LONG.split())


def test_each_line_of_a_text_makes_the_block_a_line_higher(look: Look) -> None:
    heights = [laid_out(look, item(1, "\n".join("x" * lines))).height for lines in (1, 2, 5)]

    line = look.fonts.heights[TEXT]
    assert (heights[1] - heights[0], heights[2] - heights[0]) == (line, 4 * line)


def test_the_day_and_the_line_before_what_is_unread_stand_above_it_in_this_order(look: Look, sheet: Sheet) -> None:
    bare, block = laid_out(look, item(1)), laid_out(look, item(1), Separators("Today", "Unread messages"))

    extent(sheet, block)

    heights = [place_of(sheet, words)[1] for words in ("Today", "Unread messages", "bob", "text 1")]
    assert heights == sorted(heights)
    assert block.top - bare.top == block.height - bare.height > 0
    assert heights[1] < block.top < heights[2]


@pytest.mark.parametrize(
    ("message", "foot"),
    [
        (item(1, state=ItemState.UNREAD), "15:29 •"),
        (item(1, state=ItemState.READ), "15:29"),
        (item(1, state=ItemState.WAITING, own=True), "15:29  ◷"),
        (item(1, state=ItemState.SENT, own=True), "15:29  ✓"),
        (item(1, state=ItemState.READ, own=True), "15:29  ✓✓"),
    ],
)
def test_the_foot_says_the_status_by_a_sign(look: Look, sheet: Sheet, message: Item, foot: str) -> None:
    extent(sheet, laid_out(look, message))

    assert written(sheet)[-1] == foot


def test_a_refused_message_says_why_and_has_words_to_press_where_they_are_written(look: Look, sheet: Sheet) -> None:
    refused = attrs.evolve(item(1, own=True), seq=None, state=ItemState.REFUSED, refusal="text_too_long")

    block = laid_out(look, refused)
    extent(sheet, block)

    assert [action for _, action in block.links] == ["retry", "discard"]
    assert [place[:2] for place, _ in block.links] == [place_of(sheet, "Try again"), place_of(sheet, "Discard")]
    assert any(text.startswith("Refused: ") for text in written(sheet))
    assert laid_out(look, item(1, own=True)).links == ()


def test_a_ring_around_the_picked_message_moves_nothing(look: Look, sheet: Sheet) -> None:
    plain, picked = laid_out(look, item(1)), laid_out(look, item(1), picked=True)

    assert picked.height == plain.height
    assert picked.shapes[-len(plain.shapes) :] == plain.shapes
    before, after = extent(sheet, plain), extent(sheet, picked)
    assert (after[0] < before[0], after[2] > before[2]) == (True, True)


def test_what_is_measured_in_the_design_grows_with_the_text(look: Look) -> None:
    small = laid_out(look, item(1, LONG)).height

    look.fonts.resize(20)

    assert laid_out(look, item(1, LONG)).height > small


def test_messages_that_belong_together_stand_closer_and_have_one_picture(look: Look, sheet: Sheet) -> None:
    first, next_ = laid_out(look, item(1)), laid_out(look, item(1), Separators("", "", goes_on=True))
    assert (first.top, next_.top) == (GAP - CLOSE // 2, CLOSE // 2)
    assert first.height - next_.height == first.top - next_.top

    to_all = attrs.evolve(item(1), conversation=GENERAL)
    left, _, _, _ = extent(sheet, laid_out(look, to_all))
    assert left == pytest.approx(EDGE, abs=1)
    assert "B" in written(sheet)
    left, _, _, _ = extent(sheet, laid_out(look, to_all, Separators("", "", goes_on=True)))
    assert left == pytest.approx(EDGE + AVATAR + STEP, abs=1)
    assert "B" not in written(sheet)


HEBREW = "\u05e9\u05dc\u05d5\u05dd"


@pytest.mark.skipif(not IS_NEEDED, reason="this system's Tk orders it by itself")
def test_what_is_written_to_the_left_stands_right_in_its_bubble_in_the_order_of_its_readers(
    look: Look, sheet: Sheet
) -> None:
    block = laid_out(look, item(1, f"{HEBREW} a\nsee https://x.example/{HEBREW} {HEBREW}"))
    extent(sheet, block)

    seen = f"a {HEBREW[::-1]}"
    x, _ = place_of(sheet, seen)
    foot, _ = place_of(sheet, "15:29")
    assert x + look.fonts.rulers[TEXT].width(seen) == foot
    links = [written for written in written(sheet) if written.startswith("https://x.example/")]
    assert [(place[0], address) for place, address in block.links] == [
        (int(place_of(sheet, links[-1])[0]), f"https://x.example/{HEBREW}")
    ]
