"""The chat server, a program on top of chatcore; `serve` opens another program's chat to the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .door import WebSocketListener, serve

__all__ = ["WebSocketListener", "serve"]


def __getattr__(name: str) -> object:
    """Load what needs a driver on first use, so that the program can say which extra is missing."""
    if name in __all__:
        from . import door

        return getattr(door, name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
