"""What rows and messages look like: the library's words laid out in coloured cells."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from prompt_toolkit.formatted_text import StyleAndTextTuples

from chatcore import Item, ItemState, UserId
from chatcore.view.lines import Bubble, RowLine
from chatcore.view.links import places
from chatcore.view.senders import colour_of
from chatcore.view.separators import Separators

from .cells import cut, pad, share, steady, width, wrap
from .hyperlinks import linked

Line = StyleAndTextTuples

MIN_BUBBLE, MAX_BUBBLE = 20, 76
DOTS = {True: "●", False: "○"}
NO_DOT = "×"
"In the place of the dot of somebody to whom nobody can write."
_BAR = "▎"
_OWN_BAR = "▕"
_INDENT = " "
"Before each line of a text: so that none looks like a head, which begins at the bar, whatever somebody writes."


@attrs.frozen
class Piece:
    """A piece of one style in a line."""

    style: str
    text: str
    address: str = ""
    "Where it leads; empty for nowhere."

    @property
    def cells(self) -> int:
        """How many cells it takes."""
        return width(self.text)

    def fragments(self, base: str = "") -> Line:
        """Return it as the toolkit draws it, on the style `base`."""
        style = base + self.style
        return linked(style, self.text, self.address) if self.address else [(style, self.text)]


def message_lines(
    item: Item, bubble: Bubble, separators: Separators, *, cells: int, picked: bool, hint: str = "", links: bool = True
) -> list[Line]:
    """Lay out a message with what stands before it, in lines of `cells` cells; `hint` follows a refusal's reason."""
    lines = separator_lines(separators, cells)
    room = bubble_width(cells)
    parts = [_fitted(_head(item, bubble), room)]
    text = text_lines(steady(bubble.text), room - len(_INDENT), links=links)
    parts += [[Piece("", _INDENT), *line] for line in text]
    if item.state is ItemState.REFUSED or bubble.has_reason:
        what_to_do = f" {hint}" if item.state is ItemState.REFUSED else ""
        reason = f"{bubble.ticks} {steady(bubble.status)}.{what_to_do}"
        parts += [[Piece("class:refused", line)] for line in wrap(reason, room)]
    inner = max(sum(part.cells for part in line) for line in parts)
    placed = (_placed(line, inner, cells, own=bubble.own) for line in parts)
    return lines + [picked_line(line) if picked else line for line in placed]


def separator_lines(separators: Separators, cells: int) -> list[Line]:
    """Lay out what stands before a message."""
    day = [rule(separators.day, cells, "class:day")] if separators.day else []
    return day + ([rule(separators.unread, cells, "class:unread-line")] if separators.unread else [])


def text_lines(text: str, cells: int, *, links: bool) -> list[list[Piece]]:
    """Break a text into lines, and those where there are links in it."""
    lines = wrap(text, cells)
    found = places(text, lines) if links and "://" in text else [[] for _ in lines]
    return [_apart(line, links_) for line, links_ in zip(lines, found, strict=True)]


def _apart(line: str, links: list[tuple[int, int, str]]) -> list[Piece]:
    """Take a line apart where its links begin and end."""
    pieces, done = [], 0
    for start, stop, address in links:
        pieces += [Piece("", line[done:start]), Piece("class:link", line[start:stop], address)]
        done = stop
    return [*pieces, Piece("", line[done:])]


def rule(text: str, cells: int, style: str) -> Line:
    """Return a line with a text in its middle."""
    text = cut(f" {steady(text)} ", cells)
    left = (cells - width(text)) // 2
    return [(style, "─" * left + text + "─" * (cells - left - width(text)))]


def row_lines(line: RowLine, cells: int, *, selected: bool, found: bool) -> list[Line]:
    """Lay out a line of the list: name and time, and under it preview and badge where there are any."""
    base = "class:row.found " if found else "class:row.selected " if selected else ""
    dim = base + ("class:row.found.dim" if found else "class:row.selected.dim" if selected else "class:row.dim")
    dot = base + ("class:dot.active" if line.active else "class:dot.inactive")
    name = base + ("class:row.name.unread" if line.badge else "class:row.name")
    name = dim if line.is_disabled else name
    time = f" {line.time} " if line.time else " "
    room = cells - 3 - width(time)
    shown, account = share(steady(line.name), line.account, room)
    filling = " " * (room - width(shown) - width(account))
    first: Line = [(base, ">" if found else " "), (dot, NO_DOT if line.is_disabled else DOTS[line.active])]
    first += [(name, f" {shown}"), (dim, f" {account}{filling[1:]}" if account else filling), (dim, time)]
    lines = [first]
    if line.preview or line.badge:
        badge = f" {line.badge} " if line.badge else ""
        draft = cut(f"{line.draft} ", cells - 4 - width(badge)) if line.draft else ""
        preview = pad(steady(line.preview), cells - 4 - width(badge) - width(draft))
        begun = dim if base else "class:row.draft"
        lines.append([(dim, "   "), (begun, draft), (dim, preview), (base + "class:badge", badge), (base, " ")])
    return lines


def sender_style(sender: UserId) -> str:
    """Return the colour of a sender, always the same for the same id."""
    return f"class:sender.{colour_of(sender)}"


def bubble_width(cells: int) -> int:
    """Return how wide the text of a bubble may be: narrower than the column, so that left and right are apart."""
    return max(min(MIN_BUBBLE, cells - 4), min(MAX_BUBBLE, cells * 4 // 5 - 4))


def _head(item: Item, bubble: Bubble) -> list[Piece]:
    """Say who, when, and how far it has come."""
    dim = "class:own.head" if bubble.own else "class:theirs.head"
    sender = "class:own.sender" if bubble.own else sender_style(item.sender)
    sign = {ItemState.READ: "class:own.read" if bubble.own else dim, ItemState.UNREAD: "class:theirs.unread"}
    account = bubble.account and f" {bubble.account}"
    parts = [Piece(sender, steady(bubble.sender)), Piece(dim, account), Piece(dim, f"  {bubble.time}")]
    return parts + [Piece(sign.get(item.state, dim), f" {said}") for said in (bubble.ticks, bubble.told) if said]


def _fitted(parts: list[Piece], cells: int) -> list[Piece]:
    """Shorten the sender's names where the line is too long, so that time and state are there; then the end."""
    sender, account, *others = parts
    room = max(1, cells - sum(part.cells for part in others))
    name, beside = share(sender.text, account.text[1:], room)
    names = attrs.evolve(sender, text=name), attrs.evolve(account, text=beside and f" {beside}")
    fitted = []
    for part in (*names, *others):
        fitted.append(attrs.evolve(part, text=cut(part.text, cells)))
        cells -= fitted[-1].cells
    return fitted


def picked_line(line: Line) -> Line:
    """Mark a line of a bubble; what is beside the bubble has no style."""
    return [(f"{style} class:picked" if style else "", text) for style, text, *_ in line]


def _placed(parts: Sequence[Piece], inner: int, cells: int, *, own: bool) -> Line:
    """Put a line of a bubble on its side of the column."""
    base = "class:own " if own else "class:theirs "
    text: Line = [fragment for part in parts for fragment in part.fragments(base)]
    filling = " " * (inner - sum(part.cells for part in parts) + 1)
    if own:
        left = " " * (cells - inner - 3)
        return [("", left), (base, " "), *text, (base, filling), (f"{base}class:own.bar", _OWN_BAR)]
    return [(f"{base}class:theirs.bar", _BAR), *text, (base, filling)]
