"""What a connector asks and tells of what goes on over its links."""

from __future__ import annotations

from typing import Protocol

from ..domain.generations import Point
from ..errors import ChatError
from ..wire import frames as f
from .connection_state import ConnectionState


class Shell(Protocol):
    """Whoever a connector works for."""

    @property
    def told(self) -> Point | None:
        """What the server told last of its history, where something of it is held."""

    def connection_changed(self, state: ConnectionState) -> None:
        """The connection is in another state."""

    def logged_in(self, frame: f.LoggedIn) -> None:
        """The session is open."""

    def received(self, frame: f.Snapshot | f.PushEvent) -> None:
        """A frame came that answers nothing."""

    def contradicted(self) -> None:
        """What came contradicts what came before; the connection is about to be begun anew."""

    def handled(self) -> None:
        """A frame and all it led to was dealt with."""

    def connection_lost(self) -> None:
        """Nothing more comes from the connection; open requests have been told."""

    def logged_out(self) -> None:
        """The user has logged out."""

    def given_up(self, error: ChatError) -> None:
        """Nothing is tried any more: the session is over, or will never be."""
