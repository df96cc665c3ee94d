"""The colours: each is one, and what is written can be read on what is behind it."""

import re

import attrs
import pytest
from chatcore_tk.palette import DARK, LIGHT, Palette

from chatcore.view.senders import COLOURS
from tests.contrast import contrast, luminance

TEXTS = {
    "text": "background field selected hovered other refused",
    "faint": "background field selected hovered other",
    "primary": "background hovered other own refused",
    "danger": "background refused",
    "own_text": "own",
    "own_faint": "own",
    "on_primary": "primary",
    "on_warning": "warning",
}
"""What is written, on what."""

MARKS = {
    "active": "background selected hovered",
    "inactive": "background selected hovered",
    "border": "background field",
    "thumb": "background",
    "primary": "background selected field",
}
"""What only has to be seen: dots, the edge of a field, the ring of a chosen row."""

GROUNDS = {"own", "other", "refused", "selected", "hovered", "background", "field", "warning"}


both = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


@both
def test_every_colour_is_one_for_tk_and_for_pillow(palette: Palette) -> None:
    colours = {name: value for name, value in attrs.asdict(palette).items() if name not in {"is_dark", "senders"}}
    colours |= {f"sender {number}": colour for number, colour in enumerate(palette.senders)}

    assert [name for name, value in colours.items() if not re.fullmatch("#[0-9a-f]{6}", value)] == []


@both
@pytest.mark.parametrize(("pairs", "least"), [(TEXTS, 4.5), (MARKS, 3.0)], ids=["texts", "marks"])
def test_what_is_drawn_stands_out_from_what_is_behind_it_as_much_as_wcag_asks(
    palette: Palette, pairs: dict[str, str], least: float
) -> None:
    contrasts = {
        (ink, ground): contrast(getattr(palette, ink), getattr(palette, ground))
        for ink, grounds in pairs.items()
        for ground in grounds.split()
    }

    assert {pair: found for pair, found in contrasts.items() if found < least} == {}


def test_no_colour_is_left_out() -> None:
    assert {*TEXTS, *MARKS, *GROUNDS} == set(attrs.asdict(LIGHT)) - {"is_dark", "senders", "on_sender", "seam"}


@both
def test_a_dark_palette_writes_light_on_dark(palette: Palette) -> None:
    assert (luminance(palette.background) < luminance(palette.text)) is palette.is_dark


@both
def test_senders_have_colours_of_their_own_that_can_be_read_on_their_bubbles(palette: Palette) -> None:
    assert len(set(palette.senders)) == COLOURS
    assert [colour for colour in palette.senders if contrast(colour, palette.other) < 4.5] == []


@both
def test_initials_can_be_read_on_the_colour_of_every_sender(palette: Palette) -> None:
    assert [colour for colour in palette.senders if contrast(colour, palette.on_sender) < 4.5] == []
