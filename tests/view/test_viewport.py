"""Which part of a long column is in view."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from chatcore.view.viewport import HeightOf, Slice, Viewport

heights_ = st.lists(st.integers(1, 7), min_size=1, max_size=30)


def lines_in_view(viewport: Viewport, heights: list[int], height: int) -> list[tuple[int, int]]:
    """The view as lines: index of the block and number of the line in it."""
    slices = viewport.slices(len(heights), height, heights.__getitem__)
    return [(part.index, line) for part in slices for line in range(part.start, part.stop)]


def all_lines(heights: list[int]) -> list[tuple[int, int]]:
    return [(index, line) for index, height in enumerate(heights) for line in range(height)]


def test_at_first_the_end_is_in_view() -> None:
    assert Viewport().slices(3, 4, [2, 2, 3].__getitem__) == [Slice(1, 1, 2), Slice(2, 0, 3)]


def test_a_short_column_is_all_in_view() -> None:
    assert lines_in_view(Viewport(), [1, 2], 10) == all_lines([1, 2])


@given(heights_, st.integers(1, 12), st.lists(st.integers(-9, 9), max_size=8))
def test_the_view_is_what_scrolling_over_all_lines_would_show(
    heights: list[int], height: int, steps: list[int]
) -> None:
    lines = all_lines(heights)
    last = max(0, len(lines) - height)
    top, viewport = last, Viewport()

    for step in steps:
        viewport.scroll(step, len(heights), height, heights.__getitem__)
        top = min(max(0, top - step), last)

    assert lines_in_view(viewport, heights, height) == lines[top : top + height]
    assert viewport.at_end == (top == last)


@given(heights_, st.integers(1, 6), st.integers(1, 200), st.integers(7, 20))
def test_a_view_that_grows_is_filled_from_below_where_nothing_is_above(
    heights: list[int], height: int, step: int, taller: int
) -> None:
    viewport = Viewport()
    viewport.scroll(step, len(heights), height, heights.__getitem__)

    seen = lines_in_view(viewport, heights, taller)

    assert len(seen) == min(taller, sum(heights))


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=9), st.integers(1, 12),
       st.integers(1, 60))  # fmt: skip
def test_a_view_whose_blocks_change_their_heights_is_filled(
    changes: list[tuple[int, int]], height: int, step: int
) -> None:
    before, after = [old for old, _ in changes], [new for _, new in changes]
    viewport = Viewport()
    viewport.scroll(step, len(before), height, before.__getitem__)

    seen = lines_in_view(viewport, after, height)

    assert len(seen) == min(height, sum(after))


@given(heights_, heights_, st.integers(1, 12), st.integers(1, 40))
def test_blocks_put_before_the_first_leave_the_view_as_it_was(
    heights: list[int], older: list[int], height: int, step: int
) -> None:
    viewport = Viewport()
    viewport.scroll(step, len(heights), height, heights.__getitem__)
    before = lines_in_view(viewport, heights, height)

    for index in range(len(older)):
        viewport.inserted(index)

    after = lines_in_view(viewport, older + heights, height)
    assert [(index - len(older), line) for index, line in after][-len(before) :] == before


def test_blocks_put_at_the_end_leave_a_view_further_up_as_it_was() -> None:
    heights = [2] * 10
    viewport = Viewport()
    viewport.scroll(4, 10, 6, heights.__getitem__)
    before = lines_in_view(viewport, heights, 6)

    viewport.inserted(10)

    assert lines_in_view(viewport, [*heights, 5], 6) == before


def test_blocks_put_at_the_end_come_into_a_view_of_the_end() -> None:
    assert lines_in_view(Viewport(), [2, 2, 1], 3) == [(1, 0), (1, 1), (2, 0)]


def test_a_view_held_by_a_block_that_goes_away_is_held_by_the_one_before() -> None:
    viewport = Viewport()
    viewport.hold(3, 0, 6)

    viewport.removed(3)
    viewport.removed(0)

    assert viewport.bottom == 1


@given(heights_, st.integers(1, 12), st.data())
def test_a_block_can_be_put_at_the_upper_edge(heights: list[int], height: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(heights) - 1))
    viewport = Viewport()

    viewport.show_first(index, len(heights), height, heights.__getitem__)

    seen = lines_in_view(viewport, heights, height)
    assert seen[0] == (index, 0) or viewport.at_end
    assert (index, 0) in seen or len(seen) == height


def test_no_more_blocks_are_looked_at_than_are_in_view() -> None:
    met: list[int] = []

    viewport = Viewport()
    viewport.slices(20_000, 50, counting(met))
    viewport.scroll(48, 20_000, 50, counting(met))
    viewport.slices(20_000, 50, counting(met))

    assert len(set(met)) < 120


def counting(met: list[int]) -> HeightOf:
    def height_of(index: int) -> int:
        met.append(index)
        return 1

    counted: Callable[[int], int] = height_of
    return counted
