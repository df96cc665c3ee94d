"""The menus."""

import tkinter as tk

import attrs
import pytest
from chatcore_tk.look import Look

from chatcore import ClientId, Insert, ItemState
from tests.tk.at_keys import AtKeys
from tests.tk.pieces import BOB, WITH_BOB, item, place_of, row

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]

ROW = attrs.evolve(row("bob"), conversation=WITH_BOB, user=BOB)
REFUSED = attrs.evolve(item(2, "not so", own=True), seq=None, state=ItemState.REFUSED, refusal="text_too_long")


@pytest.fixture
def at(root: tk.Tk, look: Look) -> AtKeys:
    opened = AtKeys(root, look, ROW)
    opened.open_with(ROW, item(1), REFUSED)
    return opened


def menu_of(at: AtKeys) -> dict[str, int]:
    """Return the entries of the menu that is shown, and their places."""
    at.root.update()
    menu = at.menus._menu
    assert menu is not None
    assert menu.winfo_viewable()
    entries = range(int(menu.index("end") or 0) + 1)
    return {str(menu.entrycget(place, "label")): place for place in entries if menu.type(place) != "separator"}


def choose(at: AtKeys, label: str) -> None:
    place = menu_of(at)[label]
    assert at.menus._menu is not None
    at.menus._menu.invoke(place)
    at.menus._menu.unpost()
    at.root.update()


def show_message_menu(at: AtKeys, words: str) -> None:
    x, y = place_of(at.screen.timeline.sheet, words)
    at.screen.timeline.sheet.event_generate("<ButtonPress-3>", x=int(x) + 1, y=int(y) + 1)


def test_the_program_s_menu_does_what_keys_do_and_offers_the_other_theme(at: AtKeys) -> None:
    at.screen.menu_button.invoke()
    labels = list(menu_of(at))
    choose(at, "Dark")
    at.screen.menu_button.invoke()
    choose(at, "Larger text")
    at.screen.menu_button.invoke()
    later = list(menu_of(at))
    choose(at, "Quit")

    of_talk, of_look = (
        ["First unread message", "Mark all as read", "Go to a day"],
        ["Larger text", "Smaller text", "Keys"],
    )
    assert labels == [*of_talk, "Dark", *of_look, "Your name", "Change password", "Log out", "Quit"]
    assert later == [*of_talk, "Light", *of_look, "Your name", "Change password", "Log out", "Quit"]
    assert (at.look.palette.is_dark, at.look.fonts.size, at.left) == (True, 12, 1)


def test_logging_out_asks_the_client(at: AtKeys) -> None:
    at.asked.take()
    at.screen.menu_button.invoke()

    choose(at, "Log out")

    assert ("log out",) in at.asked.take()


def test_a_message_s_menu_copies_it_and_offers_more_only_for_a_refused_one(at: AtKeys) -> None:
    show_message_menu(at, "text 1")
    plain = list(menu_of(at))
    choose(at, "Copy")
    copied = at.root.clipboard_get()
    show_message_menu(at, "not so")
    refused = list(menu_of(at))
    at.asked.take()
    choose(at, "Try again")

    assert (plain, copied) == (["Copy", "Select and copy"], "text 1")
    assert refused == ["Copy", "Try again", "Discard", "Select and copy"]
    assert ("retry", ClientId("c2")) in at.asked.take()


def test_where_no_message_is_there_is_no_menu(root: tk.Tk, look: Look) -> None:
    at = AtKeys(root, look, ROW)
    at.open_with(ROW)

    at.screen.timeline.sheet.event_generate("<ButtonPress-3>", x=5, y=5)
    at.root.update()

    assert at.menus._menu is None


def test_a_part_of_a_message_can_be_selected_and_copied(at: AtKeys) -> None:
    show_message_menu(at, "text 1")
    choose(at, "Select and copy")
    (window,) = [child for child in at.screen.winfo_children() if isinstance(child, tk.Toplevel)]
    (field,) = [child for child in window.winfo_children() if isinstance(child, tk.Text)]

    field.tag_add("sel", "1.0", "1.4")
    field.event_generate("<<Copy>>")
    at.root.update()

    assert (field.get("1.0", "end-1c"), at.root.clipboard_get()) == ("text 1", "text")


def test_a_row_s_menu_opens_it_marks_it_as_read_and_copies_its_name(at: AtKeys) -> None:
    carol = row("carol", "hello", unread=3)
    at.desk.rows_changed([Insert(1, carol)])
    at.go_on()
    x, y = place_of(at.screen.roster.sheet, "carol")

    def press() -> list[str]:
        at.screen.roster.sheet.event_generate("<ButtonPress-3>", x=int(x) + 1, y=int(y) + 1)
        return list(menu_of(at))

    labels = press()
    at.asked.take()
    choose(at, "Mark all as read")
    asked = at.asked.take()
    press()
    choose(at, "Copy the name")
    press()
    choose(at, "Open")

    assert labels == ["Open", "Mark all as read", "Copy the name"]
    assert ("read all", carol.conversation, 1) in asked
    assert (at.root.clipboard_get(), at.desk.conversation) == ("carol", carol.conversation)


def test_the_link_under_the_mouse_can_be_copied(root: tk.Tk, look: Look) -> None:
    at = AtKeys(root, look, ROW)
    at.open_with(ROW, item(1, "see https://chat.example/a?b=1 for more"))

    x, y = place_of(at.screen.timeline.sheet, "https://chat.example/a?b=1")  # its lower left corner
    at.screen.timeline.sheet.event_generate("<ButtonPress-3>", x=int(x) + 4, y=int(y) - 4)
    labels = list(menu_of(at))
    choose(at, "Copy the link")

    assert labels == ["Copy", "Copy the link", "Select and copy"]
    assert at.root.clipboard_get() == "https://chat.example/a?b=1"
