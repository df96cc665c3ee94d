"""The open conversation in the window: what is drawn, and what a press there means."""

import tkinter as tk

import attrs
import pytest
from chatcore_tk.fonts import TEXT
from chatcore_tk.look import Look

from chatcore import ClientId, ConversationId, Insert, Item, ItemState
from chatcore.view.conversation_view import key_of
from tests.tk.at_screen import AtScreen
from tests.tk.pieces import BOB, WITH_BOB, click, item, place_of, row, written

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]

ROW = attrs.evolve(row("bob"), conversation=WITH_BOB, user=BOB)


class Reading:
    """Alice reads a conversation with so many messages."""

    def __init__(self, root: tk.Tk, look: Look, count: int = 200) -> None:
        self.at = AtScreen(root, look, ROW)
        self.pane, self.talk = self.at.screen.timeline, self.at.desk.talk
        self.at.open_with(ROW, *map(item, range(1, count + 1)))
        self.at.asked.take()

    @property
    def seen(self) -> list[str]:
        """What is written in the bubbles, from above."""
        return [words for words in written(self.pane.sheet) if words.startswith("text ")]

    def add(self, message: Item) -> None:
        assert self.talk.view
        self.at.desk.timeline_changed(WITH_BOB, [Insert(len(self.talk.view.items), message)])
        self.at.root.update()

    def press(self, words: str) -> None:
        x, y = place_of(self.pane.sheet, words)
        click(self.pane.sheet, int(x) + 1, int(y) + 1)

    @property
    def picked(self) -> object:
        return self.talk.view and self.talk.view.picked


@pytest.fixture
def reading(root: tk.Tk, look: Look) -> Reading:
    return Reading(root, look)


def test_what_is_in_view_is_drawn_down_to_the_lower_edge_and_told_as_visible(reading: Reading) -> None:
    assert reading.seen[-1] == "text 200"
    assert 3 < len(reading.seen) < 20
    assert reading.pane.sheet.bbox("all")[3] == pytest.approx(reading.pane.height, abs=8)

    reading.add(item(201))

    assert reading.seen[-1] == "text 201"
    (told,) = (call for call in reading.at.asked.take() if call[0] == "visible")
    assert "201" in str(told[2])


def test_a_short_conversation_stands_at_the_bottom(root: tk.Tk, look: Look) -> None:
    reading = Reading(root, look, count=1)

    assert reading.seen == ["text 1"]
    assert place_of(reading.pane.sheet, "text 1")[1] > reading.pane.height / 2


def test_the_wheel_the_scrollbar_and_a_page_lead_to_older_messages_and_back(reading: Reading) -> None:
    end = reading.seen
    _, y = place_of(reading.pane.sheet, "text 200")
    reading.pane.sheet.event_generate("<Button-4>")
    assert place_of(reading.pane.sheet, "text 200")[1] == y + 3 * reading.pane.line
    reading.pane.sheet.event_generate("<Button-5>")
    assert reading.seen == end

    reading.talk.page(1)
    above = reading.seen
    assert end[0] in above or end[0] == f"text {int(above[-1].split()[1]) + 1}"
    reading.talk.page(-1)
    assert reading.seen == end

    bar = reading.pane._bar
    bar.event_generate("<ButtonPress-1>", x=3, y=bar.winfo_height() - 5)
    bar.event_generate("<B1-Motion>", x=3, y=0, state=0x100)
    assert reading.seen[0] == "text 1"


def test_who_reads_further_up_is_not_torn_away_by_a_new_message_and_offered_the_way(reading: Reading) -> None:
    reading.talk.wheel(20)
    above = reading.seen

    reading.add(item(201, state=ItemState.UNREAD))

    assert reading.seen == above
    assert reading.at.screen.jump.winfo_viewable()
    assert reading.at.screen.jump.cget("text") == "↓ 1 new"


