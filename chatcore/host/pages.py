"""Pages that keep to their bound on the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from ..domain.users import User
from ..ports.storage import Page
from ..wire import frames as f
from ..wire.limits import MAX_PAGE_TEXT

T = TypeVar("T")

AROUND_TEXT = 290
"""Bytes of a message's JSON beside its text, at most (client ids of usual length)."""

AROUND_NAMES = 190
"""Bytes of a user's JSON beside both names, at most."""


def fit(request_id: int, page: Page, *, forward: bool) -> f.Page:
    """Make a page's frame, without the messages furthest in the asked direction where they would be too many bytes."""
    messages = page.messages if forward else reversed(page.messages)
    taken = _within(messages, lambda message: _size(message.text) + AROUND_TEXT)
    more = page.more or len(taken) < len(page.messages)
    return f.Page(request_id, page.tally, taken if forward else taken[::-1], page.read, page.receipts, more)


def fit_users(request_id: int, users: Sequence[User], upto: int, *, more: bool) -> f.Users:
    """Make the frame of a page of the directory, without the last users where they would be too many bytes."""
    taken = _within(users, lambda user: len(user.name) + _size(user.display_name) + AROUND_NAMES)
    if len(taken) < len(users):
        return f.Users(request_id, taken, taken[-1].fact, more=True)
    return f.Users(request_id, taken, upto, more)


def _within(items: Iterable[T], size: Callable[[T], int]) -> tuple[T, ...]:
    """Return the first ones for which there is room, one at least."""
    taken: list[T] = []
    room = MAX_PAGE_TEXT
    for item in items:
        room -= size(item)
        if room < 0 and taken:
            break
        taken.append(item)
    return tuple(taken)


def _size(text: str) -> int:
    return len(text.encode()) + sum(map(text.count, '\n\t"\\'))
