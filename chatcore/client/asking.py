"""How a question is asked of the server, and who is told the answer."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import ChatError
from ..wire import frames as f

Done = Callable[[f.Answer | ChatError], None]
"""Called once with the answer or the error; with Unreachable where the connection is gone before."""

Ask = Callable[[Callable[[int], f.Request], Done], None]
"""Sends the request that is made for a number."""
