"""The chat's screen."""

import tkinter as tk
from tkinter import ttk

import pytest
from chatcore_tk.chat_pane import LEAST, LIST_WIDTH, NARROW, ChatPane
from chatcore_tk.desk import WindowDesk
from chatcore_tk.fonts import USUAL
from chatcore_tk.grid import AVATAR, EDGE, STEP, WIDEST, aside
from chatcore_tk.look import Look

from chatcore import UserId
from tests.tk.at_screen import AtScreen
from tests.tk.pieces import written

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


@pytest.fixture
def screen(root: tk.Tk, look: Look) -> ChatPane:
    return AtScreen(root, look).screen


def resize(screen: ChatPane, width: int) -> None:
    screen.winfo_toplevel().geometry(f"{width}x400")
    screen.update()


def shown(screen: ChatPane) -> tuple[bool, bool, bool]:
    """Return whether the list, the conversation and the way back can be seen."""
    screen.update()
    return bool(screen.left.winfo_viewable()), bool(screen.right.winfo_viewable()), bool(screen.back.winfo_viewable())


def test_list_and_conversation_stand_beside_each_other_or_take_turns_where_it_is_narrow(screen: ChatPane) -> None:
    seen = [shown(screen)]
    resize(screen, NARROW - 1)
    for talk in (False, True):
        screen.turn_to(talk=talk)
        seen.append(shown(screen))
    resize(screen, NARROW)
    seen.append(shown(screen))

    assert seen == [(True, True, False), (True, False, False), (False, True, True), (True, True, False)]
    assert screen.shows_talk


@pytest.mark.parametrize(("wanted", "width"), [(300, 300), (10, LEAST), (5_000, 540)])
def test_the_list_is_as_wide_as_wanted_and_neither_vanishes_nor_takes_all(
    screen: ChatPane, wanted: int, width: int
) -> None:
    before = screen.left.winfo_width()

    screen.list_width = wanted
    screen.update()

    assert (before, screen.left.winfo_width()) == (LIST_WIDTH, width)


def test_the_edge_between_them_can_be_dragged(screen: ChatPane) -> None:
    screen._sash.event_generate("<B1-Motion>", x=70, y=5, state=0x100)
    screen.update()

    assert screen.left.winfo_width() == screen.list_width == LIST_WIDTH + 70


def test_a_list_that_was_wide_is_so_again_after_the_window_was_narrow(screen: ChatPane) -> None:
    screen.list_width = 350
    resize(screen, NARROW - 100)
    screen.turn_to(talk=True)
    resize(screen, 900)

    assert screen.left.winfo_width() == 350


def test_what_is_copied_here_is_taken_out_of_the_clipboard_and_what_others_copied_stays(screen: ChatPane) -> None:
    screen.copy("a secret")
    screen.forget_copied()
    with pytest.raises(tk.TclError):
        screen.clipboard_get()

    screen.copy("a secret")
    screen.clipboard_clear()
    screen.clipboard_append("from elsewhere")
    screen.forget_copied()
    assert screen.clipboard_get() == "from elsewhere"


def test_what_is_copied_from_a_field_counts_as_copied_here(screen: ChatPane) -> None:
    screen.filter.insert(0, "a name")
    screen.filter.selection_range(0, "end")
    screen.filter.focus_force()
    screen.filter.event_generate("<<Copy>>")
    screen.update()
    copied = screen.clipboard_get()

    screen.forget_copied()

    assert copied == "a name"
    with pytest.raises(tk.TclError):
        screen.clipboard_get()


def test_one_can_write_only_where_a_conversation_is_open(screen: ChatPane) -> None:
    seen = []
    for open_ in (False, True, False):
        screen.show_composer(shown=open_)
        screen.update()
        seen.append(bool(screen.composer.winfo_viewable()))

    assert seen == [False, True, False]


