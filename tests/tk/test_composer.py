"""Where messages are written."""

import tkinter as tk

import pytest
from chatcore_tk.composer import COUNT_FROM, MOST_LINES, Composer
from chatcore_tk.look import Look
from chatcore_tk.rounded import round_corners

from chatcore.domain.messages import MAX_TEXT
from chatcore.view.language import ENGLISH

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


@pytest.fixture
def composer(root: tk.Tk, look: Look) -> Composer:
    made = Composer(root, ENGLISH, look)
    made.pack(fill="x")
    root.update()
    return made


def height_of(composer: Composer) -> int:
    composer.update()
    return int(composer.field.cget("height"))


def left(composer: Composer) -> str:
    composer.update()
    return str(composer._left.cget("text")) if composer._left.winfo_viewable() else ""


def test_what_is_shown_takes_the_place_of_what_was_and_undoing_does_not_bring_that_back(composer: Composer) -> None:
    composer.show("a secret of somebody else")

    composer.show("mine")
    composer.field.event_generate("<<Undo>>")

    assert (composer.text, composer.unsent) == ("mine", "mine")


def test_nothing_is_left_of_what_was_sent(composer: Composer) -> None:
    composer.show("sent")

    composer.sent()
    composer.field.event_generate("<<Undo>>")

    assert composer.text == ""


def test_what_could_not_be_sent_comes_back_before_what_was_written_meanwhile(composer: Composer) -> None:
    composer.give_back("first")
    alone = composer.text
    composer.show("second")
    composer.give_back("first")

    assert (alone, composer.text) == ("first", "first\nsecond")


def test_where_one_writes_is_in_view_after_a_long_paste(composer: Composer) -> None:
    composer.field.insert("insert", "\n".join(f"line {number}" for number in range(30)))
    composer.update()

    assert composer.field.bbox("insert") is not None
    assert composer.field.bbox("1.0") is None


def test_the_field_grows_with_its_lines_also_those_that_are_broken_up_to_a_limit(composer: Composer) -> None:
    heights = []
    for text in ("", "one", "one\ntwo", "words " * 40, "\n" * 30):
        composer.show(text)
        heights.append(height_of(composer))

    assert heights[:3] == [1, 1, 2]
    assert 2 < heights[3] < MOST_LINES
    assert heights[4] == MOST_LINES

    composer.new_line()
    composer.sent()
    assert height_of(composer) == 1


def test_a_new_line_begins_where_the_keyboard_is(composer: Composer) -> None:
    composer.show("onetwo")
    composer.field.mark_set("insert", "1.3")

    composer.new_line()

    assert composer.text == "one\ntwo"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (COUNT_FROM - 1, ""),
        (COUNT_FROM, "500 characters left"),
        (MAX_TEXT - 1, "1 character left"),
        (MAX_TEXT, "0 characters left"),
        (MAX_TEXT + 1, "1 character too many"),
    ],
)
def test_near_the_limit_it_is_counted_how_many_characters_are_left(composer: Composer, length: int, words: str) -> None:
    composer.show("x" * length)

    assert left(composer) == words


def test_the_hint_is_there_while_nothing_is_written_and_a_press_on_it_is_one_on_the_field(composer: Composer) -> None:
    seen = []
    for text in ("", "x", ""):
        composer.show(text)
        composer.update()
        seen.append(bool(composer._hint.winfo_viewable()))
    composer._hint.event_generate("<Button-1>")
    composer.update()

    assert seen == [True, False, True]
    assert composer.focus_get() is composer.field


@pytest.mark.parametrize("size", [8, 11, 17])
def test_the_button_is_as_high_as_the_first_line_s_field_and_stays_beside_the_last(
    composer: Composer, look: Look, size: int
) -> None:
    round_corners(composer, look)
    look.fonts.resize(size)
    composer.update()
    one = composer.button.winfo_height(), composer._frame.winfo_height()
    composer.show("one\ntwo\nthree")
    composer.update()
    ends = [widget.winfo_rooty() + widget.winfo_height() for widget in (composer.button, composer._frame)]

    assert one[0] == one[1] == composer.button.winfo_height()
    assert (ends[0], composer._frame.winfo_height() > one[1]) == (ends[1], True)


def test_what_is_typed_stands_where_the_hint_stood(composer: Composer) -> None:
    hint = composer._hint.winfo_rootx(), composer._hint.winfo_rooty(), composer._hint.winfo_height()
    composer.show("a")
    composer.update()
    left, top, _, height = composer.field.bbox("1.0") or (0, 0, 0, 0)

    assert hint == (composer.field.winfo_rootx() + left, composer.field.winfo_rooty() + top, height)