def test_in_an_empty_pane_a_sentence_says_why(root: tk.Tk, look: Look) -> None:
    at = AtScreen(root, look, ROW)
    nothing_open = written(at.screen.timeline.sheet)
    at.asked.is_at_beginning = True

    at.open_with(ROW)

    assert nothing_open == ["Choose somebody in the list to read and write."]
    assert written(at.screen.timeline.sheet) == ["No messages yet. Write the first one."]
    assert at.screen.timeline.item_at(5) is None


def test_a_press_picks_a_message_and_another_one_or_one_beside_it_lets_go(root: tk.Tk, look: Look) -> None:
    reading = Reading(root, look, count=2)
    picked = []
    for words in ("text 2", "text 2", "text 1"):
        reading.press(words)
        picked.append(reading.picked)
    click(reading.pane.sheet, 5, 3)

    assert picked == [key_of(item(2)), None, key_of(item(1))]
    assert reading.picked is None
    assert reading.pane.focus_get() is reading.pane.sheet


def test_a_press_on_a_word_of_a_refused_message_does_what_it_says_and_picks_nothing(reading: Reading) -> None:
    refused = attrs.evolve(item(201, "not so", own=True), seq=None, state=ItemState.REFUSED, refusal="text_too_long")
    reading.add(refused)
    reading.at.clock.elapse(1)

    reading.press("Try again")
    reading.press("Discard")

    asked = [call for call in reading.at.asked.take() if call[0] in {"retry", "discard"}]
    assert asked == [("retry", ClientId("c201")), ("discard", ClientId("c201"))]
    assert reading.picked is None


def test_a_press_on_what_has_just_moved_means_the_message_that_stood_there(reading: Reading) -> None:
    y = int(place_of(reading.pane.sheet, "text 200")[1])

    reading.add(item(201))
    at_once = reading.pane.item_at(y)
    reading.at.clock.elapse(1)

    assert at_once == item(200)
    assert reading.pane.item_at(y) == item(201)


def test_larger_text_and_other_colours_are_drawn_at_once(reading: Reading, look: Look) -> None:
    before = len(reading.seen)

    look.fonts.resize(20)
    look.theme.use(dark=True)

    assert len(reading.seen) < before
    assert reading.seen[-1] == "text 200"
    assert reading.pane.sheet.cget("background") == look.palette.background
    assert reading.pane.line == look.fonts.heights[TEXT]


def test_another_conversation_takes_the_place_of_the_one_that_was_shown(root: tk.Tk, look: Look) -> None:
    reading = Reading(root, look)

    reading.at.open_with(row("carol"), attrs.evolve(item(1, "text of carol"), conversation=ConversationId("carol")))

    assert reading.seen == ["text of carol"]


def test_a_link_is_opened_by_a_press_on_it_and_nothing_beside_it_is(root: tk.Tk, look: Look) -> None:
    reading = Reading(root, look, count=1)
    opened: list[str] = []
    reading.pane.on_open = opened.append
    reading.add(item(2, "see https://example.org/a, and javascript:alert(1)"))
    reading.at.go_on()
    x, y = place_of(reading.pane.sheet, "https://example.org/a")

    click(reading.pane.sheet, int(x) + 3, int(y) - 3)
    there = (list(opened), reading.picked)
    reading.press("see https://example.org/a, and javascript:alert(1)")

    assert there == (["https://example.org/a"], None)
    assert (opened, reading.picked) == (["https://example.org/a"], key_of(item(2)))


def test_in_a_wide_window_the_conversation_stays_in_the_middle(root: tk.Tk, look: Look) -> None:
    reading = Reading(root, look, count=1)
    reading.at.resize(1900)
    reading.add(item(2, "mine", own=True))
    reading.at.go_on()
    width = reading.pane.sheet.winfo_width()

    left, _, right, _ = reading.pane.sheet.bbox("all")

    assert width > 1400
    assert right - left <= 900
    assert left == pytest.approx(width - right, abs=4)
    reading.press("text 1")
    assert reading.picked == key_of(item(1))
