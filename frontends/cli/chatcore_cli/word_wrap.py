"""Breaks what is being written between words: the toolkit itself breaks wherever a line is full."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.formatted_text.utils import fragment_list_to_text
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput
from prompt_toolkit.layout.utils import explode_text_fragments

from .cells import pieces, width


class WordWrap(Processor):
    """Fills up with spaces each line that the next word does not fit into, so that the toolkit's break is before it.

    The space at which a full line is broken is not drawn: it would be the next line's first cell.
    """

    def __init__(self, indent: int) -> None:
        """`indent` is how many cells stand before each line."""
        self._indent = indent

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """Return the line as it is drawn, and how the places in both belong together."""
        fragments = transformation_input.fragments
        text, room = fragment_list_to_text(fragments), transformation_input.width - self._indent
        if room < 2 or width(text) <= room:  # noqa: PLR2004 - a wide character takes two
            return Transformation(fragments)
        drawn: StyleAndTextTuples = []
        places: list[int] = []
        end = 0
        for (style, character, *rest), gap in zip(explode_text_fragments(fragments), _gaps(text, room), strict=True):
            shown = "" if gap is None else " " * gap + character
            places.append(end + (gap or 0))
            end += len(shown)
            drawn.append((style, shown, *rest))  # type: ignore[arg-type]  # with the handler, where there is one
        places.append(end)

        def to_display(place: int) -> int:
            return places[min(place, len(text))] + max(0, place - len(text))

        def to_source(place: int) -> int:
            return max(0, bisect_right(places, min(place, end)) - 1) + max(0, place - end)

        return Transformation(drawn, to_display, to_source)


def _gaps(text: str, room: int) -> Iterator[int | None]:
    """Give for each character how many cells are left empty before it; None where it is not drawn."""
    used = 0
    for piece in pieces(text):
        size = width(piece)
        gap = room - used if used and not piece.isspace() and used + size > room >= size else 0
        used = 0 if gap else used
        for character in piece:
            size = width(character)
            if used + size > room:
                used = 0
                if character.isspace():
                    yield None
                    continue
            yield gap
            gap, used = 0, used + size
