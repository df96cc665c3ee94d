"""A timeline: one unbroken stretch, how far each message has come, and the changes that lead to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatcore import (
    ClientId,
    ConversationId,
    Insert,
    Item,
    ItemState,
    Message,
    Move,
    Remove,
    Reset,
    Update,
    UserId,
    apply_changes,
)
from chatcore.client.timeline import Timeline
from chatcore.wire.limits import MAX_STRETCH

HERE = ConversationId("d.a.b")
ME, BOB = UserId("me"), UserId("bob")


def message(seq: int, sender: UserId = BOB) -> Message:
    return Message(HERE, seq, sender, ClientId(f"c{seq}"), f"message {seq}", seq * 1_000, seq, seq, seq)


def messages(first: int, last: int) -> list[Message]:
    return [message(seq) for seq in range(first, last + 1)]


def waiting(name: str, state: ItemState = ItemState.WAITING) -> Item:
    return Item(HERE, None, ClientId(name), ME, f"text of {name}", 1, state)


def loaded(*held: Message, at_beginning: bool = False) -> Timeline:
    timeline = Timeline(HERE, ME, [])
    timeline.load(held, 0, more=not at_beginning, shown=held[-1].seq if held else 0, waiting=[])
    timeline.take_changes()
    return timeline


def states(timeline: Timeline) -> list[ItemState]:
    return [item.state for item in timeline.items]


def seqs(timeline: Timeline) -> list[int | None]:
    return [item.seq for item in timeline.items]


# ---- loading


def test_before_it_is_loaded_a_timeline_shows_what_waits() -> None:
    timeline = Timeline(HERE, ME, [waiting("c1")])

    assert timeline.items == [waiting("c1")]
    assert not timeline.is_loaded


def test_the_newest_page_begins_it() -> None:
    timeline = Timeline(HERE, ME, [])

    timeline.load(messages(4, 6), 2, more=True, shown=6, waiting=[waiting("c9")])

    assert seqs(timeline) == [4, 5, 6, None]
    assert (timeline.first, timeline.last, timeline.version, timeline.is_at_beginning) == (4, 6, 2, False)
    assert timeline.take_changes() == [Reset(tuple(timeline.items))]


def test_messages_that_came_while_it_was_loaded_join_the_page() -> None:
    timeline = Timeline(HERE, ME, [])
    for early in messages(6, 7):
        timeline.show(early)

    timeline.load(messages(3, 5), 0, more=True, shown=7, waiting=[])

    assert seqs(timeline) == [3, 4, 5, 6, 7]


def test_a_page_that_was_read_before_what_was_shown_is_not_enough() -> None:
    timeline = Timeline(HERE, ME, [])

    timeline.load(messages(3, 5), 0, more=True, shown=7, waiting=[])

    assert not timeline.is_loaded
    timeline.load(messages(3, 7), 0, more=True, shown=7, waiting=[])
    assert seqs(timeline) == [3, 4, 5, 6, 7]


def test_what_came_early_is_shown_without_a_hole() -> None:
    timeline = Timeline(HERE, ME, [])
    for early in messages(8, 9):
        timeline.show(early)

    timeline.load(messages(3, 5), 0, more=True, shown=9, waiting=[])

    assert seqs(timeline) == [8, 9]
    assert not timeline.is_at_beginning


def test_an_empty_conversation_is_at_its_beginning() -> None:
    timeline = Timeline(HERE, ME, [])

    timeline.load([], -1, more=False, shown=0, waiting=[])

    assert timeline.is_loaded
    assert timeline.is_at_beginning
    assert timeline.items == []


def test_a_post_whose_message_is_on_the_page_does_not_wait_any_more() -> None:
    timeline = Timeline(HERE, ME, [waiting("c2"), waiting("c3")])

    timeline.load([message(1), message(2, ME)], 0, more=False, shown=2, waiting=[waiting("c2"), waiting("c3")])

    assert [(item.seq, item.client_id) for item in timeline.items] == [(1, "c1"), (2, "c2"), (None, "c3")]


def test_the_version_of_a_page_counts_only_where_the_page_says_it_of_all_messages() -> None:
    timeline = Timeline(HERE, ME, [])
    timeline.show(message(6))

    timeline.load(messages(3, 5), 4, more=True, shown=6, waiting=[])

    assert timeline.version == -1
    assert timeline.is_behind(0)


def test_unloading_begins_anew_with_what_waits() -> None:
    timeline = loaded(*messages(1, 3))

    timeline.unload([waiting("c9")])

    assert timeline.take_changes() == [Reset((waiting("c9"),))]
    assert (timeline.is_loaded, timeline.version, timeline.first, timeline.last) == (False, -1, 0, 0)


# ---- growing


def test_the_next_message_is_put_before_what_waits() -> None:
    timeline = loaded(message(1))
    timeline.wait(waiting("c9"))
    timeline.take_changes()

    timeline.show(message(2))

    assert seqs(timeline) == [1, 2, None]
    assert timeline.take_changes() == [Insert(1, timeline.items[1])]


@pytest.mark.parametrize("seq", [1, 2, 4, 9])
def test_a_message_that_is_not_the_next_is_passed_over(seq: int) -> None:
    timeline = loaded(message(1), message(2))

    timeline.show(message(seq))

    assert seqs(timeline) == [1, 2]


def test_the_answer_turns_the_waiting_post_into_the_message() -> None:
    timeline = loaded(message(1))
    timeline.wait(waiting("c2"))
    timeline.take_changes()

    timeline.show(message(2, ME))

    assert [(item.seq, item.state) for item in timeline.items] == [(1, ItemState.UNREAD), (2, ItemState.SENT)]
    assert timeline.take_changes() == [Update(1, timeline.items[1])]


def test_a_later_post_that_is_answered_first_moves_up() -> None:
    timeline = loaded(message(1))
    for name in ("refused", "c2"):
        timeline.wait(waiting(name))
    timeline.take_changes()

    timeline.show(message(2, ME))

    assert [item.client_id for item in timeline.items] == ["c1", "c2", "refused"]
    assert timeline.take_changes() == [Move(2, 1, timeline.items[1])]


def test_a_message_of_another_user_with_the_same_client_id_answers_nothing() -> None:
    timeline = loaded(message(1))
    timeline.wait(waiting("c2"))

    timeline.show(message(2, BOB))

    assert seqs(timeline) == [1, 2, None]


def test_a_post_that_turns_out_to_be_shown_already_waits_no_more() -> None:
    timeline = loaded(message(1), message(2, ME))
    timeline.wait(waiting("c2"))
    timeline.take_changes()

    timeline.bind(message(2, ME))

    assert seqs(timeline) == [1, 2]
    assert timeline.take_changes() == [Remove(2)]


def test_a_post_whose_message_is_still_to_be_shown_goes_on_waiting() -> None:
    timeline = loaded(message(1))
    timeline.wait(waiting("c5"))

    timeline.bind(message(5, ME))

    assert seqs(timeline) == [1, None]


def test_an_older_page_is_put_before() -> None:
    timeline = loaded(*messages(4, 5))

    timeline.prepend(messages(2, 3), 0, more=True)

    assert seqs(timeline) == [2, 3, 4, 5]
    assert timeline.take_changes() == [Insert(0, timeline.items[0]), Insert(1, timeline.items[1])]
    assert not timeline.is_at_beginning


def test_with_the_last_older_page_it_is_at_its_beginning() -> None:
    timeline = loaded(*messages(3, 4))

    timeline.prepend(messages(1, 2), 0, more=False)

    assert timeline.is_at_beginning


def test_an_older_page_that_does_not_join_is_passed_over() -> None:
    timeline = loaded(*messages(8, 9))

    timeline.prepend(messages(1, 3), 0, more=False)

    assert seqs(timeline) == [8, 9]
    assert not timeline.is_at_beginning


def test_a_refused_post_shows_its_refusal_in_its_place() -> None:
    timeline = loaded(message(1))
    for name in ("c7", "c8"):
        timeline.wait(waiting(name))
    timeline.take_changes()

    timeline.change_waiting(waiting("c7", ItemState.REFUSED))
    timeline.change_waiting(waiting("unknown", ItemState.REFUSED))

    assert states(timeline) == [ItemState.UNREAD, ItemState.REFUSED, ItemState.WAITING]
    assert timeline.take_changes() == [Update(1, waiting("c7", ItemState.REFUSED))]


# ---- what is read


def test_messages_of_others_are_unread_until_they_are_marked() -> None:
    timeline = loaded(*messages(1, 4))

    timeline.mark([(2, 3)])

    assert states(timeline) == [ItemState.UNREAD, ItemState.READ, ItemState.READ, ItemState.UNREAD]
    assert timeline.unread_among([1, 2, 3, 4, 5, 0, -1]) == [1, 4]


def test_own_messages_are_read_when_somebody_has_read_them() -> None:
    timeline = loaded(message(1, ME), message(2, ME), message(3))

    timeline.receive([(1, 2)])
    timeline.mark([(1, 3)])

    assert [(item.state, item.readers) for item in timeline.items] == [
        (ItemState.READ, 2),
        (ItemState.SENT, 0),
        (ItemState.READ, 0),
    ]
    assert timeline.unread_among([1, 2]) == []


def test_numbers_of_readers_never_go_down() -> None:
    timeline = loaded(message(1, ME))
    timeline.receive([(1, 3)])
    timeline.take_changes()

    timeline.receive([(1, 2)])

    assert timeline.items[0].readers == 3
    assert timeline.take_changes() == []


def test_what_is_told_before_its_message_comes_is_kept() -> None:
    timeline = loaded(message(1))
    timeline.mark([(2, 2)])
    timeline.receive([(3, 1)])

    timeline.show(message(2))
    timeline.show(message(3, ME))

    assert states(timeline) == [ItemState.UNREAD, ItemState.READ, ItemState.READ]


def test_the_next_version_is_taken_over_and_a_gap_is_asked_about() -> None:
    timeline = loaded(*messages(1, 3))

    timeline.mark_next([(1, 1)], 1)
    up_to_date = timeline.is_behind(1)
    timeline.mark_next([(3, 3)], 3)

    assert not up_to_date
    assert (timeline.version, timeline.is_behind(3)) == (1, True)
    assert states(timeline) == [ItemState.READ, ItemState.UNREAD, ItemState.READ]


def test_an_old_version_changes_no_version() -> None:
    timeline = loaded(*messages(1, 3))
    timeline.mark_next([(1, 1)], 1)

    timeline.mark_next([(1, 1)], 1)

    assert timeline.version == 1


def test_read_states_are_asked_for_in_stretches_from_the_newest_down() -> None:
    timeline = loaded(*messages(1, 2 * MAX_STRETCH + 10))

    asked = []
    while timeline.is_behind(5):
        stretch = timeline.next_stretch()
        asked.append(stretch)
        timeline.refreshed(stretch, 5 + len(asked))

    assert asked == [(MAX_STRETCH + 11, 2 * MAX_STRETCH + 10), (11, MAX_STRETCH + 10), (1, 10)]
    assert timeline.version == 6  # of the first answer: the others were read later


def test_a_refresh_is_asked_for_even_where_the_version_is_right() -> None:
    timeline = loaded(*messages(1, 3))

    timeline.refresh()

    assert timeline.is_behind(0)
    timeline.refreshed(timeline.next_stretch(), 0)
    assert not timeline.is_behind(0)


def test_the_answer_to_a_question_that_was_not_asked_is_passed_over() -> None:
    timeline = loaded(*messages(1, 3))

    timeline.refreshed((1, 3), 9)

    assert timeline.version == 0


def test_nothing_is_asked_about_an_empty_or_unloaded_timeline() -> None:
    timeline = Timeline(HERE, ME, [])
    timeline.refresh()

    assert not timeline.is_behind(5)
    timeline.load([], -1, more=False, shown=0, waiting=[])
    timeline.refresh()
    assert not timeline.is_behind(5)


# ---- changes applied = timeline


class Play:
    """A timeline, what was done to it, and what a frontend shows of it."""

    def __init__(self) -> None:
        self.timeline = Timeline(HERE, ME, [])
        self.shown: list[Item] = []
        self.newest = 10
        self.outbox: list[Item] = []
        self.read: set[int] = set()
        self.readers: dict[int, int] = {}

    def sender(self, seq: int) -> UserId:
        return ME if seq % 3 == 0 else BOB

    def span(self, first: int, last: int) -> list[Message]:
        return [message(seq, self.sender(seq)) for seq in range(max(1, first), last + 1)]

    def next(self, _: int) -> None:
        self.newest += 1
        new = message(self.newest, self.sender(self.newest))
        self.timeline.show(new)
        if self.timeline.is_loaded and new.sender == ME:
            self.outbox = [item for item in self.outbox if item.client_id != new.client_id]

    def write(self, at: int) -> None:
        item = waiting(f"c{3 * (self.newest // 3 + 1 + at)}")
        if item.client_id not in [each.client_id for each in self.outbox]:
            self.outbox.append(item)
            self.timeline.wait(item)

    def refuse(self, at: int) -> None:
        if self.outbox:
            at %= len(self.outbox)
            self.outbox[at] = waiting(str(self.outbox[at].client_id), ItemState.REFUSED)
            self.timeline.change_waiting(self.outbox[at])

    def drop(self, at: int) -> None:
        if self.outbox:
            self.timeline.drop_waiting(self.outbox.pop(at % len(self.outbox)).client_id)

    def load(self, at: int) -> None:
        if not self.timeline.is_loaded:
            page = self.span(self.newest - at, self.newest)
            self.timeline.load(page, 0, more=page[0].seq > 1, shown=self.newest, waiting=self.outbox)
            held = {m.client_id for m in self.timeline.messages if m.sender == ME}
            self.outbox = [item for item in self.outbox if item.client_id not in held]

    def older(self, at: int) -> None:
        if self.timeline.is_loaded and self.timeline.first > 1:
            page = self.span(self.timeline.first - 1 - at, self.timeline.first - 1)
            self.timeline.prepend(page, 0, more=page[0].seq > 1)

    def unload(self, _: int) -> None:
        self.timeline.unload(self.outbox)

    def mark(self, at: int) -> None:
        self.read |= {at, at + 1}
        self.timeline.mark([(at, at + 1)])

    def receive(self, at: int) -> None:
        self.readers[at] = max(self.readers.get(at, 0), at % 4)
        self.timeline.receive([(at, at % 4)])

    def retell(self, _: int) -> None:
        self.timeline.retell()

    def state(self, seq: int) -> ItemState:
        if self.sender(seq) == ME:
            return ItemState.READ if self.readers.get(seq) else ItemState.SENT
        return ItemState.READ if seq in self.read else ItemState.UNREAD

    def look(self) -> None:
        apply_changes(self.shown, self.timeline.take_changes())
        assert self.shown == self.timeline.items

    def check(self) -> None:
        timeline = self.timeline
        held = [m.seq for m in timeline.messages]
        assert held == list(range(held[0], held[-1] + 1) if held else [])
        assert [item.seq for item in timeline.items] == [*held, *[None] * len(self.outbox)]
        assert timeline.items[len(held) :] == self.outbox
        assert states(timeline)[: len(held)] == [self.state(seq) for seq in held]
        if timeline.is_loaded:
            assert timeline.last == self.newest


Act = Callable[[Play, int], None]
ACTS: list[Act] = [
    Play.next,
    Play.write,
    Play.refuse,
    Play.drop,
    Play.load,
    Play.older,
    Play.unload,
    Play.mark,
    Play.receive,
]


steps = st.tuples(st.sampled_from([*ACTS, Play.retell, Play.next, Play.load]), st.integers(0, 12), st.booleans())


@settings(max_examples=150)
@given(st.lists(steps, max_size=40))
def test_whatever_happens_the_changes_lead_to_the_timeline(steps: list[tuple[Act, int, bool]]) -> None:
    play = Play()

    for act, at, looks in steps:
        act(play, at)
        play.check()
        if looks:
            play.look()

    play.look()
