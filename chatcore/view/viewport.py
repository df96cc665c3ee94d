"""Which part of a long column of blocks is in view. It asks for the heights of no more blocks than it meets."""

from __future__ import annotations

from collections.abc import Callable

import attrs

HeightOf = Callable[[int], int]
"""Gives how many lines the block at an index takes; at least one."""


@attrs.frozen
class Slice:
    """The lines of one block that are in view."""

    index: int
    start: int
    stop: int
    "Past the last line."


@attrs.define
class Viewport:
    """A view on the end of a column, or held at a place further up by the block at its lower edge."""

    bottom: int | None = None
    "The block at the lower edge; None: the view stays with the end, whatever comes."
    below: int = 0
    "How many of that block's lines are hidden under the edge."

    @property
    def at_end(self) -> bool:
        """Whether the view stays with the end."""
        return self.bottom is None

    def to_end(self) -> None:
        """Stay with the end from now on."""
        self.bottom, self.below = None, 0

    def slices(self, count: int, height: int, height_of: HeightOf) -> list[Slice]:
        """Return what is in view, from above. A view that reaches beyond the first block moves down to fill itself."""
        found, room = self._walk_up(count, height, height_of)
        if room and not self.at_end:
            self.scroll(-room, count, height, height_of)
            found, _ = self._walk_up(count, height, height_of)
        return found[::-1]

    def scroll(self, lines: int, count: int, height: int, height_of: HeightOf) -> None:
        """Go up by so many lines (down where negative), and no further than the ends of the column."""
        if not count:
            return
        bottom, below = self._edge(count)
        below = min(below, height_of(bottom) - 1) + lines  # the block may have become lower since
        while below < 0 and bottom < count - 1:
            bottom += 1
            below += height_of(bottom)
        while bottom > 0 and below >= height_of(bottom):
            below -= height_of(bottom)
            bottom -= 1
        self.hold(bottom, max(0, min(below, height_of(bottom) - 1)), count)
        if lines > 0:
            self._rest_on_top(count, height, height_of)

    def show_first(self, index: int, count: int, height: int, height_of: HeightOf) -> None:
        """Put the first line of a block at the upper edge, or stay with the end where that shows it too."""
        room = height
        for bottom in range(index, count):
            room -= height_of(bottom)
            if room <= 0:
                self.hold(bottom, -room, count)
                return
        self.to_end()

    def hold(self, bottom: int, below: int, count: int) -> None:
        """Put the block `bottom` at the lower edge with so many of its lines hidden."""
        at_end = bottom == count - 1 and below == 0
        self.bottom, self.below = (None, 0) if at_end else (bottom, below)

    def inserted(self, index: int) -> None:
        """A block was put before the one at `index`."""
        if self.bottom is not None and index <= self.bottom:
            self.bottom += 1

    def removed(self, index: int) -> None:
        """The block at `index` went away."""
        if self.bottom is None or index > self.bottom:
            return
        if index == self.bottom:
            self.below = 0
        self.bottom = max(0, self.bottom - 1)

    def _edge(self, count: int) -> tuple[int, int]:
        if self.bottom is None:
            return count - 1, 0
        return min(self.bottom, count - 1), self.below

    def _walk_up(self, count: int, height: int, height_of: HeightOf) -> tuple[list[Slice], int]:
        """Collect from the lower edge up; give the lines that stay empty above the first block too."""
        index, hidden = self._edge(count)
        found: list[Slice] = []
        while index >= 0 and height > 0:
            whole = height_of(index)
            stop = max(1, whole - hidden)
            start = max(0, stop - height)
            found.append(Slice(index, start, stop))
            height -= stop - start
            index, hidden = index - 1, 0
        return found, height

    def _rest_on_top(self, count: int, height: int, height_of: HeightOf) -> None:
        _, room = self._walk_up(count, height, height_of)
        if room:
            self.scroll(-room, count, height, height_of)
