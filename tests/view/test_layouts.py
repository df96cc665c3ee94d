"""Keys on other layouts."""

import pytest

from chatcore.view.layouts import latin, written_by


@pytest.mark.parametrize(
    ("char", "key"),
    [
        ("f", "f"),
        ("F", "f"),
        ("а", "f"),
        ("А", "f"),
        ("φ", "f"),
        ("Φ", "f"),
        ("ש", "a"),
        ("1", "1"),
        (";", ""),
        ("", ""),
    ],
)
def test_a_key_is_known_by_what_it_writes_in_other_scripts_and_with_caps_lock(char: str, key: str) -> None:
    assert latin(char) == key


def test_all_that_a_key_writes_means_it() -> None:
    assert set(written_by("a")) == {"a", "A", "ф", "Ф", "α", "Α", "ש"}
    assert all(latin(char) == key for key in "qwertyuiopasdfghjklzxcvbnm" for char in written_by(key))
