"""A name in large letters."""

import tkinter as tk

import pytest
from chatcore_tk.fonts import TITLE
from chatcore_tk.heading import Heading
from chatcore_tk.look import Look

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]

NAME = "somebody with a name that is very long indeed"


def test_a_name_that_does_not_fit_is_shortened_and_comes_back_where_there_is_room(root: tk.Tk, look: Look) -> None:
    heading = Heading(root, look)
    heading.place(x=0, y=0, width=120, height=40)
    root.update()
    heading.show(NAME)
    short = str(heading.cget("text"))

    assert short.endswith("…")
    assert NAME.startswith(short[:-1])
    assert look.fonts.rulers[TITLE].width(short) <= 120

    heading.place(width=600)
    root.update()
    assert (heading.cget("text"), heading.name) == (NAME, NAME)


def test_larger_letters_leave_less_of_it(root: tk.Tk, look: Look) -> None:
    heading = Heading(root, look)
    heading.place(x=0, y=0, width=300, height=40)
    root.update()
    heading.show(NAME)
    before = len(str(heading.cget("text")))

    look.fonts.resize(20)

    assert len(str(heading.cget("text"))) < before


def test_a_long_name_asks_for_no_more_room_than_a_short_one(root: tk.Tk, look: Look) -> None:
    heading = Heading(root, look)
    heading.pack(fill="x")
    heading.show("al")
    root.update()
    before = heading.winfo_reqwidth()

    heading.show(NAME)
    root.update()

    assert heading.winfo_reqwidth() == before
