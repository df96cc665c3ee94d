"""Menus that come up where they are wanted."""

import tkinter as tk

import pytest
from chatcore_tk.look import Look
from chatcore_tk.popup import add_choice, styled_menu

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


def test_a_choice_shows_whether_it_holds_and_does_what_it_is_for(root: tk.Tk, look: Look) -> None:
    done: list[str] = []
    menu = styled_menu(root, look)
    for label, chosen in (("one", True), ("other", False)):
        add_choice(menu, label, lambda label=label: done.append(label), chosen=chosen)  # type: ignore[misc]

    signs = [root.tk.getboolean(menu.getvar(str(menu.entrycget(place, "variable")))) for place in (0, 1)]
    menu.invoke(1)

    assert (signs, done) == ([True, False], ["other"])
