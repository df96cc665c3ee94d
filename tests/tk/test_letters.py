"""Which letter or digit a key means for a shortcut."""

import tkinter as tk

import pytest
from chatcore_tk.letters import meant, written

PLACES = {"x11": {"a": 38, "q": 24, "t": 28, "1": 10, ";": 47, "F1": 67}, "win32": {"a": 65, "q": 81}, "aqua": {"a": 0}}
"""What systems call the keys of an American keyboard."""


def pressed(system: str, key: str, keysym: int) -> str:
    """Return what is meant where a key at this place writes this."""
    event: tk.Event[tk.Misc] = tk.Event()
    event.keysym_num, event.keycode = keysym, PLACES[system][key]
    return meant(event, system)


@pytest.mark.parametrize(
    ("key", "keysym", "letter"),
    [
        ("a", ord("a"), "a"),
        ("a", ord("A"), "a"),  # Caps Lock
        ("a", ord("q"), "q"),  # a French keyboard: Latin letters count themselves
        ("1", ord("&"), "1"),  # … and its digits are below others
        ("a", 0x6C6, "a"),  # ф
        ("a", 0x6E6, "a"),  # Ф
        ("a", 0x7E1, "a"),  # α
        ("a", 0x5D4, "a"),  # Arabic, which has no table of its own: the place says it
        ("t", 0xCE0, "t"),  # א
        ("q", ord(";"), "q"),  # Greek has no letter there
        (";", ord(";"), ""),
        ("F1", 0xFFBE, ""),
    ],
)
def test_a_key_means_a_latin_letter_by_what_it_writes_or_else_by_its_place(key: str, keysym: int, letter: str) -> None:
    assert pressed("x11", key, keysym) == letter


def test_where_places_are_named_otherwise_or_not_at_all_the_letter_is_found_too() -> None:
    assert pressed("win32", "a", 0x6C6) == "a"
    assert pressed("win32", "q", ord(";")) == "q"
    assert pressed("aqua", "a", 0x6C6) == "a"
    assert pressed("aqua", "a", 0x5D4) == ""


@pytest.mark.parametrize(
    ("keysym", "char"),
    [
        (ord("a"), "a"),
        (0x6C6, "ф"),
        (0x7E1, "α"),
        (0x5C7, "ا"),
        (0xCE0, "א"),
        (0x01000000 + ord("😀"), "😀"),
        (0xFF0D, ""),  # Return
        (0x7FF, ""),  # has no character
        (0x02000000, ""),
    ],
)
def test_keysyms_old_and_new_name_characters(keysym: int, char: str) -> None:
    assert written(keysym) == char
