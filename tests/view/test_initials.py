"""What stands for a name."""

import pytest

from chatcore.view.initials import initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Maria Curie", "MC"),
        ("bob", "B"),
        ("Łukasz Żółć", "ŁŻ"),
        ("ann.van-der_berg", "AB"),
        ("Zoë 🚀", "Z"),
        ("王小明", "王"),
        ("דנה לוי", "ד"),
        ("(ola) nowak", "ON"),
        ("e\u0301ric", "É"),
        ("ßeta", "S"),
        ("🚀", "🚀"),
        ("7 of 9", "7"),
        ("", ""),
    ],
)
def test_a_name_is_stood_for_by_the_letters_with_which_its_first_and_last_word_begin(name: str, letters: str) -> None:
    assert initials(name) == letters
