"""Light and dark, with the library that makes ttk beautiful, and without."""

import sys
import tkinter as tk
from tkinter import ttk

import pytest
from chatcore_tk.palette import DARK, LIGHT
from chatcore_tk.theme import Theme

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


@pytest.fixture(params=["ttkbootstrap", "plain"])
def theme(root: tk.Tk, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Theme:
    if request.param == "plain":
        monkeypatch.setitem(sys.modules, "ttkbootstrap", None)  # as if it were not installed
    return Theme(root, dark=False)


def test_whoever_draws_is_told_at_once_and_at_each_change(theme: Theme) -> None:
    told: list[bool] = []
    theme.on_change(lambda: told.append(theme.palette.is_dark))

    theme.use(dark=True)
    theme.use(dark=False)

    assert told == [False, True, False]


def test_window_and_labels_take_the_colours_of_the_palette(root: tk.Tk, theme: Theme) -> None:
    style = ttk.Style(root)
    seen = []
    for dark in (False, True):
        theme.use(dark=dark)
        seen.append((root.cget("background"), style.lookup("Faint.TLabel", "foreground"),
                     style.lookup("Banner.TLabel", "background")))  # fmt: skip

    assert seen == [(palette.background, palette.faint, palette.warning) for palette in (LIGHT, DARK)]


def test_the_button_that_is_meant_to_be_pressed_looks_otherwise(root: tk.Tk, theme: Theme) -> None:
    one, other = ttk.Button(root), ttk.Button(root)

    theme.style_of(one)
    theme.style_of(other, is_default=False)
    apart = str(one.cget("style")) != str(other.cget("style"))
    theme.style_of(one, is_default=False)

    assert apart
    assert str(one.cget("style")) == str(other.cget("style"))


def test_plain_fields_and_buttons_can_be_read_in_the_dark(root: tk.Tk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ttkbootstrap", None)
    Theme(root, dark=True)
    style = ttk.Style(root)

    assert style.lookup("TEntry", "fieldbackground") == DARK.field
    assert style.lookup("TEntry", "foreground") == DARK.text
    assert style.lookup("Primary.TButton", "background") == DARK.primary
    assert style.lookup("Primary.TButton", "foreground") == DARK.on_primary
