"""Round corners of buttons and fields."""

import tkinter as tk
from tkinter import ttk

import pytest
from chatcore_tk.look import Look
from chatcore_tk.rounded import FIELD, PRIMARY, round_corners

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


def test_buttons_and_fields_have_them_in_light_and_dark_however_often_that_changes(root: tk.Tk, look: Look) -> None:
    round_corners(root, look)
    style = ttk.Style(root)
    button = ttk.Button(root, text="Send", style="Primary.TButton")
    button.pack()

    for dark in (True, False, True):
        look.theme.use(dark=dark)
        root.update()
        drawn = [style.layout(name)[0][0] for name in ("TEntry", "Primary.TButton")]
        assert drawn == [f"{kind}{style.theme_use()}" for kind in (FIELD, PRIMARY)]

    assert style.lookup("Primary.TButton", "foreground") == look.palette.on_primary


@pytest.mark.parametrize("name", ["TButton", "Primary.TButton", "Banner.TButton"])
def test_outside_the_corners_is_the_ground_whatever_the_button_s_state(root: tk.Tk, look: Look, name: str) -> None:
    round_corners(root, look)
    style = ttk.Style(root)

    grounds = {
        str(style.lookup(name, "background", state)) for state in ([], ["active"], ["pressed", "active"], ["disabled"])
    }

    assert grounds == {look.palette.warning if name == "Banner.TButton" else look.palette.background}
