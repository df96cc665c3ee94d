"""Colours: what each part of the screen looks like, in colour and without."""

from __future__ import annotations

import re
from collections.abc import Mapping

from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from chatcore.view.senders import COLOURS

# Not the terminal's own bright black: some palettes make that the colour of the ground.
_GREY = "#808080"

_BAND_GROUNDS = ("header", "row.selected", "row.found")
"""Bands of a ground of their own in which there are dots."""

# Bubbles bring their own background, so that they look alike on dark and light terminals; everything outside them
# keeps the terminal's colours.
_COLOURS = {
    "dim": _GREY,
    "header": "bg:#1f2c3a #ffffff",
    "header.dim": "#9fb3c8",
    "rule": _GREY,
    "jump": "bg:#2f6ea5 #ffffff",
    "day": _GREY,
    "unread-line": "#a87614 bold",
    "prompt": "#2f8fd0 bold",
    "own": "bg:#2b5278 #ffffff",
    "own.head": "#a9d1f5",
    "own.sender": "bold #d7ebff",
    "own.read": "#7fe0a0 bold",
    "own.bar": "#5fb0f0",
    "theirs": "bg:#2a3038 #f0f0f0",
    "theirs.head": "#a0acb8",
    "theirs.bar": "#7c8894",
    "theirs.unread": "#ffc060 bold",
    "refused": "#ffb4b4 bold",
    "link": "underline",
    "compact.own": "bold",
    "compact.unread": "#a87614 bold",
    "compact sender.0": "bold #2f8fd0",
    "compact sender.1": "bold #3d9a50",
    "compact sender.2": "bold #a87614",
    "compact sender.3": "bold #b565b0",
    "compact sender.4": "bold #d2604f",
    "compact sender.5": "bold #2a9a92",
    "picked": "bg:#403068",
    "row.name": "",
    "row.name.unread": "bold",
    "row.dim": _GREY,
    "row.draft": "#a87614",
    "row.selected": "bg:#2b5278 #ffffff",
    "row.selected.dim": "#c0d4e8",
    "row.found": "bg:#4a3f6b #ffffff",
    "row.found.dim": "#d0c8e8",
    "dot.active": "#1f9048 bold",
    "dot.inactive": _GREY,
    **{f"{ground} dot.active": "#8ff0b0 bold" for ground in _BAND_GROUNDS},
    **{f"{ground} dot.inactive": "#c0d4e8" for ground in _BAND_GROUNDS},
    "badge": "bg:#1f72b0 #ffffff bold",
    "status": "bg:#1f2c3a #c8d4e0",
    "status.online": "#60d080",
    "status.trouble": "bg:#8a5a00 #ffffff bold",
    "status.notice": "#ffe08a",
    "completion-menu.completion": "bg:#2a3038 #f0f0f0",
    "completion-menu.completion.current": "bg:#2b5278 #ffffff",
    "help.key": "bold",
    "help.title": "bold underline",
    "field": "bg:#2a3038 #f0f0f0",
    "error": "#d85050 bold",
    "button.default": "bold #2f8fd0",
    "button.focused": "bg:#1f72b0 #ffffff bold",
    "sender.0": "bold #7cc7ff",
    "sender.1": "bold #8fe0a0",
    "sender.2": "bold #f5c06a",
    "sender.3": "bold #e59ce0",
    "sender.4": "bold #f59a8f",
    "sender.5": "bold #7fe0d8",
}

# Where there are no colours, these few are told apart by attributes.
_PLAIN = {
    "header": "reverse",
    "jump": "reverse",
    "unread-line": "bold",
    "prompt": "bold",
    "own.sender": "bold",
    "theirs.sender": "bold",
    "refused": "bold",
    "picked": "reverse",
    "link": "underline",
    "compact.own": "bold",
    "compact.unread": "bold",
    "row.name.unread": "bold",
    "row.selected": "reverse",
    "row.found": "reverse",
    "badge": "bold",
    "status": "reverse",
    "completion-menu.completion": "",
    "completion-menu.completion.current": "reverse",
    "help.key": "bold",
    "help.title": "bold underline",
    "field": "underline",
    "error": "bold",
    "button.default": "bold",
    "button.focused": "reverse",
    **{f"sender.{number}": "bold" for number in range(COLOURS)},
}


# Where there are 16 or 8, every terminal has its own idea of them: only where nothing else has a colour are they the
# letters' on the terminal's ground, and one pair that is apart in all palettes makes grounds. The rest is attributes.
_PAIR = "bg:ansiblue ansiwhite"
_REVERSED = ("header", "row.selected", "row.found", "status")
_FEW_COLOURS = {
    **_PLAIN,
    "own": _PAIR,
    "badge": f"{_PAIR} bold",
    "completion-menu.completion": _PAIR,
    "prompt": "ansiblue bold",
    "refused": "ansired bold",
    "error": "ansired bold",
    "own refused": "ansiwhite bold",
    "dot.active": "ansigreen bold",
    **{f"{ground} dot.active": "ansidefault" for ground in _REVERSED},
    "sender.0": "ansiblue bold",
    "sender.1": "ansigreen bold",
    "sender.2": "ansired bold",
    "sender.3": "ansimagenta bold",
    "sender.4": "ansicyan bold",
    "sender.5": "bold",
}

_STYLES = {ColorDepth.DEPTH_1_BIT: _PLAIN, ColorDepth.DEPTH_4_BIT: _FEW_COLOURS}

_has_few_colours = re.compile(r"(.*-)?(8|16|88)color|linux(-.*)?|cons25|ansi|rxvt|eterm-color").fullmatch
_has_none = re.compile(r"vt\d+.*|.*-(m|mono)|dumb").fullmatch


def colour_depth(environ: Mapping[str, str]) -> ColorDepth | None:
    """Return how many colours the terminal says it has; None where the library is to decide, as with NO_COLOR."""
    terminal = environ.get("TERM", "")
    if environ.get("NO_COLOR") or environ.get("PROMPT_TOOLKIT_COLOR_DEPTH"):
        return None
    if _has_none(terminal):
        return ColorDepth.DEPTH_1_BIT
    if _has_few_colours(terminal):
        return ColorDepth.DEPTH_4_BIT
    return ColorDepth.TRUE_COLOR if environ.get("COLORTERM") in {"truecolor", "24bit"} else None


def style(depth: ColorDepth, own: Mapping[str, str] | None = None) -> Style:
    """Return the style for a terminal with this many colours. `own`: what somebody wants of theirs instead."""
    return Style.from_dict({**_STYLES.get(depth, _COLOURS), **(own or {})})


def can_be_styled(name: str, look: str) -> bool:
    """Return whether there is such a part of the screen, and it can look like that."""
    try:
        Style.from_dict({name: look})
    except ValueError:
        return False
    return name in _COLOURS
