"""Both halves of a connection joined in memory: what one says, the other hears at once."""

from __future__ import annotations

from collections.abc import Callable

from chatcore import Token, User, UserId
from chatcore.domain.conversations import GENERAL
from chatcore.domain.generations import Point
from chatcore.domain.tallies import Tally
from chatcore.protocol.client import ClientProtocol
from chatcore.protocol.server import ServerProtocol
from chatcore.wire import frames as f
from chatcore.wire.codec import client_frames, server_frames

Heard = tuple[f.ServerFrame | None, f.Request | None]

FROM_CLIENT, FROM_SERVER = client_frames(), server_frames()

ALICE = User(UserId("a" * 16), "Alice", 1, 1)
SNAPSHOT = f.Snapshot("epoch", Point("first", 0, 1), True, (ALICE.id,), Tally(GENERAL), ())


class Joined:
    """A client's half and a server's half."""

    def __init__(self) -> None:
        self.client = ClientProtocol(FROM_SERVER, FROM_CLIENT)
        self.server = ServerProtocol(FROM_CLIENT, FROM_SERVER)

    def hello(self) -> Heard:
        """Let the client greet and the server answer."""
        frame = self.server.receive(self.client.hello("instance"))
        assert isinstance(frame, f.Hello)
        return self.say(self.server.agree(frame))

    def log_in(self) -> None:
        """Bring both halves to where the user is logged in."""
        self.hello()
        self.ask(lambda number: f.LogIn(number, "alice", "correct horse battery", None))
        self.say(f.LoggedIn(1, ALICE, Token("token")))
        self.say(SNAPSHOT)

    def ask(self, make: Callable[[int], f.Request]) -> f.ClientFrame:
        """Let the client ask; give what the server hears."""
        _, data = self.client.ask(make)
        return self.server.receive(data)

    def say(self, frame: f.ServerFrame) -> Heard:
        """Let the server say something; give what the client hears."""
        return self.client.receive(self.server.send(frame))
