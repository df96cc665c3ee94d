"""The look of a window."""

import attrs
import pytest
from chatcore_tk.look import Look
from chatcore_tk.palette import DARK, LIGHT

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


def test_pixels_of_the_design_grow_with_the_screen_s_and_never_vanish(look: Look) -> None:
    fine = attrs.evolve(look, scale=1.5)

    assert [look.px(10), fine.px(10), fine.px(3)] == [10, 15, 4]
    assert attrs.evolve(look, scale=0.5).px(0.4) == 1


def test_the_palette_is_the_theme_s_at_the_moment(look: Look) -> None:
    before = look.palette
    look.theme.use(dark=True)

    assert (before, look.palette) == (LIGHT, DARK)
