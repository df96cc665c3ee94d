"""What is being written is broken between words, and the cursor is where its character stands."""

import pytest
from chatcore_cli.cells import width
from chatcore_cli.word_wrap import WordWrap
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.layout import BufferControl
from prompt_toolkit.layout.processors import Transformation, TransformationInput

from chatcore.testing import ChatWorld
from tests.cli.emulator import terminal

CTRL_A = "\x01"


def drawn(text: str, cells: int = 10, indent: int = 0) -> Transformation:
    line = TransformationInput(BufferControl(Buffer()), Document(text), 0, lambda place: place, [("", text)], cells, 24)
    return WordWrap(indent).apply_transformation(line)


def lines(text: str, cells: int = 10) -> list[str]:
    """Break a line as the toolkit does: where it is full."""
    broken = [""]
    for _, part, *_ in drawn(text, cells).fragments:
        for character in part:
            if width(broken[-1]) + width(character) > cells:
                broken.append("")
            broken[-1] += character
    return broken


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("short", ["short"]),
        ("hello wonderful world", ["hello     ", "wonderful ", "world"]),
        ("0123456789 next", ["0123456789", "next"]),
        ("0123456789abcd next", ["0123456789", "abcd next"]),
        ("ab 0123456789abcd", ["ab 0123456", "789abcd"]),
        ("日本語日本語", ["日本語日本", "語"]),
        ("a日本語日本語", ["a日本語日 ", "本語"]),
    ],
)
def test_lines_are_broken_before_the_word_that_does_not_fit(text: str, broken: list[str]) -> None:
    assert lines(text) == broken


def test_what_stands_before_each_line_takes_its_room() -> None:
    assert drawn("hello word", 12, 3).fragments == drawn("hello word", 9).fragments
    assert "".join(part for _, part, *_ in drawn("hello word", 12, 3).fragments) == "hello    word"


def test_where_there_is_room_for_nothing_all_stays_as_it_is() -> None:
    assert drawn("hello word", 4, 3).fragments == [("", "hello word")]


@given(st.text(st.sampled_from("ab  日\u0301"), max_size=40), st.integers(2, 12))
def test_each_character_is_where_its_place_says_and_a_press_there_leads_to_it(text: str, cells: int) -> None:
    line = drawn(text, cells)
    shown = "".join(part for _, part, *_ in line.fragments)

    for place, character in enumerate(text):
        column = line.source_to_display(place)
        hidden = column == line.source_to_display(place + 1)
        assert hidden or shown[column] == character
        assert line.source_to_display(line.display_to_source(column)) == column
    assert line.source_to_display(len(text)) == len(shown)
    assert line.source_to_display(len(text) + 1) == len(shown) + 1


@given(st.text(st.sampled_from("abc  日"), max_size=60), st.integers(2, 12))
def test_no_word_that_fits_into_a_line_is_broken(text: str, cells: int) -> None:
    broken = [word for line in lines(text, cells) for word in line.replace("日", " 日 ").split()]
    whole = text.replace("日", " 日 ").split()

    assert [word for word in whole if len(word) <= cells and word not in broken] == []
    assert "".join(broken) == "".join(whole)


async def test_the_composer_breaks_between_words() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice, 80, 24) as t:
            await t.open("bob")

            await t.type("one two three four five six seven eight nine ten eleven twelve")
            written = [line.split("│")[1].rstrip() for line in t.lines[-3:-1]]
            await t.type(CTRL_A, "zero ")

            assert written == [" > one two three four five six seven eight nine ten", "   eleven twelve"]
            assert "> zero one" in t.text
