"""The client without `await`, for programs that have no event loop: the same names, to be called from any thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

from .. import app
from .client import ChatClient
from .iterators import Messages

P = ParamSpec("P")

__all__ = ["ChatClient", "Messages", "connect"]


def _taking_what(other: Callable[P, object]) -> Callable[[Callable[..., ChatClient]], Callable[P, ChatClient]]:
    """Give a function the parameters of another one, for type checkers and for whoever asks for its signature."""

    def with_them(function: Callable[..., ChatClient]) -> Callable[P, ChatClient]:
        function.__wrapped__ = other  # type: ignore[attr-defined]  # what inspect.signature looks for
        return function

    return with_them


@_taking_what(app.connect)
def connect(*args: object, **kwargs: object) -> ChatClient:
    """Make a client of the server at a URL; use it as `with`. It takes what `chatcore.connect` takes.

    All but an `app`, which would run in the client's thread and not in the event loop that it was made for: TypeError.
    Functions for `token` and `headers` are called in that thread.
    """
    if kwargs.get("app") is not None:
        msg = "a client without `await` has a thread of its own, and an app belongs to another: use chatcore.connect"
        raise TypeError(msg)
    return ChatClient(app.connect(*args, **kwargs))  # type: ignore[arg-type]  # the decorator says what they are
