"""The open conversation in the window."""

import tkinter as tk

import pytest
from chatcore_tk.fonts import TEXT
from chatcore_tk.look import Look
from chatcore_tk.timeline import NEAR_TOP, TimelinePane

from chatcore import Insert, Item, ItemState, Reset
from chatcore.testing import VirtualClock
from chatcore.view.conversation_view import ConversationView, key_of
from tests.tk.pieces import WITH_BOB, click, item, place_of, viewer, written

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


class Talk:
    """A timeline 400 pixels high of so many messages."""

    def __init__(self, root: tk.Tk, look: Look, count: int = 200) -> None:
        self.root = root
        self.clock = VirtualClock()
        self.pane = TimelinePane(root, viewer(), look, self.clock.monotonic)
        self.pane.pack(fill="both", expand=True)
        root.update()
        self.view = ConversationView(WITH_BOB, newest=count, unread=0, watching=True)
        self.view.apply([Reset(tuple(item(seq) for seq in range(1, count + 1)))])
        self.pane.show(self.view, "No messages yet")
        root.update()
        self.clock.elapse(1)

    @property
    def seen(self) -> tuple[int, ...]:
        """The messages that can be seen as a whole."""
        self.root.update()
        return self.pane.seen(displayed=True, active=True, is_fetching=False)

    def add(self, *items: Item) -> None:
        for message in items:
            self.view.apply([Insert(len(self.view.items), message)])
        self.pane.changed()
        self.root.update()

    def press(self, words: str) -> None:
        x, y = place_of(self.pane.sheet, words)
        click(self.pane.sheet, int(x) + 1, int(y) + 1)


@pytest.fixture
def talk(root: tk.Tk, look: Look) -> Talk:
    return Talk(root, look)


def test_a_conversation_opens_at_its_end_and_new_messages_come_into_view(talk: Talk) -> None:
    assert talk.seen[-1] == 200

    talk.add(item(201))

    assert talk.seen[-1] == 201
    assert talk.pane.is_at_end
    assert "text 201" in written(talk.pane.sheet)


def test_who_reads_further_up_is_not_torn_away_and_comes_back_when_they_want(talk: Talk) -> None:
    talk.pane.wheel(20)
    above = talk.seen

    talk.add(item(201))

    assert above[-1] < 200
    assert (talk.seen, talk.pane.is_at_end) == (above, False)
    talk.pane.to_newest()
    assert talk.seen[-1] == 201


def test_a_page_up_leaves_a_little_of_what_was_there_and_a_page_down_comes_back(talk: Talk) -> None:
    before = talk.seen

    talk.pane.page(1)
    above = talk.seen
    talk.pane.page(-1)

    assert before[0] - 1 <= above[-1] < before[-1]
    assert talk.seen == before


def test_the_oldest_message_is_reached_and_older_ones_are_wanted_near_it(talk: Talk) -> None:
    far = talk.pane.is_near_top

    talk.pane.to_oldest()

    assert (far, talk.seen[0], talk.pane.is_near_top) == (False, 1, True)
    assert NEAR_TOP < 190


def test_the_wheel_and_the_scrollbar_scroll(talk: Talk) -> None:
    end = talk.seen
    talk.pane.sheet.event_generate("<Button-4>")
    assert talk.seen[-1] < end[-1]
    talk.pane.sheet.event_generate("<Button-5>")
    assert talk.seen == end

    bar = talk.pane._bar
    bar.event_generate("<ButtonPress-1>", x=3, y=bar.winfo_height() - 5)
    bar.event_generate("<B1-Motion>", x=3, y=0, state=0x100)
    assert talk.seen[0] == 1


def test_what_nobody_can_see_is_not_read(talk: Talk) -> None:
    assert talk.seen
    assert talk.pane.seen(displayed=False, active=True, is_fetching=False) == ()


def test_without_messages_a_sentence_says_why(root: tk.Tk, look: Look) -> None:
    talk = Talk(root, look, count=0)
    said = written(talk.pane.sheet)

    talk.pane.show(None, "Choose a conversation")

    assert said == ["No messages yet"]
    assert written(talk.pane.sheet) == ["Choose a conversation"]
    assert (talk.seen, talk.pane.is_at_end, talk.pane.item_at(5)) == ((), True, None)


def test_a_press_picks_a_message_and_another_one_lets_go_of_it(talk: Talk) -> None:
    talk.press("text 199")
    picked = talk.view.picked

    talk.press("text 199")

    assert (picked, talk.view.picked) == (key_of(item(199)), None)


def test_keys_pick_the_message_above_and_below(talk: Talk) -> None:
    picked = []
    for steps in (1, 1, -1):
        talk.pane.pick(steps)
        picked.append(talk.view.picked)

    assert picked == [key_of(item(200)), key_of(item(199)), key_of(item(200))]


def test_a_press_on_a_word_of_a_refused_message_does_what_it_says_and_picks_nothing(talk: Talk) -> None:
    pressed: list[tuple[str, str]] = []
    talk.pane.on_press = lambda message, action: pressed.append((message.text, action))
    talk.add(item(201, "not like this", ItemState.REFUSED, own=True))
    talk.clock.elapse(1)

    talk.press("Try again")
    talk.press("Discard")

    assert pressed == [("not like this", "retry"), ("not like this", "discard")]
    assert talk.view.picked is None


def test_a_press_on_what_has_just_moved_means_the_message_that_stood_there(talk: Talk) -> None:
    y = int(place_of(talk.pane.sheet, "text 200")[1])

    talk.add(item(201))
    at_once = talk.pane.item_at(y)
    talk.clock.elapse(1)
    later = talk.pane.item_at(y)

    assert at_once == item(200)
    assert later == item(201)


def test_what_somebody_asked_for_themselves_is_what_they_aim_at_as_soon_as_they_see_it(talk: Talk) -> None:
    y = int(place_of(talk.pane.sheet, "text 200")[1])

    talk.pane.expect()
    talk.add(item(201))

    assert talk.pane.item_at(y) == item(201)


def test_larger_text_and_other_colours_are_drawn_at_once(talk: Talk, look: Look) -> None:
    before = len(talk.seen)

    look.fonts.resize(20)
    look.theme.use(dark=True)

    assert len(talk.seen) < before
    assert talk.seen[-1] == 200
    assert talk.pane.sheet.cget("background") == look.palette.background
    assert look.fonts.heights[TEXT] > 20
