"""A canvas that is drawn in one call."""

import tkinter as tk

import pytest
from chatcore_tk.sheet import Sheet, box, image, level, moved, text

from tests.tk.pieces import option, written

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


@pytest.fixture
def sheet(root: tk.Tk) -> Sheet:
    made = Sheet(root)
    made.pack(fill="both", expand=True)
    root.update()
    return made


def test_what_is_painted_takes_the_place_of_all_that_was_there_the_first_shape_lowest(sheet: Sheet) -> None:
    sheet.paint([box(0, 0, 9, 9, "#ff0000")])

    sheet.paint([box(1, 2, 30, 40, "#00ff00"), text(5, 6, "above", "TkDefaultFont", "#000000", "n")])

    low, high = sheet.find_all()
    assert (sheet.coords(low), option(sheet, low, "fill")) == ([1, 2, 30, 40], "#00ff00")
    assert (sheet.coords(high), option(sheet, high, "anchor"), written(sheet)) == ([5, 6], "n", ["above"])


@pytest.mark.parametrize("words", ["[exit]", "$env(HOME) {", 'a "quote', "-text", "back\\slash", "{*}", "two\nlines "])
def test_texts_are_data(sheet: Sheet, words: str) -> None:
    sheet.paint([text(0, 0, words, "TkDefaultFont", "#000000")])

    assert written(sheet) == [words]


def test_a_shape_that_is_moved_down_is_the_same_otherwise(sheet: Sheet) -> None:
    picture = tk.PhotoImage(master=sheet, width=3, height=3)
    oval = ("oval", 1, 2, 3, 4, "-fill", "#00ff00")
    shapes = [
        box(1, 2, 3, 4, "#ff0000"),
        oval,
        text(1, 2, "words", "TkDefaultFont", "#000000"),
        image(1, 2, str(picture)),
    ]

    sheet.paint([moved(shape, 10) for shape in shapes])

    places = [sheet.coords(thing) for thing in sheet.find_all()]
    assert places == [[1, 12, 3, 14], [1, 12, 3, 14], [1, 12], [1, 12]]
    assert [moved(moved(shape, 10), -10) for shape in shapes] == shapes


def test_the_level_of_a_sheet_is_how_far_down_in_its_window_it_is(sheet: Sheet) -> None:
    strip = tk.Frame(sheet.master, height=23)
    before = level(sheet)

    strip.pack(side="top", fill="x", before=sheet)
    sheet.update()

    assert (before, level(sheet)) == (0, 23)
