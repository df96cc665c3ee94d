"""What the window keeps from one start to the next."""

import tkinter as tk
from pathlib import Path

import pytest
from chatcore_tk.look import Look
from chatcore_tk.settings import Settings, SettingsFile
from chatcore_tk.window_state import SMALLEST, WindowState

from chatcore import GENERAL
from chatcore.view.language import ENGLISH
from tests.tk.at_screen import AtScreen

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


class Kept:
    def __init__(self, root: tk.Tk, look: Look, folder: Path) -> None:
        self.at = AtScreen(root, look)
        self.file = SettingsFile(folder / "window.json")
        self.state = WindowState(root, self.at.screen, look, self.file)


@pytest.fixture
def kept(root: tk.Tk, look: Look, tmp_path: Path) -> Kept:
    return Kept(root, look, tmp_path)


def test_the_window_comes_back_where_it_was_and_as_it_looked(kept: Kept) -> None:
    kept.state.begin(Settings(geometry="700x500+20+30", list_width=333))
    kept.at.root.update()
    kept.at.look.theme.use(dark=True)
    kept.at.look.fonts.resize(14)

    kept.state.save()

    saved = kept.file.load()
    assert (saved.geometry, saved.list_width) == ("700x500+20+30", 333)
    assert (saved.dark, saved.size) == (True, 14)
    assert kept.at.screen.list_width == 333


def test_a_window_that_cannot_be_seen_is_remembered_where_it_was_before(kept: Kept) -> None:
    kept.state.begin(Settings(geometry="700x500+20+30"))
    kept.at.root.withdraw()
    kept.at.root.update()

    kept.state.save()

    assert kept.file.load().geometry == "700x500+20+30"


def test_nobody_can_make_it_so_small_that_nothing_is_seen(kept: Kept) -> None:
    kept.state.begin(Settings(geometry="10x10+0+0"))
    kept.at.root.update()

    assert (kept.at.root.winfo_width(), kept.at.root.winfo_height()) == SMALLEST
    assert kept.at.root.minsize() == SMALLEST


def test_what_each_user_had_open_is_remembered_apart(kept: Kept) -> None:
    kept.state.note_opened("alice", GENERAL)
    kept.state.note_opened("bob", None)
    kept.state.note_opened("alice", None)  # nothing is open any more: the last one counts

    assert (kept.state.opened("alice"), kept.state.opened("bob")) == (GENERAL, None)


def test_that_tk_draws_letters_badly_is_said_once_and_only_where_it_is_so(kept: Kept) -> None:
    smooth = kept.state.hint_at_fonts(ENGLISH)
    kept.at.root.tk.eval("proc ::tk::pkgconfig {args} {return x11}")

    hints = [kept.state.hint_at_fonts(ENGLISH) for _ in range(2)]
    kept.state.save()

    assert (smooth, hints[1]) == ("", "")
    assert "python3-tk" in hints[0]
    assert kept.file.load().knows_of_fonts


def test_a_disk_that_takes_nothing_does_not_hold_the_window(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    state = WindowState(kept.at.root, kept.at.screen, kept.at.look, SettingsFile(tmp_path / "a file" / "window.json"))

    state.save()

    assert (tmp_path / "a file").read_text() == ""
