"""What an operator may choose of a host."""

from __future__ import annotations

import attrs

from ..domain.caps import Caps
from ..domain.presence import GRACE
from ..domain.throttles import Throttles
from ..service.context import SessionLife
from .send_queue import MAX_BYTES


@attrs.frozen
class HostSettings:
    """What an operator may choose."""

    grace: float = GRACE
    "Seconds for which a user stays active after a broken connection."
    session_life: SessionLife = attrs.field(factory=SessionLife)
    max_backlog: int = MAX_BYTES
    "Bytes that may wait for one connection before it is cut."
    newest: int = 50
    "How many conversations a snapshot has beside the general chat; the client walks through the others."
    caps: Caps = attrs.field(factory=Caps)
    throttles: Throttles = attrs.field(factory=Throttles)
    passwords: bool = True
    "Whether people log in with a name and a password."
    registration: str = "open"
    "Who makes an account for themselves: one of `domain.invitations.REGISTRATIONS`."
    looks: bool = False
    "Whether it looks every three seconds for what other hosts have committed and the bus has lost."
    label: str = ""
    "What people call this host among those that share a storage."
    is_named: bool = False
    "Whether the label was given to it, so that it does not start where another one runs that has it."
