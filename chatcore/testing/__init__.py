"""For tests of other people's code: a whole chat in one process on virtual time, and contracts for adapters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .clock import VirtualClock
from .world import ChatWorld

if TYPE_CHECKING:
    from .storage_contract import StorageContract

__all__ = ["ChatWorld", "StorageContract", "VirtualClock"]


def __getattr__(name: str) -> object:
    """Load the contracts on first use: they need pytest, and a world does not."""
    if name == "StorageContract":
        from .storage_contract import StorageContract  # noqa: PLC0415

        return StorageContract
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
