"""What observers are told of a list: how what they hold becomes what is there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar, assert_never

import attrs

T = TypeVar("T")


@attrs.frozen
class Insert(Generic[T]):
    """Put `item` before the one at `index` (at the end where `index` is the length)."""

    index: int
    item: T


@attrs.frozen
class Update(Generic[T]):
    """Replace what is at `index`."""

    index: int
    item: T


@attrs.frozen
class Move(Generic[T]):
    """Take away what is at `index` and put `item` so that it ends at `to`."""

    index: int
    to: int
    item: T


@attrs.frozen
class Remove(Generic[T]):
    """Take away what is at `index`."""

    index: int


@attrs.frozen
class Reset(Generic[T]):
    """Begin anew with these."""

    items: tuple[T, ...]


Change = Insert[T] | Update[T] | Move[T] | Remove[T] | Reset[T]
"""How a list changes: whoever does all of them in order to a copy has what is there."""


def apply_changes(items: list[T], changes: Iterable[Change[T]]) -> None:
    """Do to a list what the changes say."""
    for change in changes:
        match change:
            case Insert(index, item):
                items.insert(index, item)
            case Update(index, item):
                items[index] = item
            case Move(index, to, item):
                del items[index]
                items.insert(to, item)
            case Remove(index):
                del items[index]
            case Reset(all_items):
                items[:] = all_items
            case _:
                assert_never(change)
