"""How many colours a terminal has, and what the parts of the screen look like in them."""

import pytest
from chatcore_cli.style import colour_depth, style
from prompt_toolkit.output import ColorDepth


def test_true_colours_are_used_where_the_terminal_says_it_has_them() -> None:
    assert colour_depth({"COLORTERM": "truecolor"}) is ColorDepth.TRUE_COLOR
    assert colour_depth({"COLORTERM": "truecolor", "NO_COLOR": "1"}) is None
    assert colour_depth({}) is None


@pytest.mark.parametrize(
    ("terminal", "depth"),
    [
        ("xterm-16color", ColorDepth.DEPTH_4_BIT),
        ("screen-16color", ColorDepth.DEPTH_4_BIT),
        ("xterm-8color", ColorDepth.DEPTH_4_BIT),
        ("linux", ColorDepth.DEPTH_4_BIT),
        ("vt220", ColorDepth.DEPTH_1_BIT),
        ("xterm-mono", ColorDepth.DEPTH_1_BIT),
        ("xterm-256color", None),
        ("screen", None),
    ],
)
def test_a_terminal_that_says_it_has_few_colours_is_sent_no_others(terminal: str, depth: ColorDepth | None) -> None:
    assert colour_depth({"TERM": terminal}) is depth
    assert colour_depth({"TERM": terminal, "NO_COLOR": "1"}) is None


def test_without_colours_parts_are_told_apart_by_attributes_alone() -> None:
    plain = style(ColorDepth.DEPTH_1_BIT)

    for _, attributes in plain.style_rules:
        assert "#" not in attributes
        assert "ansi" not in attributes
    found = plain.get_attrs_for_style_str("class:row.found")
    assert found.reverse
    assert found != plain.get_attrs_for_style_str("class:row.name")


@pytest.mark.parametrize("depth", [ColorDepth.DEPTH_8_BIT, ColorDepth.DEPTH_24_BIT])
def test_bubbles_bring_their_own_ground(depth: ColorDepth) -> None:
    own, theirs = (style(depth).get_attrs_for_style_str(f"class:{side}") for side in ("own", "theirs"))

    assert own.bgcolor
    assert theirs.bgcolor
    assert own.bgcolor != theirs.bgcolor
