"""How many colours a terminal has, and what the parts of the screen look like in them."""

import pytest
from chatcore_cli.style import colour_depth, style
from prompt_toolkit.output import ColorDepth

from chatcore.view.senders import COLOURS
from tests.contrast import contrast

THEMES = {
    "black": "000000", "white": "ffffff", "ubuntu": "300a24", "solarized dark": "002b36", "solarized light": "fdf6e3",
    "dracula": "282a36", "gruvbox dark": "282828", "gruvbox light": "fbf1c7", "nord": "2e3440", "one dark": "282c34",
    "one light": "fafafa", "monokai": "272822", "tokyo night": "1a1b26", "catppuccin mocha": "1e1e2e",
    "catppuccin latte": "eff1f5",
}  # fmt: skip
"""The grounds of the themes that most terminals come with, or are given."""

ON_THE_TERMINAL_S_GROUND = (
    "dim", "rule", "day", "unread-line", "prompt", "row.dim", "row.draft", "dot.active", "dot.inactive", "error",
    "button.default",
)  # fmt: skip

SENDERS = " ".join(f"sender.{number}" for number in range(COLOURS))
TEXTS = {
    "header": "header.dim",
    "own": "own.head own.sender own.read refused",
    "theirs": f"theirs.head theirs.unread refused {SENDERS}",
    "own picked": "own.head own.sender own.read refused",
    "theirs picked": f"theirs.head theirs.unread refused {SENDERS}",
    "row.selected": "row.selected.dim badge",
    "row.found": "row.found.dim badge",
    "status": "status.online status.trouble status.notice",
    "field": "",
    "button": "button.focused",
    "jump": "",
    "completion-menu.completion": "completion-menu.completion.current",
}
"""What is written in a part of the screen that has a ground of its own; the plain text of it too."""

MARKS = {
    "header": "dot.active dot.inactive",
    "row.selected": "dot.active dot.inactive",
    "row.found": "dot.active dot.inactive",
    "own": "own.bar",
    "theirs": "theirs.bar",
    "own picked": "own.bar",
    "theirs picked": "theirs.bar",
}


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


def test_what_stands_on_the_terminal_s_own_ground_is_seen_in_every_usual_theme() -> None:
    colours = {
        part: style(ColorDepth.DEPTH_24_BIT).get_attrs_for_style_str(f"class:{part}")
        for part in ON_THE_TERMINAL_S_GROUND
    }
    hardly = [
        (part, theme)
        for part, found in colours.items()
        for theme, ground in THEMES.items()
        if contrast(f"#{found.color}", f"#{ground}") < 3.0
    ]

    assert hardly == []


@pytest.mark.parametrize(("parts", "least"), [(TEXTS, 4.5), (MARKS, 3.0)], ids=["texts", "marks"])
def test_what_is_drawn_on_a_ground_of_ours_stands_out_as_much_as_wcag_asks(parts: dict[str, str], least: float) -> None:
    colours = style(ColorDepth.DEPTH_24_BIT)
    hardly = []
    for ground, inks in parts.items():
        base = " ".join(f"class:{part}" for part in ground.split())
        for ink in ["", *inks.split()]:
            found = colours.get_attrs_for_style_str(f"{base} class:{ink}" if ink else base)
            if found.bgcolor and found.color and contrast(f"#{found.color}", f"#{found.bgcolor}") < least:
                hardly.append((ground, ink))

    assert hardly == []
