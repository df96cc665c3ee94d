"""Messages are laid out once, and anew when something about them changes."""

from datetime import UTC, datetime

import attrs
import pytest
from chatcore_cli.painter import Column, Painter

from chatcore import GENERAL, ClientId, ConversationId, Item, ItemState, Reset, Row, UserId
from chatcore.view.conversation_view import ConversationView
from chatcore.view.language import ENGLISH
from chatcore.view.list_view import ListView
from chatcore.view.viewer import Viewer
from chatcore.view.viewport import Slice

BOB = UserId("b" * 16)
NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)


@attrs.define
class World:
    """What the words depend on."""

    now: datetime = NOON
    people: ListView = attrs.field(factory=lambda: ListView(ENGLISH))

    def call(self, name: str) -> None:
        """Bob is called this from now on."""
        self.people.apply([Reset((Row(ConversationId("with bob"), name, BOB),))])


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def painter(world: World) -> Painter:
    world.call("bob")
    return Painter(Viewer(ENGLISH, lambda: world.now, people=world.people))


@pytest.fixture
def timeline() -> ConversationView:
    opened = ConversationView(GENERAL, newest=1, unread=0, watching=True)
    at_ms = int(NOON.timestamp() * 1000)
    opened.apply([Reset((Item(GENERAL, 1, ClientId("c"), BOB, "hello", at_ms, ItemState.UNREAD),))])
    return opened


def text(painter: Painter, timeline: ConversationView, cells: int = 40) -> str:
    return "".join(fragment[1] for line in painter.lines(timeline, 0, cells) for fragment in line)


def test_nothing_is_laid_out_twice(painter: Painter, timeline: ConversationView) -> None:
    assert painter.lines(timeline, 0, 40) is painter.lines(timeline, 0, 40)


def test_a_name_that_comes_later_is_shown(world: World, painter: Painter, timeline: ConversationView) -> None:
    world.call(BOB)
    before = text(painter, timeline)

    world.call("bob")

    assert "bbbbbbbb" in before
    assert "bob  12:00" in text(painter, timeline)


def test_a_new_day_changes_the_time_that_is_shown(world: World, painter: Painter, timeline: ConversationView) -> None:
    before = text(painter, timeline)

    world.now = datetime(2026, 5, 6, 12, tzinfo=UTC)

    assert "bob  12:00" in before
    assert "bob  5 May 12:00" in text(painter, timeline)


def test_a_new_state_is_shown(painter: Painter, timeline: ConversationView) -> None:
    before = text(painter, timeline)

    timeline.items[0] = attrs.evolve(timeline.items[0], state=ItemState.READ)

    assert "bob  12:00 •" in before
    assert "bob  12:00" in text(painter, timeline)
    assert "•" not in text(painter, timeline)


def test_a_picked_message_says_its_status_in_words(painter: Painter, timeline: ConversationView) -> None:
    timeline.pick(1)

    assert "bob  12:00 • unread" in text(painter, timeline)


def test_another_width_is_another_layout(painter: Painter, timeline: ConversationView) -> None:
    assert len(text(painter, timeline, 80)) != len(text(painter, timeline, 40))


def test_a_column_measures_messages_by_lines_and_gives_those_in_view(
    painter: Painter, timeline: ConversationView
) -> None:
    column = Column(painter, lambda: timeline)
    column.width = 40

    assert column.height_of(0) == len(painter.lines(timeline, 0, 40)) == 4
    assert column.lines([Slice(0, 1, 3)]) == painter.lines(timeline, 0, 40)[1:3]


def test_a_column_in_which_nothing_is_open_is_empty(painter: Painter) -> None:
    column = Column(painter, lambda: None)

    assert (column.height_of(0), column.lines([])) == (0, [])
