"""The table of keys, and what pressing them does."""

import tkinter as tk
from collections import Counter
from collections.abc import Callable

import attrs
import pytest
from chatcore_tk.keys import KEYS, Where
from chatcore_tk.look import Look

from tests.tk.at_keys import AtKeys
from tests.tk.pieces import BOB, WITH_BOB, item, row

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]

ROW = attrs.evolve(row("bob", "hi"), conversation=WITH_BOB, user=BOB)
CAROL = row("carol", "hello", unread=1)


@pytest.fixture
def at(root: tk.Tk, look: Look) -> AtKeys:
    opened = AtKeys(root, look, ROW, CAROL)
    opened.open_with(ROW, item(1))
    return opened


def test_no_key_means_two_things_at_one_place() -> None:
    meanings = Counter((key.where, sequence) for key in KEYS for sequence in key.sequences)

    assert [place for place, count in meanings.items() if count > 1] == []


def test_every_key_that_the_help_names_says_what_it_does() -> None:
    assert [key.shown for key in KEYS if key.shown and not key.does] == []
    assert [key.sequences for key in KEYS if key.does and not key.shown] == []


@pytest.mark.parametrize(
    ("key", "happened"),
    [
        ("Control-Key-2", lambda at: at.desk.conversation == CAROL.conversation),
        ("Alt-Key-2", lambda at: at.desk.conversation == CAROL.conversation),
        ("Control-Tab", lambda at: at.desk.conversation == CAROL.conversation),
        ("Alt-Key-a", lambda at: at.desk.conversation == CAROL.conversation),
        ("Control-Key-f", lambda at: at.focused is at.screen.filter),
        ("Control-Key-t", lambda at: at.look.palette.is_dark),
        ("Control-plus", lambda at: at.look.fonts.size == 12),
        ("Control-minus", lambda at: at.look.fonts.size == 10),
        ("Control-Up", lambda at: at.desk.view.picked is not None),
        ("Control-Key-q", lambda at: at.left == 1),
        ("Alt-Key-r", lambda at: at.desk.said == "There is no refused message here."),
        ("Alt-Key-u", lambda at: at.desk.said == "There are no unread messages here."),
        ("Alt-Key-e", lambda at: any(call[0] == "read all" for call in at.asked.calls)),
        ("F1", lambda at: at.focused.winfo_toplevel() is not at.root),
        ("F10", lambda at: at.menus._menu is not None),
    ],
)
def test_a_key_does_what_the_table_says(at: AtKeys, key: str, happened: Callable[[AtKeys], object]) -> None:
    assert not happened(at)

    at.press(key)

    assert happened(at)


def test_with_caps_lock_a_letter_means_the_same(at: AtKeys) -> None:
    control, lock = 4, 2
    at.focused.event_generate("<Key>", keysym="t", state=control | lock)
    at.root.update()

    assert at.look.palette.is_dark


def test_altgr_which_is_control_and_alt_on_windows_writes_letters_and_does_nothing_else(at: AtKeys) -> None:
    at.focused.event_generate("<Control-Alt-Key>", keysym="t")
    at.root.update()

    assert not at.look.palette.is_dark


def test_enter_sends_where_one_writes_and_chooses_where_one_seeks(at: AtKeys) -> None:
    at.screen.composer.show("hello")
    at.press("Shift-Return")
    at.screen.composer.field.insert("insert", "bob")
    at.press("Return")
    posted = [call for call in at.asked.take() if call[0] == "post"]
    at.desk.choosing.find()
    at.screen.sought.set("carol")
    at.root.update()
    at.press("Return")

    assert posted == [("post", WITH_BOB, "hello\nbob")]
    assert at.desk.conversation == CAROL.conversation


def test_arrows_move_the_mark_only_where_one_seeks(at: AtKeys) -> None:
    at.press("Control-Key-f")
    before = at.viewer.people.cursor

    at.press("Down")
    after = at.viewer.people.cursor
    at.press("Up", "Escape", "Down")

    assert (before, after) == (WITH_BOB, CAROL.conversation)
    assert at.desk.conversation == WITH_BOB


def test_fields_of_text_select_copy_and_take_back_with_the_usual_keys(at: AtKeys) -> None:
    field = at.screen.composer.field
    field.insert("1.0", "one two")
    at.press("Control-Key-a")
    selected = field.get("sel.first", "sel.last")

    at.press("Control-Key-x")
    cut = at.screen.composer.text, at.root.clipboard_get()
    at.press("Control-Key-z")

    assert (selected, cut) == ("one two", ("", "one two"))
    assert at.screen.composer.text == "one two"


def test_where_the_table_is_not_bound_control_q_leaves_too(at: AtKeys) -> None:
    entry = tk.Entry(at.root)
    entry.place(x=0, y=0)
    entry.focus_force()
    at.root.update()

    entry.event_generate("<Control-Key>", keysym="q")
    entry.event_generate("<Control-Key>", keysym="w")

    assert at.left == 1


def test_keys_for_one_place_are_bound_to_it_alone() -> None:
    assert {key.where for key in KEYS if "<Up>" in key.sequences} == {Where.FILTER}
    assert {key.where for key in KEYS if "<Shift-Return>" in key.sequences} == {Where.COMPOSER}


def test_leaving_works_in_windows_beside_this_one(at: AtKeys) -> None:
    at.actions.help()
    (window,) = [child for child in at.screen.winfo_children() if isinstance(child, tk.Toplevel)]
    window.focus_force()
    at.root.update()

    at.press("Control-q")

    assert at.left == 1
