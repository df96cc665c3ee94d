"""The client's half of a connection: bytes in, the server's frames out, each answer with its request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, get_args

from ..domain.ids import UserId
from ..errors import BadFrame, TooLong, UnsupportedVersion
from ..wire import frames as f
from ..wire.bounds import check
from ..wire.codec import Codec
from ..wire.limits import MAX_FRAME
from .answers import check_answer
from .states import ANSWERS, CLIENT_MOVES, SERVER_MAY_SAY, State

R = TypeVar("R", bound=f.Request)

_ANSWERS = get_args(f.Answer)


class ClientProtocol:
    """Numbers the requests of one connection and finds the request of each answer."""

    def __init__(self, incoming: Codec, outgoing: Codec) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        self._asked = 0
        self._open: dict[int, f.Request] = {}
        self._me: UserId | None = None
        self.state: State = State.GREETING

    def hello(self, instance: str) -> bytes:
        """Return the bytes that begin the connection."""
        return self._outgoing.encode(f.Hello((f.VERSION,), instance))

    def ask(self, make: Callable[[int], R]) -> tuple[R, bytes]:
        """Make a request with a new id; give it and its bytes.

        Raises BadText and TooLong for what cannot be sent: a server would end the connection for it, each time again.
        """
        self._asked += 1
        request = make(self._asked)
        data = self._outgoing.encode(request)
        if len(data) > MAX_FRAME:
            raise TooLong
        self._open[request.id] = request
        return request, data

    def receive(self, data: bytes) -> tuple[f.ServerFrame | None, f.Request | None]:
        """Return what came in, and the request that it answers.

        The frame is None where its type is of a newer protocol. Raises BadFrame where the server does not keep to
        the protocol, UnsupportedVersion where it speaks another: the connection is of no use then.
        """
        frame: f.ServerFrame | None = self._incoming.decode(data)
        if frame is None:
            return None, None
        if type(frame) not in SERVER_MAY_SAY[self.state]:
            msg = f"the server said {type(frame).__name__} while {self.state.value}"
            raise BadFrame(msg, field="type")
        if isinstance(frame, f.Welcome) and frame.version != f.VERSION:
            msg = f"the server speaks version {frame.version} of the protocol, this client version {f.VERSION}"
            raise UnsupportedVersion(msg, field="version")
        check(frame, self._me)
        request = self._answered(frame) if isinstance(frame, _ANSWERS) else None
        if isinstance(frame, f.LoggedIn):
            self._me = frame.user.id
        self.state = CLIENT_MOVES.get((self.state, type(frame)), self.state)
        return frame, request

    def _answered(self, frame: f.Answer) -> f.Request | None:
        if frame.id is None:
            return None
        request = self._open.pop(frame.id, None)
        if request is None or not isinstance(frame, (ANSWERS[type(request)], f.ErrorFrame)):
            msg = f"the server's {type(frame).__name__} answers no request of that kind"
            raise BadFrame(msg, field="id")
        check_answer(request, frame)
        return request
