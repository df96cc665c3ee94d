"""The window's fonts."""

import tkinter as tk
from tkinter.font import nametofont

import pytest
from chatcore_tk.fonts import BOLD, LARGEST, SMALL, SMALL_BOLD, SMALLEST, TEXT, TITLE, Fonts, has_smooth_fonts

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


def size_of(root: tk.Tk, name: str) -> int:
    return int(nametofont(name, root).cget("size"))


@pytest.mark.parametrize(("wanted", "size"), [(12, 12), (SMALLEST - 1, SMALLEST), (LARGEST + 9, LARGEST)])
def test_all_sizes_follow_the_one_of_messages_within_bounds(root: tk.Tk, wanted: int, size: int) -> None:
    fonts = Fonts(root, 11)

    fonts.resize(wanted)

    assert fonts.size == size
    sizes = [size_of(root, name) - size for name in (TEXT, BOLD, SMALL, SMALL_BOLD, TITLE, "TkDefaultFont")]
    assert sizes == [0, 0, -2, -2, 3, -1]


def test_whoever_draws_is_told_of_another_size_and_measures_in_it(root: tk.Tk) -> None:
    fonts = Fonts(root, 11)
    told: list[int] = []
    before = fonts.rulers[TEXT].width("some words"), fonts.heights[TEXT]
    fonts.on_change(lambda: told.append(fonts.rulers[TEXT].width("some words")))

    fonts.resize(16)

    assert told == [nametofont(TEXT, root).measure("some words")]
    assert told[0] > before[0]
    assert fonts.heights[TEXT] > before[1]


def test_a_text_is_measured_as_it_is_written_though_it_looks_like_tcl(root: tk.Tk) -> None:
    fonts = Fonts(root, 11)

    for words in ("{", "[exit] $x", "two  spaces"):
        assert fonts.rulers[BOLD].width(words) == nametofont(BOLD, root).measure(words)


def test_where_tk_finds_no_fonts_by_itself_one_with_many_glyphs_is_taken(root: tk.Tk) -> None:
    assert has_smooth_fonts(root)
    usual = nametofont("TkDefaultFont", root).actual("family")
    root.tk.eval("proc ::tk::pkgconfig {args} {return x11}")
    root.tk.eval("rename font fonts_as_they_are")
    root.tk.eval(
        "proc font {args} {if {$args eq {families}} {return {Courier {dejavu sans}}}; fonts_as_they_are {*}$args}"
    )

    assert not has_smooth_fonts(root)
    Fonts(root, 11)
    chosen = nametofont(TEXT, root).cget("family")

    assert (chosen, chosen != usual) == ("dejavu sans", True)
