"""The chat server, a program on top of chatcore; `serve` opens another program's chat to the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .door import serve

__all__ = ["serve"]


def __getattr__(name: str) -> object:
    """Load what needs a driver on first use, so that the program can say which extra is missing."""
    if name == "serve":
        from .door import serve

        return serve
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
