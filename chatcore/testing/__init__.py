"""For tests of other people's code: a whole chat in one process on virtual time, and contracts for adapters."""

from __future__ import annotations

import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from .clock import VirtualClock
from .world import ChatWorld

if TYPE_CHECKING:
    from .contracts.bus import BusContract
    from .contracts.storage import StorageContract
    from .contracts.transport import TransportContract

__all__ = ["BusContract", "ChatWorld", "StorageContract", "TransportContract", "VirtualClock"]

_CONTRACTS = {
    "BusContract": ".contracts.bus",
    "StorageContract": ".contracts.storage",
    "TransportContract": ".contracts.transport",
}


def _tell_assertions_in_full() -> None:
    """Have pytest rewrite the assertions of what is loaded from here, so that a failing one shows what it compared.

    By itself it does so for files of tests and for plugins only.
    """
    pytest = sys.modules.get("pytest")
    if pytest is not None:
        names = {f"{__name__}.{module.name}" for module in iter_modules(__path__)}
        pytest.register_assert_rewrite(*(names - sys.modules.keys()))


_tell_assertions_in_full()


def __getattr__(name: str) -> object:
    """Load the contracts on first use: they need pytest, and a world does not."""
    if name in _CONTRACTS:
        return getattr(import_module(_CONTRACTS[name], __name__), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
