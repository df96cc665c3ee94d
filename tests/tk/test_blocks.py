"""Laid out messages, each made once for as long as nothing about it changes."""

import tkinter as tk
from datetime import timedelta

import attrs
import pytest
from chatcore_tk.blocks import Blocks
from chatcore_tk.bubbles import Block
from chatcore_tk.look import Look
from chatcore_tk.sheet import Sheet

from chatcore import GENERAL, Item, ItemState, Reset, Update
from chatcore.view.conversation_view import ConversationView, key_of
from tests.tk.pieces import BOB, NOW, WITH_BOB, item, row, viewer, written

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


class Bench:
    """Three messages of Bob's, and the blocks of them."""

    def __init__(self, look: Look) -> None:
        self.viewer = viewer()
        self.view = self.opened()
        self.blocks = Blocks(self.viewer, look)

    def opened(self, *items: Item) -> ConversationView:
        view = ConversationView(WITH_BOB, newest=3, unread=0, watching=True)
        view.apply([Reset(items or (item(1), item(2), item(3)))])
        return view

    def all(self, width: int = 600) -> list[Block]:
        return [self.blocks.block(self.view, index, width) for index in range(len(self.view.items))]

    def anew(self, before: list[Block], *, width: int = 600) -> list[bool]:
        """Return which blocks were made anew."""
        return [one is not other for one, other in zip(before, self.all(width), strict=True)]


@pytest.fixture
def bench(look: Look) -> Bench:
    return Bench(look)


def test_nothing_is_laid_out_twice_while_nothing_changes(bench: Bench) -> None:
    assert bench.anew(bench.all()) == [False, False, False]


def test_only_a_message_that_changes_is_laid_out_anew(bench: Bench) -> None:
    before = bench.all()

    bench.view.apply([Update(1, attrs.evolve(item(2), text="another"))])

    assert bench.anew(before) == [False, True, False]


def test_picking_a_message_lays_out_that_one_and_the_one_that_was_picked(bench: Bench) -> None:
    bench.view.picked = key_of(bench.view.items[0])
    before = bench.all()

    bench.view.picked = key_of(bench.view.items[2])

    assert bench.anew(before) == [True, False, True]


def test_another_width_another_name_or_another_day_lays_out_all_of_them(bench: Bench) -> None:
    before = bench.all()
    assert bench.anew(before, width=500) == [True] * 3

    before = bench.all()
    bench.viewer.people.apply([Reset((attrs.evolve(row("robert"), user=BOB),))])
    assert bench.anew(before) == [True] * 3

    before = bench.all()
    bench.viewer.now = lambda: NOW + timedelta(days=1)
    assert bench.anew(before) == [True] * 3


def test_a_message_before_which_another_day_ended_is_laid_out_anew(bench: Bench) -> None:
    before = bench.all()

    bench.view.apply([Update(0, attrs.evolve(item(1), at_ms=item(1).at_ms - 2 * 86_400_000))])

    assert bench.anew(before) == [True, True, False]


def test_all_is_forgotten_with_colours_and_fonts(bench: Bench, look: Look) -> None:
    before = bench.all()
    look.theme.use(dark=True)

    bench.blocks.forget()

    assert bench.anew(before) == [True] * 3


def test_a_block_says_the_sender_s_name_the_text_and_the_day_where_one_begins(
    root: tk.Tk, bench: Bench, look: Look
) -> None:
    bench.viewer.people.apply([Reset((attrs.evolve(row("robert"), user=BOB),))])
    sheet, said = Sheet(root), []
    for block in bench.all():
        sheet.paint(block.shapes)
        said.append(written(sheet)[:-1])

    assert said == [["Today", "robert", "text 1"], ["robert", "text 2"], ["robert", "text 3"]]


def test_in_the_general_chat_it_is_told_how_many_have_read_it(root: tk.Tk, bench: Bench) -> None:
    read = attrs.evolve(item(1, own=True), conversation=GENERAL, state=ItemState.READ, readers=3)
    bench.view = ConversationView(GENERAL, newest=1, unread=0, watching=True)
    bench.view.apply([Reset((read,))])
    sheet = Sheet(root)

    sheet.paint(bench.all()[0].shapes)

    assert "read by 3" in written(sheet)[-1]
