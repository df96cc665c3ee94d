"""Colours: what each part of the screen looks like, in colour and without."""

from __future__ import annotations

from collections.abc import Mapping

from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

SENDER_COLOURS = 6
"""How many colours there are to tell senders apart."""

# Bubbles bring their own background, so that they look alike on dark and light terminals; everything outside them
# keeps the terminal's colours.
_COLOURS = {
    "dim": "ansibrightblack",
    "header": "bg:#1f2c3a #ffffff",
    "header.dim": "#9fb3c8",
    "rule": "ansibrightblack",
    "jump": "bg:#2f6ea5 #ffffff",
    "day": "ansibrightblack",
    "unread-line": "#e0a030 bold",
    "prompt": "#2f8fd0 bold",
    "own": "bg:#2b5278 #ffffff",
    "own.head": "#a9d1f5",
    "own.sender": "bold #d7ebff",
    "own.read": "#7fe0a0 bold",
    "own.bar": "#5fb0f0",
    "theirs": "bg:#2a3038 #f0f0f0",
    "theirs.head": "#98a4b0",
    "theirs.bar": "#7c8894",
    "theirs.unread": "#ffc060 bold",
    "refused": "#ff9090 bold",
    "picked": "bg:#54427f",
    "row.name": "",
    "row.name.unread": "bold",
    "row.dim": "ansibrightblack",
    "row.selected": "bg:#2b5278 #ffffff",
    "row.selected.dim": "#c0d4e8",
    "row.found": "bg:#4a3f6b #ffffff",
    "row.found.dim": "#d0c8e8",
    "dot.active": "#30c060 bold",
    "dot.inactive": "ansibrightblack",
    "badge": "bg:#2f8fd0 #ffffff bold",
    "status": "bg:#1f2c3a #c8d4e0",
    "status.online": "#60d080",
    "status.trouble": "bg:#8a5a00 #ffffff bold",
    "status.notice": "#ffe08a",
    "completion-menu.completion": "bg:#2a3038 #f0f0f0",
    "completion-menu.completion.current": "bg:#2b5278 #ffffff",
    "help.key": "bold",
    "help.title": "bold underline",
    "field": "bg:#2a3038 #f0f0f0",
    "error": "#ff6060 bold",
    "button.focused": "bg:#2f8fd0 #ffffff bold",
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
    "button.focused": "reverse",
    **{f"sender.{number}": "bold" for number in range(SENDER_COLOURS)},
}


def colour_depth(environ: Mapping[str, str]) -> ColorDepth | None:
    """Give how many colours the terminal says it has; None where the library is to decide, as with NO_COLOR."""
    if environ.get("NO_COLOR") or environ.get("PROMPT_TOOLKIT_COLOR_DEPTH"):
        return None
    return ColorDepth.TRUE_COLOR if environ.get("COLORTERM") in {"truecolor", "24bit"} else None


def style(depth: ColorDepth) -> Style:
    """Give the style for a terminal with so many colours."""
    return Style.from_dict(_PLAIN if depth is ColorDepth.DEPTH_1_BIT else _COLOURS)
