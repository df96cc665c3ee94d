"""The window in which a part of a message can be selected."""

import tkinter as tk

import pytest
from chatcore_tk.accounts import Accounts
from chatcore_tk.look import Look
from chatcore_tk.text_window import selected, show_text

from chatcore.home.profiles import Profile
from chatcore.view.bidi import lines_drawn
from chatcore.view.language import ENGLISH
from tests.hostile_server import ESCAPES

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]

HEBREW = "\u05e9\u05dc\u05d5\u05dd"
TEXT = f"{HEBREW} one 12\ntwo {HEBREW}\nlast"


def copied(window: tk.Toplevel, start: str, stop: str) -> str:
    (field,) = window.winfo_children()
    assert isinstance(field, tk.Text)
    field.tag_add("sel", start, stop)
    field.event_generate("<<Copy>>")
    window.update()
    return window.clipboard_get()


@pytest.mark.parametrize("text", ["plain\ntext of two lines", TEXT])
def test_all_that_is_selected_is_copied_as_it_was_written(root: tk.Tk, look: Look, text: str) -> None:
    window = show_text(root, text, ENGLISH, look)
    window.update()

    assert copied(window, "1.0", "end-1c") == text


def test_of_what_is_written_to_the_left_it_is_the_letters_that_are_marked(root: tk.Tk, look: Look) -> None:
    window = show_text(root, TEXT, ENGLISH, look)
    window.update()

    assert copied(window, "1.7", "1.11") == HEBREW


def test_lines_that_were_broken_are_one_again_when_they_are_copied() -> None:
    text = f"{HEBREW} {HEBREW} one two\nlast"
    lines = lines_drawn(text, lambda paragraph: [paragraph[:9], paragraph[10:]] if len(paragraph) > 9 else [paragraph])

    assert len(lines) == 3
    assert selected(text, lines, (0, 0), (2, 4)) == text
    assert selected(text, lines, (0, 0), (1, len(lines[1].text))) == text.split("\n", maxsplit=1)[0]


def test_what_moves_or_hides_what_stands_beside_it_is_not_in_it(root: tk.Tk, look: Look) -> None:
    window = show_text(root, ESCAPES, ENGLISH, look)
    window.update()
    text = copied(window, "1.0", "end-1c")

    assert "OWNED" in text
    assert [sign for sign in ESCAPES if not sign.isprintable() and sign in text] == []


def test_nor_is_it_in_the_name_of_an_account_in_the_menu(root: tk.Tk) -> None:
    profile = Profile("ws://example.org", ESCAPES, "token")
    menu = tk.Menu(root, tearoff=False)
    Accounts(ENGLISH, lambda: [profile], lambda _: False, lambda _: None, lambda: None).fill(menu)
    label = menu.entrycget(0, "label")

    assert "OWNED" in label
    assert [sign for sign in ESCAPES if not sign.isprintable() and sign in label] == []
