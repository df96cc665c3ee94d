"""A pane with more in it than there is room for."""

import tkinter as tk
from tkinter import ttk

import pytest
from chatcore_tk.look import Look
from chatcore_tk.scrolled import Scrolled

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


class Pane:
    """A pane 400 pixels high with so many fields below each other."""

    def __init__(self, root: tk.Tk, look: Look, fields: int, *, fills: bool = False, middle: float = 0.0) -> None:
        self.root = root
        self.pane = Scrolled(root, look, fills=fills, middle=middle)
        self.pane.pack(fill="both", expand=True)
        self.fields = [ttk.Entry(self.pane.inner) for _ in range(fields)]
        for field in self.fields:
            field.pack(fill="x")
        self.pane.follow()
        root.update()

    @property
    def in_view(self) -> list[int]:
        """Which fields can be seen as a whole."""
        self.root.update()
        top = self.pane.winfo_rooty()
        bottom = top + self.pane.winfo_height()
        places = [(field.winfo_rooty(), field.winfo_rooty() + field.winfo_height()) for field in self.fields]
        return [number for number, (above, below) in enumerate(places) if above >= top and below <= bottom]


def test_the_field_with_the_keyboard_is_always_in_view(root: tk.Tk, look: Look) -> None:
    pane = Pane(root, look, 60)
    assert 0 in pane.in_view
    assert 40 not in pane.in_view

    pane.fields[40].focus_set()
    assert 40 in pane.in_view

    pane.fields[0].focus_set()
    assert 0 in pane.in_view


def test_the_field_with_the_keyboard_stays_in_view_where_there_is_suddenly_less_room(root: tk.Tk, look: Look) -> None:
    pane = Pane(root, look, 60)
    low = pane.in_view[-3]
    pane.fields[low].focus_set()
    assert pane.in_view[0] == 0

    root.geometry("600x200")
    root.update()

    assert low in pane.in_view


def test_the_wheel_scrolls_wherever_it_is_turned(root: tk.Tk, look: Look) -> None:
    pane = Pane(root, look, 60)

    pane.fields[3].event_generate("<Button-5>")
    first = pane.in_view[0]
    pane.fields[first].event_generate("<Button-4>")

    assert first > 0
    assert pane.in_view[0] == 0


def test_a_page_goes_on_a_little_above_where_the_last_one_ended(root: tk.Tk, look: Look) -> None:
    pane = Pane(root, look, 60)
    before = pane.in_view

    pane.pane.scroll(pages=1)
    after = pane.in_view
    pane.pane.scroll(pages=-1)

    assert before[0] < after[0] <= before[-1] + 1 < after[-1]
    assert pane.in_view == before


def test_what_has_room_stands_in_the_middle_as_wanted_and_does_not_scroll(root: tk.Tk, look: Look) -> None:
    pane = Pane(root, look, 2, middle=0.5)
    inner = pane.pane.inner
    beside = inner.winfo_rootx() - root.winfo_rootx(), inner.winfo_rooty() - root.winfo_rooty()

    pane.pane.scroll(pages=1)
    root.update()

    assert beside[1] == pytest.approx((400 - inner.winfo_height()) / 2, abs=1)
    assert beside[0] == pytest.approx((600 - 10 - inner.winfo_width()) / 2, abs=1)
    assert pane.in_view == [0, 1]
    assert inner.winfo_rooty() - root.winfo_rooty() == beside[1]


def test_contents_that_fill_take_the_whole_width(root: tk.Tk, look: Look) -> None:
    inner = Pane(root, look, 2, fills=True).pane.inner

    assert inner.winfo_width() == 600 - 10  # the scrollbar has its place
