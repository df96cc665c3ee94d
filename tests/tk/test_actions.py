"""What keys and menus do beside the desk's own actions."""

import tkinter as tk

import attrs
import pytest
from chatcore_tk.look import Look

from tests.tk.at_keys import AtKeys
from tests.tk.pieces import BOB, WITH_BOB, item, row

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]

ROW = attrs.evolve(row("bob"), conversation=WITH_BOB, user=BOB)


@pytest.fixture
def at(root: tk.Tk, look: Look) -> AtKeys:
    opened = AtKeys(root, look, ROW)
    opened.open_with(ROW, *map(item, range(1, 101)))
    return opened


def test_text_grows_and_shrinks_by_steps_and_the_theme_goes_back_and_forth(at: AtKeys) -> None:
    sizes, themes = [], []
    for steps in (1, 1, -3):
        at.actions.resize(steps)
        at.actions.switch_theme()
        sizes.append(at.look.fonts.size)
        themes.append(at.look.palette.is_dark)

    assert (sizes, themes) == ([12, 13, 10], [True, False, True])


def test_end_goes_to_the_newest_message_only_where_nothing_is_written(at: AtKeys) -> None:
    at.desk.talk.to_oldest()
    at.screen.composer.show("something")
    at.screen.composer.field.mark_set("insert", "1.0")
    at.press("End")
    in_text = at.screen.composer.field.index("insert"), at.desk.talk.is_at_end

    at.screen.composer.show("")
    at.press("End")

    assert in_text == ("1.9", False)
    assert at.desk.talk.is_at_end


def test_copying_means_the_picked_message_unless_text_is_selected(at: AtKeys) -> None:
    at.screen.composer.show("mine")
    at.press("Control-Up", "Control-Key-c")
    picked = at.root.clipboard_get()

    at.press("Control-Key-a", "Control-Key-c")

    assert (picked, at.root.clipboard_get()) == ("text 100", "mine")


def test_where_no_message_is_picked_copying_is_left_to_the_field(at: AtKeys) -> None:
    assert at.actions.copy_pressed() is False
