"""How the connection is doing, as people are told it."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import attrs


class ConnectionPhase(Enum):
    """What the connection to the server is doing."""

    LOGGED_OUT = "logged_out"
    "There is no session: register or log in."
    CONNECTING = "connecting"
    ONLINE = "online"
    OFFLINE = "offline"
    "Tries again by itself after `ConnectionState.retry_in` seconds."
    CLOSED = "closed"


@attrs.frozen
class ConnectionState:
    """The connection as people see it."""

    phase: ConnectionPhase
    retry_in: float | None = None
    "Seconds until the next try, from the moment of this state; while OFFLINE."
    reason: str = ""
    "Why it is offline or logged out, as a sentence in English."
    code: str = ""
    "The code of the error behind it, where there is one."
    left: int = 0
    "How many messages wait that earlier programs have left, before this one was connected for the first time."
    as_of: datetime | None = None
    "When an earlier program was told last what is shown, an aware UTC datetime; None where this one was told since."
