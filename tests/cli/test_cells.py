"""Text in terminal cells."""

import pytest
from chatcore_cli.cells import cut, pad, steady, width, wrap
from hypothesis import given
from hypothesis import strategies as st

texts = st.text(st.sampled_from("ab cdż \n你好🎉é\u0301"), max_size=60)


@pytest.mark.parametrize(
    ("text", "cells"),
    [("abc", 3), ("zażółć", 6), ("你好", 4), ("🎉", 2), ("e\u0301", 1), ("", 0)],
)
def test_the_width_is_counted_in_cells(text: str, cells: int) -> None:
    assert width(text) == cells


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three", ["one two", "three"]),
        ("one  two", ["one  two"]),
        ("  indent", ["  indent"]),
        ("one\n\ntwo", ["one", "", "two"]),
        ("abcdefghijklmnop", ["abcdefghi", "jklmnop"]),
        ("to abcdefghijklmnop", ["to", "abcdefghi", "jklmnop"]),
        ("你好世界你好", ["你好世界", "你好"]),
        ("ab你好世界", ["ab你好世", "界"]),
        ("", [""]),
    ],
)
def test_a_text_is_broken_at_spaces_or_wide_characters_else_inside_a_word(text: str, lines: list[str]) -> None:
    assert wrap(text, 9) == lines


@given(texts, st.integers(2, 20))
def test_no_line_is_too_wide_and_nothing_but_white_space_is_lost(text: str, cells: int) -> None:
    lines = wrap(text, cells)

    assert all(width(line) <= cells for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(texts, st.integers(0, 20))
def test_a_padded_line_takes_just_the_cells_it_should(text: str, cells: int) -> None:
    assert width(pad(text, cells)) == cells


def test_what_is_cut_ends_with_an_ellipsis() -> None:
    assert (cut("long name", 6), cut("你好世界", 4), cut("fits", 4)) == ("long …", "你…", "fits")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("👨‍👩‍👧", "👨👩👧"),
        ("👍🏽", "👍"),
        ("❤️", "❤"),
        ("🇵🇱", "PL"),
        ("1️⃣", "1⃣"),
        ("zażółć 你好 é", "zażółć 你好 é"),
    ],
)
def test_what_terminals_draw_differently_is_taken_apart(text: str, shown: str) -> None:
    assert steady(text) == shown
