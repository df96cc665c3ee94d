"""The colours: each is one, and what is written can be read on what is behind it."""

import re

import attrs
import pytest
from chatcore_tk.palette import DARK, LIGHT, Palette

TEXTS = [
    ("text", "background"), ("text", "field"), ("text", "selected"), ("text", "hovered"), ("text", "other"),
    ("text", "refused"), ("faint", "background"), ("faint", "field"), ("own_text", "own"), ("danger", "background"),
    ("on_warning", "warning"), ("primary", "background"),
]  # fmt: skip
SIGNS = [
    ("on_primary", "primary"), ("primary", "other"), ("own_faint", "own"), ("faint", "other"), ("faint", "selected"),
    ("danger", "refused"),
]  # fmt: skip
"""What is small beside a text: badges, times, status."""


def light_of(colour: str) -> float:
    """Return the relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((light_of(one), light_of(other)))
    return (light + 0.05) / (dark + 0.05)


both = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


@both
def test_every_colour_is_one_for_tk_and_for_pillow(palette: Palette) -> None:
    colours = {name: value for name, value in attrs.asdict(palette).items() if name != "is_dark"}

    assert [name for name, value in colours.items() if not re.fullmatch("#[0-9a-f]{6}", value)] == []


@both
@pytest.mark.parametrize(("pairs", "least"), [(TEXTS, 4.5), (SIGNS, 3.0)], ids=["texts", "signs"])
def test_what_is_written_stands_out_from_what_is_behind_it_as_much_as_wcag_asks(
    palette: Palette, pairs: list[tuple[str, str]], least: float
) -> None:
    contrasts = {(ink, ground): contrast(getattr(palette, ink), getattr(palette, ground)) for ink, ground in pairs}

    assert {pair: found for pair, found in contrasts.items() if found < least} == {}


@both
def test_a_dark_palette_writes_light_on_dark(palette: Palette) -> None:
    assert (light_of(palette.background) < light_of(palette.text)) is palette.is_dark
