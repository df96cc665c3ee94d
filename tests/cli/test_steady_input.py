"""What is being written is drawn as every terminal draws it alike, and the cursor stands where it is expected."""

import pytest
from chatcore_cli.cells import steady
from chatcore_cli.steady_input import SteadyProcessor
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.layout import BufferControl
from prompt_toolkit.layout.processors import Transformation, TransformationInput

FAMILY = "\U0001f468\u200d\U0001f469"
"Two people and the joiner between them."

texts = st.text(st.sampled_from("ab\u200d\ufe0f\U0001f468\U0001f1e9\U0001f1ea"), max_size=20)


def drawn(text: str) -> Transformation:
    line = TransformationInput(BufferControl(Buffer()), Document(text), 0, lambda place: place, [("", text)], 80, 24)
    return SteadyProcessor().apply_transformation(line)


def test_joined_emoji_are_taken_apart() -> None:
    assert drawn(f"a{FAMILY}b").fragments == [("", "a\U0001f468\U0001f469b")]


@pytest.mark.parametrize(("place", "column"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (7, 6)])
def test_the_cursor_passes_over_what_is_not_drawn(place: int, column: int) -> None:
    assert drawn(f"a{FAMILY}b").source_to_display(place) == column


def test_a_press_on_a_character_leads_to_it() -> None:
    family = drawn(f"a{FAMILY}b")

    assert [family.display_to_source(column) for column in range(5)] == [0, 1, 3, 4, 5]


@given(texts)
def test_places_come_back_as_they_went_but_for_what_is_not_drawn(text: str) -> None:
    line = drawn(text)

    assert "".join(fragment[1] for fragment in line.fragments) == steady(text)
    for column in range(len(steady(text)) + 2):
        assert line.source_to_display(line.display_to_source(column)) == column
