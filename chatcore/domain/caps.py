"""How many connections there may be."""

from __future__ import annotations

import attrs

from .strangers import PER_ADDRESS


@attrs.frozen
class Caps:
    """Connections at the same time. Where there are more, the oldest one goes: whoever comes now is somebody."""

    per_session: int = 20
    "Programs that share one log-in."
    per_user: int = 100
    "Over all of a user's sessions."
    strangers_per_address: int = PER_ADDRESS
    "On which nobody is logged in yet; without a network, and over the loopback, only all are counted."
    strangers: int = 1_000
    "On which nobody is logged in yet, in all."
