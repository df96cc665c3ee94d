"""The help."""

import tkinter as tk
from tkinter import ttk

import attrs
import pytest
from chatcore_tk.keys import KEYS
from chatcore_tk.look import Look

from tests.tk.at_keys import AtKeys
from tests.tk.pieces import BOB, WITH_BOB, row

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]

ROW = attrs.evolve(row("bob"), conversation=WITH_BOB, user=BOB)


@pytest.fixture
def at(root: tk.Tk, look: Look) -> AtKeys:
    opened = AtKeys(root, look, ROW)
    opened.open_with(ROW)
    return opened


def shown(at: AtKeys) -> tk.Toplevel:
    at.press("F1")
    (window,) = [child for child in at.screen.winfo_children() if isinstance(child, tk.Toplevel)]
    window.focus_force()  # there is no window manager to do it
    at.root.update()
    return window


def labels(widget: tk.Misc) -> list[ttk.Label]:
    within = [label for child in widget.winfo_children() for label in labels(child)]
    return [widget, *within] if isinstance(widget, ttk.Label) else within


def test_it_says_of_every_key_with_a_name_what_it_does(at: AtKeys) -> None:
    words = [str(label.cget("text")) for label in labels(shown(at))]

    said = [word for key in KEYS if key.shown for word in (key.begins, key.shown, key.does) if word]
    assert words == said
    assert [key.begins for key in KEYS if key.begins] == ["Conversations", "Writing", "Messages", "Program"]


@pytest.mark.parametrize("key", ["Escape", "F1"])
def test_it_closes_with_a_key_which_puts_the_keyboard_where_one_writes_and_comes_again(at: AtKeys, key: str) -> None:
    at.screen.timeline.sheet.focus_set()
    window = shown(at)
    seen = [bool(window.winfo_viewable())]

    at.press(key)
    seen.append(bool(window.winfo_viewable()))
    keyboard = at.root.focus_lastfor()
    at.desk.screen.composer.field.focus_force()
    at.root.update()
    again = shown(at)
    seen.append(bool(window.winfo_viewable()))

    assert (seen, again) == ([True, False, True], window)
    assert keyboard is at.screen.composer.field


def test_keys_scroll_what_does_not_fit(at: AtKeys) -> None:
    at.look.fonts.resize(24)
    window = shown(at)
    first, last = labels(window)[0], labels(window)[-1]

    def is_in_view(label: ttk.Label) -> bool:
        at.root.update()
        top, height = label.winfo_rooty() - window.winfo_rooty(), label.winfo_height()
        return top >= 0 and top + height <= window.winfo_height()

    seen = [(is_in_view(first), is_in_view(last))]
    at.press(*["Next"] * 10)
    seen.append((is_in_view(first), is_in_view(last)))
    at.press(*["Prior"] * 10)
    seen.append((is_in_view(first), is_in_view(last)))

    assert seen == [(True, False), (False, True), (True, False)]
    assert window.winfo_height() < window.winfo_screenheight()
