"""The list in the window."""

import tkinter as tk

import attrs
import pytest
from chatcore_tk.fonts import BOLD, TEXT
from chatcore_tk.grid import STEP
from chatcore_tk.look import Look
from chatcore_tk.roster_pane import NO_DOT, RosterPane

from chatcore import Change, ConversationId, Move, Reset, Row, Update
from chatcore.view.stack import Stack
from tests.tk.pieces import click, option, place_of, row, texts, viewer, written

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]

BOB, CAROL, DAVE = row("bob", "hi there", unread=2), row("carol", "and so on"), row("dave")


class List:
    """A list 400 pixels high, where it was pressed, and which rows were drawn last."""

    def __init__(self, root: tk.Tk, look: Look, *rows: Row) -> None:
        self.pressed: list[int] = []
        self.drawn: Stack[ConversationId] = Stack()
        self.viewer = viewer()
        self.pane = RosterPane(root, self.viewer, look)
        self.pane.on_press = self.pressed.append
        self.pane.on_drawn = self._drawn
        self.pane.pack(fill="both", expand=True)
        root.update()
        self.apply(Reset(rows or (BOB, CAROL, DAVE)))
        root.update()

    def apply(self, *changes: Change[Row]) -> None:
        self.viewer.people.apply(changes)
        self.pane.redraw()

    def seek(self, text: str) -> None:
        self.viewer.people.seek(text)
        self.pane.redraw()

    def _drawn(self, view: Stack[ConversationId]) -> None:
        self.drawn = view

    @property
    def names(self) -> list[str]:
        """The names in view, from above."""
        sheet = self.pane.sheet
        names = [thing for thing in texts(sheet) if option(sheet, thing, "font") in {TEXT, BOLD}]
        in_view = [thing for thing in names if sheet.coords(thing)[1] < sheet.winfo_height()]
        return [option(sheet, thing, "text") for thing in sorted(in_view, key=lambda thing: sheet.coords(thing)[1])]

    def middle(self, place: int) -> int:
        return place * self.pane.row_height + self.pane.row_height // 2


@pytest.fixture
def roster(root: tk.Tk, look: Look) -> List:
    return List(root, look)


@pytest.fixture
def long(root: tk.Tk, look: Look) -> List:
    return List(root, look, *(row(f"user {number:03}") for number in range(100)))


def test_a_row_says_name_last_words_time_and_how_many_are_unread(root: tk.Tk, look: Look) -> None:
    roster = List(root, look, BOB)

    assert sorted(filter(None, written(roster.pane.sheet))) == ["15:29", "2", "B", "bob", "hi there"]


def test_a_row_where_something_was_begun_says_how_that_begins(root: tk.Tk, look: Look) -> None:
    roster = List(root, look, BOB, DAVE)
    roster.viewer.draft_of = lambda _conversation: "half a sentence"

    roster.pane.redraw()
    root.update()

    assert sorted(filter(None, written(roster.pane.sheet))) == [
        "15:29",
        "2",
        "B",
        "D",
        "Draft: ",
        "Draft: ",
        "bob",
        "dave",
        "half a sentence",
        "half a sentence",
    ]


def test_rows_are_drawn_in_order_those_with_unread_messages_bold(roster: List) -> None:
    sheet = roster.pane.sheet
    fonts = {option(sheet, thing, "text"): option(sheet, thing, "font") for thing in texts(sheet)}

    assert roster.names == ["bob", "carol", "dave"]
    assert (fonts["bob"], fonts["carol"]) == (BOLD, TEXT)


def test_what_changes_is_drawn_where_it_is_now(roster: List) -> None:
    roster.apply(Move(1, 0, CAROL), Update(2, attrs.evolve(DAVE, name="david")))

    assert roster.names == ["carol", "bob", "david"]


def test_a_long_name_is_shortened_before_the_time_of_its_last_message(root: tk.Tk, look: Look) -> None:
    roster = List(root, look, row("a name that has no end " * 8, "hi"))
    sheet = roster.pane.sheet

    (name,) = roster.names

    assert name.endswith("…")
    left, _ = place_of(sheet, name)
    right, _ = place_of(sheet, "15:29")  # its right end
    rulers = look.fonts.rulers
    assert left + rulers[TEXT].width(name) < right - rulers["ChatcoreSmall"].width("15:29")


def test_what_is_told_of_a_press_and_of_what_was_drawn_is_measured_in_the_window(roster: List) -> None:
    strip = tk.Frame(roster.pane.master, height=30)
    strip.pack(side="top", before=roster.pane)
    roster.pane.update()

    click(roster.pane.sheet, 50, roster.middle(1))

    assert roster.pressed == [30 + roster.middle(1)]
    assert roster.drawn.things == tuple(row.conversation for row in (BOB, CAROL, DAVE))
    assert roster.drawn.place(roster.pressed[0]) == 1


def test_of_a_list_that_cannot_be_seen_nothing_is_told_as_drawn(roster: List) -> None:
    roster.drawn = Stack()
    roster.pane.pack_forget()
    roster.pane.update()

    roster.apply(Move(1, 0, CAROL))
    roster.pane.update()

    assert roster.drawn == Stack()


