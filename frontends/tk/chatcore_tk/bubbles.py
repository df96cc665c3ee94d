"""Lays out a message: what stands before it, and its bubble with text, time and status."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from chatcore import Item, ItemState
from chatcore.domain.conversations import kind_of
from chatcore.view.bidi import Drawn
from chatcore.view.language import Language
from chatcore.view.lines import Bubble
from chatcore.view.links import places
from chatcore.view.senders import colour_of
from chatcore.view.sentences import sentence
from chatcore.view.separators import Separators

from .avatar import avatar, colour_for
from .directions import lines_drawn
from .fonts import SMALL, SMALL_BOLD, TEXT
from .grid import EDGE, PAD, RADIUS, STEP
from .look import Look
from .sheet import Shape, box, moved, signs, text
from .wrapping import Lines, share

WIDEST = 640
"""Pixels of the design that a bubble takes at most: longer lines are hard to read."""

SHARE = 0.78
"""Of the width of the conversation that a bubble takes at most."""

GAP, CLOSE = 12, 4
"""Pixels of the design between two messages, and between those that belong together."""


@attrs.frozen
class Block:
    """A message with what stands before it, drawn from y = 0 down."""

    height: int
    shapes: tuple[Shape, ...]
    top: int
    "Where the bubble begins."
    links: tuple[tuple[tuple[int, int, int, int], str], ...] = ()
    "What can be pressed: left, top, right, bottom, and the name of the action, or the address of a link."


@attrs.frozen(kw_only=True)
class _Content:
    """The parts of a bubble, broken into lines."""

    own: bool
    state: ItemState
    sender: str
    account: str
    "Stands beside the sender's name; empty where it does not."
    account_x: int
    sender_colour: str
    body: Lines
    drawn: Sequence[Drawn]
    "Its lines where some of it is written to the left, else none."
    links: tuple[tuple[int, int, int, str], ...]
    "In the body: the line, from which character to which, and where it leads."
    foot: str
    reason: Lines | None
    actions: tuple[tuple[str, str], ...]
    width: int


def lay_out(
    item: Item, words: Bubble, before: Separators, *, width: int, picked: bool, language: Language, look: Look
) -> Block:
    """Lay out a message for a conversation that is `width` pixels wide."""
    shapes: list[Shape] = []
    below = look.px(CLOSE) // 2
    top = below if before.goes_on else look.px(GAP) - below
    for part in (_day(before.day, width, look), _line(before.unread, width, look)):
        shapes += [moved(shape, top) for shape in part[1]]
        top += part[0]
    edge = look.px(EDGE)
    has_avatar = not words.own and kind_of(item.conversation).names_senders
    start = edge + look.avatar + look.px(STEP) if has_avatar else edge
    content = _content(item, words, width - start - edge, language, look)
    left = width - content.width - edge if words.own else start
    height, drawn, links = _bubble(content, left, top, picked=picked, look=look)
    if has_avatar and not before.goes_on:
        colour = colour_for(item.sender, look.palette)
        shapes += avatar(edge, top, look.avatar, words.initials, colour, look)
    return Block(top + height + below, (*shapes, *drawn), top, tuple(links))


# ---- what stands before


def _day(day: str, width: int, look: Look) -> tuple[int, list[Shape]]:
    if not day:
        return 0, []
    height = look.fonts.heights[SMALL]
    middle = width // 2
    return height + look.px(GAP) * 2, [
        text(middle, look.px(GAP), day, SMALL, look.palette.faint, "n"),
    ]


def _line(words: str, width: int, look: Look) -> tuple[int, list[Shape]]:
    if not words:
        return 0, []
    height, colour = look.fonts.heights[SMALL_BOLD], look.palette.primary
    half = look.fonts.rulers[SMALL_BOLD].width(words) // 2 + look.px(PAD)
    y, middle = height // 2 + look.px(GAP) // 2, width // 2
    thin = look.px(1)
    return height + look.px(GAP) * 2, [
        box(look.px(EDGE), y, middle - half, y + thin, colour),
        box(middle + half, y, width - look.px(EDGE), y + thin, colour),
        text(middle, look.px(GAP) // 2, words, SMALL_BOLD, colour, "n"),
    ]


# ---- the bubble


def _content(item: Item, words: Bubble, width: int, language: Language, look: Look) -> _Content:
    """Break the parts of a bubble into lines. `width`: between the edges of the conversation."""
    room = max(look.px(80), min(look.px(WIDEST), int(width * SHARE))) - 2 * look.px(PAD)
    rulers = look.fonts.rulers
    body = rulers[TEXT].wrap(words.text, room)
    gap = look.px(5) if words.account else 0
    sender, account = share(words.sender, words.account, room - gap, (rulers[SMALL_BOLD], rulers[SMALL]))
    account_x = rulers[SMALL_BOLD].width(sender) + gap
    refused = item.state is ItemState.REFUSED
    reason = rulers[SMALL].wrap(sentence(words.status), room) if words.has_reason else None
    actions = (("retry", language.gettext("Try again")), ("discard", language.gettext("Discard"))) if refused else ()
    foot = _foot(words)
    widths = [
        body.width,
        account_x + rulers[SMALL].width(account),
        rulers[SMALL].width(foot),
        reason.width if reason else 0,
    ]
    widths.append(sum(rulers[SMALL_BOLD].width(label) + look.px(GAP) for _, label in actions))
    return _Content(
        own=words.own,
        state=item.state,
        sender=sender,
        account=account,
        account_x=account_x,
        sender_colour=look.palette.own_faint if words.own else look.palette.senders[colour_of(item.sender)],
        body=body,
        drawn=lines_drawn(words.text, lambda paragraph: rulers[TEXT].wrap(paragraph, room).lines),
        links=tuple(
            (number, *link) for number, found in enumerate(places(words.text, list(body.lines))) for link in found
        )
        if "://" in words.text
        else (),
        foot=foot,
        reason=reason,
        actions=actions,
        width=max(widths) + 2 * look.px(PAD),
    )


def _foot(words: Bubble) -> str:
    """Write time and status: the sign, and words where they belong beside it."""
    told = f" · {words.told}" if words.told else " " if words.own else ""
    return f"{words.time}{told} {words.ticks}".rstrip()


def _bubble(
    content: _Content, left: int, top: int, *, picked: bool, look: Look
) -> tuple[int, list[Shape], list[tuple[tuple[int, int, int, int], str]]]:
    heights, pad = look.fonts.heights, look.px(PAD)
    y = top + look.px(STEP)
    shapes = [text(left + pad, y, content.sender, SMALL_BOLD, content.sender_colour)]
    if content.account:
        shapes.append(text(left + pad + content.account_x, y, content.account, SMALL, look.palette.faint))
    y += heights[SMALL_BOLD] + look.px(1)
    shapes += _body(content, left + pad, y, look)
    addresses = list(_addresses(content, left + pad, y, look))
    for (x, top_, right, bottom), _, words in addresses:
        shapes.append(box(x, top_, right, bottom, _ground(content, look)))
        shapes.append(signs(x, bottom, words, TEXT, look.palette.primary, "sw"))
        shapes.append(box(x, bottom - look.px(2), right, bottom - look.px(1), look.palette.primary))
    y += heights[TEXT] * len(content.body.lines)
    if content.reason:
        colour = look.palette.danger if content.state is ItemState.REFUSED else look.palette.own_faint
        shapes.append(text(left + pad, y, "\n".join(content.reason.lines), SMALL, colour))
        y += heights[SMALL] * len(content.reason.lines)
    links = list(_links(content, left + pad, y, look))
    shapes += [text(link[0], link[1], label, SMALL_BOLD, look.palette.primary) for link, _, label in links]
    y += heights[SMALL_BOLD] if links else 0
    y += look.px(2)
    foot_font, foot_colour = _foot_style(content, look)
    shapes.append(text(left + content.width - pad, y, content.foot, foot_font, foot_colour, "ne"))
    y += heights[SMALL] + look.px(7)
    card = look.pictures.card(left, top, content.width, y - top, look.px(RADIUS), _ground(content, look))
    ring = _ring(left, top, content.width, y - top, look) if picked else []
    return y - top, [*ring, *card, *shapes], [(link, action) for link, action, _ in (*links, *addresses)]


def _body(content: _Content, x: int, y: int, look: Look) -> Iterator[Shape]:
    """Write the text; paragraphs that begin at the right stand there."""
    colour = _text_colour(content, look)
    if not content.drawn:
        yield signs(x, y, "\n".join(content.body.lines), TEXT, colour)
    for number, line in enumerate(content.drawn):
        yield signs(_start(content, number, x, look), y + number * look.fonts.heights[TEXT], line.text, TEXT, colour)


def _start(content: _Content, number: int, x: int, look: Look) -> int:
    """Return where a line of the text begins at its left."""
    if not content.drawn or content.drawn[number].is_rightwards:
        return x
    room = content.width - 2 * look.px(PAD)
    return x + room - look.fonts.rulers[TEXT].width(content.drawn[number].text)


def _addresses(content: _Content, x: int, y: int, look: Look) -> Iterator[tuple[tuple[int, int, int, int], str, str]]:
    """Return the places of the links in the text, where they lead and what stands there."""
    ruler, high = look.fonts.rulers[TEXT], look.fonts.heights[TEXT]
    for number, start, stop, address in content.links:
        line = content.body.lines[number]
        if content.drawn:
            start, stop = content.drawn[number].place(start, stop)  # noqa: PLW2901 - the same, as it is drawn
            line = content.drawn[number].text
        begin = _start(content, number, x, look)
        left, right = begin + ruler.width(line[:start]), begin + ruler.width(line[:stop])
        yield (left, y + number * high, right, y + (number + 1) * high), address, line[start:stop]


def _links(content: _Content, x: int, y: int, look: Look) -> Iterator[tuple[tuple[int, int, int, int], str, str]]:
    for action, label in content.actions:
        wide = look.fonts.rulers[SMALL_BOLD].width(label)
        yield (x, y, x + wide, y + look.fonts.heights[SMALL_BOLD]), action, label
        x += wide + look.px(GAP)


def _ring(left: int, top: int, width: int, height: int, look: Look) -> list[Shape]:
    thick = look.px(2)
    return look.pictures.card(
        left - thick,
        top - thick,
        width + 2 * thick,
        height + 2 * thick,
        look.px(RADIUS) + thick,
        look.palette.primary,
    )


def _ground(content: _Content, look: Look) -> str:
    if content.state is ItemState.REFUSED:
        return look.palette.refused
    return look.palette.own if content.own else look.palette.other


def _text_colour(content: _Content, look: Look) -> str:
    return look.palette.own_text if content.own and content.state is not ItemState.REFUSED else look.palette.text


def _foot_style(content: _Content, look: Look) -> tuple[str, str]:
    match content.state:
        case ItemState.UNREAD:
            return SMALL_BOLD, look.palette.primary
        case ItemState.READ if content.own:
            return SMALL, look.palette.primary
        case ItemState.REFUSED:
            return SMALL_BOLD, look.palette.danger
        case ItemState.WAITING | ItemState.SENT | ItemState.READ:
            return SMALL, look.palette.own_faint if content.own else look.palette.faint
