"""Messages are laid out once, and anew when something about them changes."""

from collections.abc import Callable
from datetime import UTC, datetime

import attrs
import pytest

from chatcore import Insert, Item, ItemState, Reset
from chatcore.view import laid_out
from chatcore.view.conversation_view import ConversationView, key_of
from chatcore.view.laid_out import LaidOut, Part
from chatcore.view.language import ENGLISH
from chatcore.view.viewer import Viewer
from tests.view.at_desk import BOB, ME, item


class Wall:
    """A conversation with Bob of two messages, of which the second is unread, and what was laid out of it."""

    def __init__(self) -> None:
        self.now = datetime(2024, 5, 5, 12, tzinfo=UTC)
        self.viewer = Viewer(ENGLISH, lambda: self.now)
        self.viewer.people.apply([Reset((BOB,))])
        self.view = ConversationView(BOB.conversation, newest=2, unread=1, watching=True)
        self.view.apply([Reset((item(1), item(2, ItemState.UNREAD)))])
        self.made: list[Part] = []
        self.laid_out = LaidOut(self.viewer, self._lay_out)

    def _lay_out(self, part: Part) -> int:
        self.made.append(part)
        return len(self.made)

    def message(self, index: int = 1, width: int = 40) -> int:
        return self.laid_out.message(self.view, index, width)


def test_nothing_is_laid_out_twice() -> None:
    wall = Wall()

    assert (wall.message(), wall.message()) == (1, 1)


def test_it_is_laid_out_with_its_words_and_what_stands_before_it() -> None:
    wall = Wall()

    wall.message()

    (part,) = wall.made
    assert (part.item.seq, part.words.sender, part.words.status, part.width) == (2, "bob", "unread", 40)
    assert (part.before.unread, part.is_picked) == ("Unread messages", False)


def read(wall: Wall) -> None:
    wall.view.items[1] = attrs.evolve(wall.view.items[1], state=ItemState.READ)


def another_name(wall: Wall) -> None:
    wall.viewer.people.apply([Reset((attrs.evolve(BOB, name="Robert"),))])


def picked(wall: Wall) -> None:
    wall.view.picked = key_of(wall.view.items[1])


def a_new_day(wall: Wall) -> None:
    wall.now = datetime(2024, 5, 6, 12, tzinfo=UTC)


def another_before_it(wall: Wall) -> None:
    wall.view.items[0] = attrs.evolve(wall.view.items[0], at_ms=-(10**9))


@pytest.mark.parametrize(
    "change",
    [
        read,
        another_name,
        picked,
        a_new_day,
        another_before_it,
        lambda wall: wall.view.unread_line.posted(),
        lambda wall: wall.laid_out.forget(),
    ],
    ids=["state", "name", "picked", "day", "before", "unread line", "forgotten"],
)
def test_it_is_laid_out_anew_when_something_about_it_changes(change: Callable[[Wall], None]) -> None:
    wall = Wall()
    wall.message()

    change(wall)

    assert wall.message() == 2


def test_another_width_is_another_layout() -> None:
    wall = Wall()

    assert (wall.message(width=40), wall.message(width=80)) == (1, 2)


def test_what_comes_elsewhere_in_the_conversation_changes_nothing() -> None:
    wall = Wall()
    wall.message()

    wall.view.apply([Insert(2, Item(BOB.conversation, None, item(3).client_id, ME, "mine", 0, ItemState.WAITING))])

    assert wall.message() == 1


def test_not_more_are_kept_than_a_screen_may_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laid_out, "MAX_KEPT", 1)
    wall = Wall()

    made = [wall.message(0), wall.message(1), wall.message(0)]

    assert made == [1, 2, 3]
