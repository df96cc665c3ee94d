"""Draws what is being written as every terminal draws it alike; the text itself stays as it was written."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.formatted_text.utils import fragment_list_to_text
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput

from .cells import steady


class SteadyProcessor(Processor):
    """Takes joined emoji apart on the screen, as `steady` does: else the cursor is where nobody expects it."""

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """Return the line as it is drawn, and how the places in both belong together."""
        text = fragment_list_to_text(transformation_input.fragments)
        if steady(text) == text:
            return Transformation(transformation_input.fragments)
        drawn: StyleAndTextTuples = [
            (fragment[0], steady(fragment[1]), *fragment[2:]) for fragment in transformation_input.fragments
        ]
        # Each character is drawn as one or as none.
        before = list(accumulate((len(steady(character)) for character in text), initial=0))

        def to_display(place: int) -> int:
            beyond = max(0, place - len(text))
            return before[place - beyond] + beyond

        def to_source(place: int) -> int:
            beyond = max(0, place - before[-1])
            return bisect_right(before, place - beyond) - 1 + beyond

        return Transformation(drawn, to_display, to_source)