def test_only_rows_in_view_are_drawn_and_the_wheel_brings_others(long: List) -> None:
    first = long.names
    assert first[0] == "user 000"
    assert len(texts(long.pane.sheet)) < 100

    long.pane.sheet.event_generate("<Button-5>")
    assert long.names[0] == "user 002"
    for _ in range(200):
        long.pane.wheel(-1)
    assert long.names[-1] == "user 099"
    long.pane.wheel(999)
    assert long.names == first


def test_what_was_scrolled_for_a_row_while_there_was_little_room_is_taken_back_with_more(
    root: tk.Tk, long: List
) -> None:
    def tall(height: int) -> list[str]:
        root.geometry(f"600x{height}")
        root.update()
        return long.names

    tall(120)
    long.pane.reveal(row("user 003").conversation)
    root.update()
    little, more = long.names, tall(400)
    long.pane.wheel(-1)
    root.update()
    turned = long.names

    assert "user 003" in little
    assert "user 000" not in little
    assert more[0] == "user 000"
    assert tall(300)[0] == turned[0] != "user 000"  # where somebody has scrolled it stays


def test_a_row_that_is_revealed_comes_into_view_and_one_that_is_seen_moves_nothing(long: List) -> None:
    long.pane.reveal(row("user 050").conversation)
    assert long.names[-1] == "user 050"

    seen = long.names
    long.pane.reveal(row(seen[3]).conversation)
    assert long.names == seen

    long.pane.reveal(row("user 010").conversation)
    assert long.names[0] == "user 010"


def test_what_is_sought_is_shown_from_the_top(long: List) -> None:
    long.pane.wheel(-9)

    long.seek("user 04")
    found = long.names
    long.seek("nobody")

    assert found[0] == "user 040"
    assert (long.names, "".join(written(long.pane.sheet))) == ([], "Nobody has this in the name.")


def test_the_marks_of_what_is_open_and_of_what_was_found_follow_their_rows(roster: List, look: Look) -> None:
    def marked(colour: str) -> list[int]:
        """Return the places of the rows with this colour behind or around them."""
        sheet = roster.pane.sheet
        sheet.update()
        boxes = [thing for thing in sheet.find_all() if str(sheet.tk.call(sheet, "type", thing)) == "rectangle"]
        tops = {sheet.coords(thing)[1] for thing in boxes if option(sheet, thing, "fill") == colour}
        return sorted({int(top) // roster.pane.row_height for top in tops})

    roster.pane.opened = CAROL.conversation
    roster.pane.redraw()
    opened = marked(look.palette.selected)
    roster.apply(Move(1, 0, CAROL))
    moved = marked(look.palette.selected)
    roster.pane.list.cursor = DAVE.conversation
    roster.pane.is_seeking = True
    roster.pane.redraw()
    found = marked(look.palette.primary)
    roster.pane.is_seeking = False
    roster.pane.redraw()

    assert (opened, moved, found, marked(look.palette.primary)) == ([1], [0], [2], [])


def test_the_scrollbar_leads_to_any_row(long: List) -> None:
    long.pane._bar.event_generate("<ButtonPress-1>", x=3, y=10)
    long.pane._bar.event_generate("<B1-Motion>", x=3, y=400, state=0x100)

    assert long.names[-1] == "user 099"


def test_the_account_s_name_stands_beside_two_who_look_alike_in_another_colour(root: tk.Tk, look: Look) -> None:
    ann = attrs.evolve(row("ann"), name="Ann", account="ann", look="ann")
    roster = List(root, look, ann, attrs.evolve(row("kowalska"), name="Ann", account="kowalska", look="ann"))
    sheet = roster.pane.sheet

    beside = [thing for thing in texts(sheet) if option(sheet, thing, "text").startswith("@")]

    assert [option(sheet, thing, "text") for thing in beside] == ["@ann", "@kowalska"]
    assert {option(sheet, thing, "fill") for thing in beside} == {look.palette.faint}


def test_who_is_disabled_is_grey_and_has_a_cross_in_the_place_of_the_dot(root: tk.Tk, look: Look) -> None:
    roster = List(root, look, attrs.evolve(BOB, account="bob", disabled=True))
    sheet = roster.pane.sheet

    drawn = {option(sheet, thing, "text"): option(sheet, thing, "fill") for thing in texts(sheet)}

    assert (drawn["bob"], drawn[NO_DOT]) == (look.palette.faint, look.palette.faint)


def test_time_and_badge_end_together_within_the_mark_of_their_row(roster: List) -> None:
    roster.pane.opened = BOB.conversation
    roster.pane.redraw()
    sheet = roster.pane.sheet
    sheet.update()

    inset = STEP // 2  # of the mark from the edge of the list
    right, _ = place_of(sheet, "15:29")
    images = [thing for thing in sheet.find_all() if str(sheet.type(thing)) == "image"]
    assert right == sheet.winfo_width() - inset - STEP
    assert right in {sheet.bbox(thing)[2] for thing in images}  # the badge's end
