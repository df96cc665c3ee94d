"""For tests of other people's code: a whole chat in one process on virtual time, and contracts for adapters."""

from .clock import VirtualClock
from .world import ChatWorld

__all__ = ["ChatWorld", "VirtualClock"]
