"""A client's copy of what the server knows, read from other threads."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import getmembers
from typing import TypeVar

from ..client.replica import Replica
from .loop_thread import LoopThread

T = TypeVar("T")


class DistantReplica(Replica):
    """Has all that a replica has, asked for in its own thread. A list is as it was at that moment."""

    def __init__(self, replica: Replica, thread: LoopThread) -> None:
        self._near, self._thread = replica, thread


def _still(answer: T) -> T:
    """Return the same, in a form that no longer changes."""
    return tuple(answer) if isinstance(answer, list) else answer  # type: ignore[return-value]  # as good as the list


def _asked(name: str) -> Callable[[DistantReplica], object]:
    return lambda replica: replica._thread.do(lambda: _still(getattr(replica._near, name)))  # noqa: SLF001 - its own


def _called(name: str, method: Callable[..., object]) -> Callable[..., object]:
    @wraps(method)
    def call(replica: DistantReplica, *args: object) -> object:
        return replica._thread.do(lambda: _still(getattr(replica._near, name)(*args)))  # noqa: SLF001 - its own

    return call


for _name, _member in getmembers(Replica):
    if isinstance(_member, property):
        setattr(DistantReplica, _name, property(_asked(_name), doc=_member.__doc__))
    elif not _name.startswith("_"):
        setattr(DistantReplica, _name, _called(_name, _member))
