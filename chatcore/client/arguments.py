"""What programs give to a client: of the right type, or told at once and in one sentence."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

from ..wire.limits import MAX_INT
from .observer import Observer

_METHODS = [name for name in vars(Observer) if not name.startswith("_")]


def check_text(**values: object) -> None:
    """Raise TypeError where one of these is no text. What was given instead is not repeated: it may be secret."""
    for name, value in values.items():
        if not isinstance(value, str):
            raise TypeError(f"{name} has to be a str, and {type(value).__name__} is none")


def check_seqs(seqs: Iterable[object]) -> None:
    """Raise TypeError where one of these is no message's seq, ValueError where no message can have it."""
    for seq in seqs:
        if not isinstance(seq, int) or isinstance(seq, bool):
            raise TypeError(f"a message's seq has to be an int, and {type(seq).__name__} is none: {seq!r}")
        if abs(seq) > MAX_INT:
            raise ValueError("a message's seq has to be within ±2^53")


def check_observer(observer: object) -> None:
    """Raise TypeError for what could not be told: methods are missing, or wait to be awaited."""
    if isinstance(observer, type):
        raise TypeError(f"{observer.__name__} is a class: give an observer made of it, {observer.__name__}()")
    for name in _METHODS:
        method = getattr(observer, name, None)
        if not callable(method):
            raise TypeError(f"{type(observer).__name__} has no method {name}: derive it from chatcore.Observer")
        if inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method):
            raise TypeError(
                f"{type(observer).__name__}.{name} is async, and nobody would await it: make it a plain method; "
                "what takes long it can start as a task"
            )