def test_the_jump_says_what_is_below_in_the_corner_and_is_gone_without_words(screen: ChatPane) -> None:
    screen.show_jump("3 new messages")
    screen.update()
    words, seen = str(screen.jump.cget("text")), bool(screen.jump.winfo_viewable())
    corner = screen.jump.winfo_x() + screen.jump.winfo_width(), screen.jump.winfo_y() + screen.jump.winfo_height()
    sheet = screen.timeline.sheet

    screen.show_jump("")
    screen.update()

    assert (words, seen) == ("3 new messages", True)
    assert corner == (sheet.winfo_width() - EDGE, sheet.winfo_height() - STEP)
    assert not screen.jump.winfo_viewable()


def test_the_filter_says_what_it_is_for_and_a_press_on_that_is_one_on_the_filter(screen: ChatPane) -> None:
    screen.show_filter_hint(shown=False)
    screen.update()
    hidden = not screen._filter_hint.winfo_viewable()
    screen.show_filter_hint(shown=True)
    screen.update()

    screen._filter_hint.event_generate("<Button-1>")
    screen.update()

    assert hidden
    assert screen.focus_get() is screen.filter


@pytest.mark.parametrize("width", [700, 980, 1400])
def test_heading_messages_and_composer_keep_to_one_grid_at_every_width(
    screen: ChatPane, look: Look, width: int
) -> None:
    root = screen.winfo_toplevel()
    root.geometry(f"{width}x400")
    screen.show_composer(shown=True)
    screen.day.begin()
    screen.update()
    before = screen.name.winfo_rootx() + screen.name.winfo_width()
    screen.show_unread("3 unread")
    screen.update()

    sheet = screen.timeline.sheet
    free = aside(sheet.winfo_width(), WIDEST)
    left = sheet.winfo_rootx() + free[0] + EDGE
    right = sheet.winfo_rootx() + sheet.winfo_width() - free[1] - EDGE

    composer, button = screen.composer, screen.read_all
    assert [part.winfo_rootx() for part in (screen.portrait, composer, screen.day)] == [left] * 3
    ends = [widget.winfo_rootx() + widget.winfo_width() for widget in (composer, button)]
    assert [*ends, before] == [right] * 3
    assert right - left <= WIDEST - 2 * EDGE
    assert (free[0] > 0) is (width == 1400)


def test_the_button_that_marks_all_as_read_comes_with_the_room_for_it_and_goes_with_it(
    screen: ChatPane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WindowDesk, "unread_text", "3 unread")
    screen.turn_to(talk=True)

    screen.show_composer(shown=True)

    def offered(width: int) -> list[ttk.Button]:
        resize(screen, width)
        screen.update()
        return [button for button in (screen.to_unread, screen.read_all) if button.winfo_ismapped()]

    def end(widget: tk.Misc) -> int:
        return widget.winfo_rootx() + widget.winfo_width()

    for width, buttons in ((500, 1), (900, 2), (500, 1)):
        shown = offered(width)
        assert shown == [screen.to_unread, screen.read_all][:buttons]
        assert end(shown[-1]) == end(screen.composer)


def test_a_picture_stands_beside_a_name_and_none_where_there_is_none(screen: ChatPane) -> None:
    screen.portrait.show("Maria Curie", UserId("a"))
    seen = written(screen.portrait)
    screen.portrait.show("", None)

    assert (seen, written(screen.portrait)) == (["MC"], [])


def test_pictures_grow_with_the_letters_beside_them(screen: ChatPane, look: Look) -> None:
    sizes = []
    for size in (8, USUAL, 2 * USUAL):
        look.fonts.resize(size)
        screen.update()
        sizes.append((screen.portrait.winfo_reqwidth(), screen.portrait.winfo_reqheight(), look.avatar))

    look.fonts.resize(USUAL + 5)
    assert look.avatar % 2 == 0
    assert sizes == [(AVATAR,) * 3, (AVATAR,) * 3, (2 * AVATAR,) * 3]
