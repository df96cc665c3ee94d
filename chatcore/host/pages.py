"""Pages that keep to their bound on the wire."""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.messages import Message
from ..ports.storage import Page
from ..wire import frames as f
from ..wire.limits import MAX_PAGE_TEXT

AROUND_TEXT = 290
"""Bytes of a message's JSON beside its text, at most (client ids of usual length)."""


def fit(request_id: int, page: Page, *, forward: bool) -> f.Page:
    """Make a page's frame, without the messages furthest in the asked direction where they would be too many bytes."""
    messages = _within(page.messages) if forward else _within(reversed(page.messages))[::-1]
    more = page.more or len(messages) < len(page.messages)
    return f.Page(request_id, page.tally, messages, page.read, page.receipts, more)


def _within(messages: Iterable[Message]) -> tuple[Message, ...]:
    taken: list[Message] = []
    room = MAX_PAGE_TEXT
    for message in messages:
        room -= _size(message)
        if room < 0 and taken:
            break
        taken.append(message)
    return tuple(taken)


def _size(message: Message) -> int:
    text = message.text
    return len(text.encode()) + sum(map(text.count, '\n\t"\\')) + AROUND_TEXT
