"""Read states against a plain set of what was read."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import attrs
from hypothesis import given
from hypothesis import strategies as st

from chatcore.domain.ids import UserId
from chatcore.domain.read_states import ReadState, runs_of

ME, OTHER = UserId("a" * 16), UserId("b" * 16)


@attrs.frozen
class Story:
    """A log, when its reader joined, and what they marked."""

    own: Sequence[bool]
    "For each message whether it is the reader's own."
    joined: int
    "The last message before the reader joined; none of those is the reader's own."
    marks: Sequence[Sequence[int]]
    "Requests, each with some seqs of others."

    def others(self) -> set[int]:
        return {seq for seq, own in enumerate(self.own, 1) if not own}

    def own_before(self, seqs: Iterable[int], bound: int = 0) -> Mapping[int, int]:
        """Count own messages directly before each seq, down to a bound."""
        before = {}
        for seq in seqs:
            at = seq - 1
            while at > bound and self.own[at - 1]:
                at -= 1
            before[seq] = seq - 1 - at
        return before

    def told(self) -> ReadState:
        """Tell it to a read state."""
        state = ReadState.joining(self.joined, self.joined)
        for seqs in self.marks:
            state, _ = state.mark(seqs, self.own_before(seqs))
        return state


@st.composite
def stories(draw: st.DrawFn) -> Story:
    joined = draw(st.integers(0, 5))
    own = [False] * joined + draw(st.lists(st.booleans(), max_size=25))
    others = [seq for seq, is_own in enumerate(own, 1) if not is_own]
    ranges = st.lists(st.sampled_from(others), min_size=2, max_size=2).map(
        lambda ends: [seq for seq in others if min(ends) <= seq <= max(ends)]
    )
    requests = st.lists(st.sampled_from(others), min_size=1, max_size=4) | ranges
    return Story(own, joined, draw(st.lists(requests, max_size=12)) if others else [])


@given(stories())
def test_what_is_read_is_what_was_marked_and_what_was_there_before(story: Story) -> None:
    state = story.told()

    read = {seq for seqs in story.marks for seq in seqs} | set(range(1, story.joined + 1))
    assert {seq for seq in story.others() if state.has(seq)} == read
    assert state.read == len(read)


@given(stories())
def test_a_mark_names_just_what_was_not_read_before(story: Story) -> None:
    state = ReadState.joining(story.joined, story.joined)
    read = set(range(1, story.joined + 1))
    for seqs in story.marks:
        after, new = state.mark(seqs, story.own_before(seqs))

        assert new == tuple(sorted(set(seqs) - read))
        assert after.version == state.version + bool(new)
        assert after is state or new
        read.update(seqs)
        state = after


@given(stories(), st.data())
def test_every_order_of_marks_leads_to_the_same(story: Story, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(story.marks))
    singly = [[seq] for seqs in shuffled for seq in seqs]

    ends = [attrs.evolve(story, marks=marks).told() for marks in (story.marks, shuffled, singly)]

    assert len({attrs.evolve(end, version=0) for end in ends}) == 1


@given(stories())
def test_the_runs_are_the_fewest_that_say_it(story: Story) -> None:
    state = story.told()

    unread = {seq for seq in story.others() if not state.has(seq)}
    edges = [state.cursor, *(seq for run in state.runs for seq in run)]
    assert edges == sorted(edges)
    for end, (first, _) in zip([state.cursor, *(end for _, end in state.runs)], state.runs, strict=False):
        assert first - 1 in unread
        assert first - 1 > end


@given(stories())
def test_own_messages_need_to_be_counted_only_down_to_the_cursor(story: Story) -> None:
    state = ReadState.joining(story.joined, story.joined)
    for seqs in story.marks:
        bounded = state.mark(seqs, story.own_before(seqs, state.cursor))
        state, new = state.mark(seqs, story.own_before(seqs))

        assert bounded == (state, new)


@given(stories(), st.integers(-2, 40), st.integers(-2, 40))
def test_a_clipped_state_says_the_same_between_its_ends(story: Story, first: int, end: int) -> None:
    state = story.told()

    clipped = state.clipped(first, end)

    covered = [seq for a, b in clipped for seq in range(a, b + 1)]
    assert covered == [seq for seq in range(max(first, 1), end + 1) if state.has(seq)]


def test_when_everything_is_read_only_the_cursor_is_left() -> None:
    own = [False, True, True, False, False, True, False]
    story = Story(own, 0, [[7], [1], [5], [4]])

    assert story.told() == ReadState(cursor=7, read=4, version=4)


def test_who_joins_has_read_what_counts_and_marked_nothing() -> None:
    state = ReadState.joining(9, 7)

    assert (state.cursor, state.read, state.version) == (9, 7, 0)
    assert state.has(9)
    assert not state.has(10)


@given(st.sets(st.integers(1, 60)))
def test_runs_cover_just_the_seqs_they_are_made_of(seqs: set[int]) -> None:
    runs = runs_of(seqs)

    assert [seq for first, end in runs for seq in range(first, end + 1)] == sorted(seqs)
    assert all(later[0] > earlier[1] + 1 for earlier, later in pairwise(runs))
