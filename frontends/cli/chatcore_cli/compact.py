"""The compact layout: a message begins in one line with its time, its sign and its sender."""

from __future__ import annotations

from chatcore import Item, ItemState
from chatcore.view.lines import Bubble
from chatcore.view.separators import Separators

from .cells import cut, steady, width, wrap
from .render import Line, Piece, picked_line, sender_style, separator_lines, text_lines

_CLOCK = len("12:00")
_INDENT = _CLOCK + 4
_MOST_OF_SENDER = 20


def compact_lines(
    item: Item, bubble: Bubble, separators: Separators, *, cells: int, picked: bool, hint: str = "", links: bool = True
) -> list[Line]:
    """Lay out a message with what stands before it, in lines of `cells` cells; `hint` follows a refusal's reason."""
    dim = "class:dim"
    sign = "class:compact.unread" if item.state is ItemState.UNREAD else dim
    sender = cut(
        steady(f"{bubble.sender} {bubble.account}".rstrip()), min(_MOST_OF_SENDER, max(1, cells - _INDENT - 3))
    )
    head = [
        Piece(dim, f"{bubble.time[-_CLOCK:]:>{_CLOCK}} "),
        Piece(sign, f"{bubble.ticks:<2} "),
        Piece("class:compact.own" if bubble.own else f"class:compact {sender_style(item.sender)}", sender),
        Piece(dim, f" ({bubble.told})" if bubble.told else ""),
        Piece("", " "),
    ]
    used = sum(piece.cells for piece in head)
    lines = _filled(head, used, steady(bubble.text), cells, links=links)
    if item.state is ItemState.REFUSED or bubble.has_reason:
        what_to_do = f" {hint}" if item.state is ItemState.REFUSED else ""
        reason = wrap(f"{bubble.ticks} {steady(bubble.status)}.{what_to_do}", max(4, cells - _INDENT))
        lines += [[Piece("", " " * _INDENT), Piece("class:error", line)] for line in reason]
    drawn = [_to_the_end(line, cells) for line in lines]
    return separator_lines(separators, cells) + [picked_line(line) if picked else line for line in drawn]


def _filled(head: list[Piece], used: int, text: str, cells: int, *, links: bool) -> list[list[Piece]]:
    """Put a text behind the head, and on below an indent."""
    indent = [Piece("", " " * _INDENT)]
    room = max(4, cells - _INDENT)
    # The first line has less room: what stands for the head takes it, and is taken away again.
    stand_in = "\u2588" * max(0, used - _INDENT)
    first, *others = text_lines(stand_in + text, room, links=links)
    whole = "".join(piece.text for piece in first)
    if used + 4 > cells or not whole.startswith(stand_in):
        return [head, *([*indent, *line] for line in text_lines(text, room, links=links))]
    return [[*head, *_without(first, len(stand_in))], *([*indent, *line] for line in others)]


def _without(line: list[Piece], count: int) -> list[Piece]:
    rest = []
    for piece in line:
        rest.append(Piece(piece.style, piece.text[count:], piece.address))
        count = max(0, count - len(piece.text))
    return rest


def _to_the_end(line: list[Piece], cells: int) -> Line:
    drawn: Line = [fragment for piece in line for fragment in piece.fragments()]
    return [*drawn, ("", " " * max(0, cells - sum(width(piece.text) for piece in line)))]
