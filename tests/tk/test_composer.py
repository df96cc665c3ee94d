"""Where messages are written."""

import tkinter as tk
from collections.abc import Mapping

import pytest
from chatcore_tk.composer import COUNT_FROM, MOST_LINES, Composer
from chatcore_tk.look import Look

from chatcore import GENERAL, ConversationId, StorageFull
from chatcore.domain.messages import MAX_TEXT
from chatcore.view.drafts import Drafts
from chatcore.view.language import ENGLISH
from tests.tk.pieces import WITH_BOB

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


class Paper:
    """Keeps drafts in memory, until it is full."""

    def __init__(self) -> None:
        self.kept: dict[ConversationId, str] = {}
        self.is_full = self.is_closed = False

    def open(self) -> Mapping[ConversationId, str]:
        return self.kept

    def keep(self, conversation: ConversationId, text: str) -> None:
        if self.is_full:
            raise StorageFull("the paper is full")
        self.kept[conversation] = text

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def composer(root: tk.Tk, look: Look, paper: Paper) -> Composer:
    made = Composer(root, ENGLISH, look)
    made.pack(fill="x")
    made.belong_to(Drafts(paper))
    made.switch(WITH_BOB)
    root.update()
    return made


def height_of(composer: Composer) -> int:
    composer.update()
    return int(composer.field.cget("height"))


def left(composer: Composer) -> str:
    composer.update()
    return str(composer._left.cget("text")) if composer._left.winfo_viewable() else ""


def test_each_conversation_has_its_draft(composer: Composer, paper: Paper) -> None:
    composer.write("for bob")
    composer.switch(GENERAL)
    between = composer.text
    composer.write("for all")
    composer.switch(WITH_BOB)

    assert (between, composer.text) == ("", "for bob")
    assert paper.kept == {WITH_BOB: "for bob", GENERAL: "for all"}


def test_what_is_sent_is_no_draft_any_more(composer: Composer, paper: Paper) -> None:
    composer.write("for bob")
    composer.save()

    assert composer.take() == "for bob"

    assert (composer.text, paper.kept) == ("", {WITH_BOB: ""})


def test_another_user_finds_their_own_and_nothing_of_who_was_here_before(composer: Composer, paper: Paper) -> None:
    composer.write("a secret")
    other = Paper()
    other.kept[WITH_BOB] = "written yesterday"
    drafts = Drafts(other)
    drafts.open()

    composer.belong_to(drafts)
    nothing_open = composer.text
    composer.switch(WITH_BOB)

    assert (nothing_open, composer.text) == ("", "written yesterday")
    assert (paper.kept, paper.is_closed) == ({WITH_BOB: "a secret"}, True)
    composer.field.event_generate("<<Undo>>")
    assert composer.text == "written yesterday"


def test_why_a_draft_cannot_be_kept_is_told_to_whoever_saves(composer: Composer, paper: Paper) -> None:
    composer.write("for bob")
    paper.is_full = True
    assert isinstance(composer.save(), StorageFull)

    paper.is_full = False
    assert composer.save() is None
    assert paper.kept == {WITH_BOB: "for bob"}


def test_what_could_not_be_sent_comes_back_before_what_was_written_meanwhile(composer: Composer) -> None:
    composer.give_back(WITH_BOB, "first")
    alone = composer.text
    composer.write("second")
    composer.give_back(WITH_BOB, "first")
    composer.give_back(GENERAL, "elsewhere")
    composer.give_back(GENERAL, "and before it")

    assert (alone, composer.text) == ("first", "first\nsecond")
    composer.switch(GENERAL)
    assert composer.text == "and before it\nelsewhere"


def test_the_field_grows_with_its_lines_also_those_that_are_broken_up_to_a_limit(composer: Composer) -> None:
    heights = []
    for text in ("", "one", "one\ntwo", "words " * 40, "\n" * 30):
        composer.write(text)
        heights.append(height_of(composer))

    assert heights[:3] == [1, 1, 2]
    assert 2 < heights[3] < MOST_LINES
    assert heights[4] == MOST_LINES

    composer.new_line()
    composer.take()
    assert height_of(composer) == 1


def test_a_new_line_begins_where_the_keyboard_is(composer: Composer) -> None:
    composer.write("onetwo")
    composer.field.mark_set("insert", "1.3")

    composer.new_line()

    assert composer.text == "one\ntwo"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (COUNT_FROM - 1, ""),
        (COUNT_FROM, "500 characters left"),
        (MAX_TEXT - 1, "1 character left"),
        (MAX_TEXT, "0 characters left"),
        (MAX_TEXT + 1, "1 character too many"),
    ],
)
def test_near_the_limit_it_is_counted_how_many_characters_are_left(composer: Composer, length: int, words: str) -> None:
    composer.write("x" * length)

    assert left(composer) == words


def test_the_hint_is_there_while_nothing_is_written_and_a_press_on_it_is_one_on_the_field(composer: Composer) -> None:
    seen = []
    for text in ("", "x", ""):
        composer.write(text)
        composer.update()
        seen.append(bool(composer._hint.winfo_viewable()))
    composer._hint.event_generate("<Button-1>")
    composer.update()

    assert seen == [True, False, True]
    assert composer.focus_get() is composer.field
