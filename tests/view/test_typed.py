"""What is typed and pasted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore import BadText
from chatcore.domain.messages import MAX_TEXT, check_text
from chatcore.view.typed import typed, typed_line


@pytest.mark.parametrize(
    ("pasted", "text"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x0bb\x0cc\x85d", "a\nb\nc\nd"),
        ("\x1b[31mred\x1b[0m \x1b[38;5;196mred\x1b[m", "red red"),
        ("\x1b]0;title\x07a \x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "a link"),
        ("\x1b(Bplain", "plain"),
        ("\x9b1mbold\x9b0m", "bold"),
        ("\x1b]never ended", "]never ended"),
        ("bell\x07 null\x00", "bell null"),
        ("tab\tstays", "tab\tstays"),
        ("half \udcff", "half "),
        ("no character \uffff", "no character "),
    ],
)
def test_colours_and_control_characters_are_never_typed(pasted: str, text: str) -> None:
    assert typed(pasted) == text


@given(st.text(st.characters(), max_size=50) | st.text("\x1b[]0;m\x07\x9b\r\n\tab\\\ud800", max_size=30))
def test_what_is_pasted_is_never_refused_for_its_characters(text: str) -> None:
    written = typed(text)

    try:
        check_text(f"x{written}"[:MAX_TEXT])
    except BadText as error:
        pytest.fail(str(error))
    assert "\n" not in typed_line(text)


@pytest.mark.parametrize(
    ("pasted", "text"), [("secret\n", "secret"), (" secret \r\n", " secret "), ("two\r\nlines", "two lines")]
)
def test_a_field_of_one_line_takes_no_line_end(pasted: str, text: str) -> None:
    assert typed_line(pasted) == text
