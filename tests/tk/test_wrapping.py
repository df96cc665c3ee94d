"""Lines of a width, where each character is one wide, and a mark only where it stands alone."""

from collections.abc import Sequence
from unicodedata import combining

import pytest
from chatcore_tk.wrapping import MAX_KEPT, Lines, Ruler


def widths(texts: Sequence[str]) -> list[int]:
    return [max(sum(not combining(char) for char in text), len(text) and 1) for text in texts]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 5, [""]),
        ("the quick brown fox", 9, ["the quick", "brown fox"]),
        ("the  quick", 5, ["the", "quick"]),  # what would begin or end a line with nothing is left out
        ("  as it stands", 14, ["  as it stands"]),
        ("one\n\nthree", 9, ["one", "", "three"]),
        ("an unbreakableword", 5, ["an", "unbre", "akabl", "eword"]),
        ("wordswithout end", 9, ["wordswith", "out end"]),
        ("中文字符中", 2, ["中文", "字符", "中"]),  # a script without spaces
        ("te\u0301te\u0301te\u0301", 2, ["te\u0301"] * 3),  # a mark stays with its letter
        ("wide", 0, ["w", "i", "d", "e"]),  # there is always room for one
    ],
)
def test_a_text_is_broken_at_spaces_and_inside_of_words_that_are_wider_than_a_line(
    text: str, width: int, lines: list[str]
) -> None:
    assert list(Ruler(widths).wrap(text, width).lines) == lines


def test_the_width_is_the_widest_line_s_and_never_more_than_there_is_room_for() -> None:
    ruler = Ruler(widths)

    assert ruler.wrap("a\nabc\nab", 9) == Lines(("a", "abc", "ab"), 3)
    assert ruler.wrap("abc          def", 5).width == 5


def test_what_is_joined_into_one_sign_is_not_torn() -> None:
    family = "👩\u200d👩\u200d👧"

    assert list(Ruler(widths).wrap(family * 2, 5).lines) == [family, family]


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("alice", 5, "alice"),
        ("alexander", 5, "alex…"),
        ("al ex", 4, "al…"),  # no space before what is missing
        ("te\u0301te\u0301", 3, "te\u0301…"),
        ("alice", 0, "…"),
    ],
)
def test_a_text_is_cut_with_an_ellipsis_where_it_does_not_fit(text: str, width: int, short: str) -> None:
    assert Ruler(widths).shorten(text, width) == short


def test_each_word_is_measured_once_until_there_are_too_many_to_keep() -> None:
    measured: list[str] = []

    def measure(texts: Sequence[str]) -> list[int]:
        measured.extend(texts)
        return widths(texts)

    ruler = Ruler(measure)
    ruler.wrap("to be or not to be", 9)
    ruler.wrap("be or not to be", 9)
    assert sorted(measured) == [" ", "be", "not", "or", "to"]

    ruler.wrap(" ".join(map(str, range(MAX_KEPT))), 9)

    assert ruler.width("be") == 2
    assert measured.count("be") == 2
