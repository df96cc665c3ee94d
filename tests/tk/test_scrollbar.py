"""The narrow scrollbar."""

import tkinter as tk

import pytest
from chatcore_tk.look import Look
from chatcore_tk.scrollbar import Scrollbar

from tests.tk.pieces import click

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]

HEIGHT = 200


class Bar:
    """A bar 200 pixels high, and what it has asked for."""

    def __init__(self, root: tk.Tk, look: Look) -> None:
        self.moves: list[float] = []
        self.pages: list[int] = []
        self.bar = Scrollbar(root, look, self.moves.append, self.pages.append)
        self.bar.place(x=0, y=0, height=HEIGHT)
        root.update()

    def drag(self, start: int, stop: int) -> list[float]:
        self.bar.event_generate("<ButtonPress-1>", x=3, y=start)
        self.bar.event_generate("<B1-Motion>", x=3, y=stop, state=0x100)
        return self.moves


@pytest.fixture
def bar(root: tk.Tk, look: Look) -> Bar:
    return Bar(root, look)


def test_it_is_only_there_while_there_is_something_to_scroll(bar: Bar) -> None:
    drawn = []
    for part in ((0.0, 1.0), (0.0, 0.5), (0.0, 1.0)):
        bar.bar.show(*part)
        drawn.append(bool(bar.bar.find_all()))

    assert drawn == [False, True, False]


def test_it_shows_which_part_is_in_view(bar: Bar) -> None:
    bar.bar.show(0.25, 0.75)

    _, top, _, bottom = bar.bar.bbox("all")
    assert (top, bottom) == pytest.approx((HEIGHT * 0.25, HEIGHT * 0.75), abs=2)


def test_the_part_that_can_be_held_does_not_become_too_short_to_be_held(bar: Bar) -> None:
    bar.bar.show(0.999, 1.0)

    _, top, _, bottom = bar.bar.bbox("all")
    assert bottom - top >= 24
    assert bottom <= HEIGHT + 1


def test_a_press_beside_it_scrolls_a_page_towards_the_press(bar: Bar) -> None:
    bar.bar.show(0.4, 0.6)

    for y in (HEIGHT - 5, 5, HEIGHT // 2):
        click(bar.bar, 3, y)

    assert (bar.pages, bar.moves) == ([1, -1], [])


def test_who_drags_it_takes_the_view_along_and_not_beyond_the_ends(bar: Bar) -> None:
    bar.bar.show(0.0, 0.5)

    assert bar.drag(50, 100) == pytest.approx([0.25])
    assert bar.drag(50, 900)[-1] == pytest.approx(0.5)
    assert bar.drag(50, -900)[-1] == 0.0
    assert len(bar.drag(150, 160)) == 3  # it was pressed beside the part that can be held


def test_it_takes_the_colours_of_the_theme(bar: Bar, look: Look) -> None:
    look.theme.use(dark=True)

    assert bar.bar.cget("background") == look.palette.background
