"""What the use cases work with."""

from __future__ import annotations

import attrs

from ..domain.users import NamePolicy
from ..ports.auth import PasswordHasher
from ..ports.clock import Clock
from ..ports.ids import IdSource
from ..ports.storage import Storage
from .gate import Gate
from .hooks import Hooks
from .membership import Membership
from .throttle import Throttle
from .watched_clock import WatchedClock
from .writer import Writer

DAY_MS = 24 * 3600 * 1000


@attrs.frozen
class SessionLife:
    """How long a session lives, in ms."""

    idle_ms: int = 30 * DAY_MS
    "Since it was last used."
    total_ms: int = 180 * DAY_MS
    "Since it began."
    token_ms: int = DAY_MS
    "Since its newest token was made, until a client that asks for another one gets it."

    @property
    def renewal(self) -> float:
        """Return how many seconds pass until a session's use and age are looked at again: a small part of its life."""
        return min(self.idle_ms, self.total_ms) / 1000 / 100


@attrs.frozen
class Context:
    """The ports and rules under the use cases."""

    storage: Storage
    writer: Writer
    clock: Clock
    watched_clock: WatchedClock
    ids: IdSource
    hasher: PasswordHasher
    names: NamePolicy
    membership: Membership
    throttle: Throttle
    session_life: SessionLife = SessionLife()
    newest: int = 50
    "How many conversations a snapshot has beside the general chat."
    passwords: bool = True
    "Whether people log in with a name and a password."
    registration: str = "open"
    "Who makes an account for themselves: one of `domain.invitations.REGISTRATIONS`."
    gate: Gate | None = None
    "Where an application is asked about posts."
    hooks: Hooks = attrs.field(factory=Hooks)
    "What else it is asked about."
