"""Drawing once for many reasons."""

import tkinter as tk

import pytest
from chatcore_tk.redraw import Redraw

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


def test_it_is_drawn_once_for_all_reasons_and_only_when_tk_has_nothing_else_to_do(root: tk.Tk) -> None:
    drawn: list[str] = []
    redraw = Redraw(root, lambda: drawn.append("drawn"))

    redraw()
    redraw()
    root.after_idle(lambda: drawn.append("asked before"))
    assert drawn == []
    root.update()
    assert drawn == ["drawn", "asked before"]

    redraw()
    root.update()
    assert drawn.count("drawn") == 2


def test_a_reason_that_comes_up_while_it_is_drawn_is_not_lost(root: tk.Tk) -> None:
    drawn: list[int] = []

    def draw() -> None:
        drawn.append(len(drawn))
        if len(drawn) < 3:
            redraw()

    redraw = Redraw(root, draw)
    redraw()
    while root.dooneevent(tk._tkinter.DONT_WAIT):  # type: ignore[attr-defined] # update() ends after the first
        pass

    assert drawn == [0, 1, 2]
