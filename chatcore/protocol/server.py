"""The server's half of a connection: bytes in, the client's frames out, and what is not allowed when."""

from __future__ import annotations

import math

from ..errors import BadFrame, Banned, ChatError, TemporaryError, UnsupportedVersion
from ..wire import frames as f
from ..wire.codec import Codec
from ..wire.limits import MAX_INSTANCE, STRIKES
from .states import CLIENT_MAY_SAY, CLIENT_MOVES, State


class ServerProtocol:
    """Checks what one client says. Its only state is how far the connection has come and how often it was wrong."""

    def __init__(self, incoming: Codec, outgoing: Codec) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        self._allowed = CLIENT_MAY_SAY[State.GREETING]
        self.state: State = State.GREETING
        self.strikes: int = 0
        "How many bad frames have come."

    @property
    def is_given_up(self) -> bool:
        """Whether the client was wrong so often that the connection is to be ended."""
        return self.strikes >= (STRIKES if self.state is State.READY else 1)

    def receive(self, data: bytes) -> f.ClientFrame:
        """Return the frame that came in; raise BadFrame for what it may not say now, and count it."""
        try:
            frame = self._incoming.decode(data)
            if type(frame) not in self._allowed:
                msg = f"{type(frame).__name__} cannot come while {self.state.value}"
                raise _for_request(BadFrame(msg, field="type"), frame)
            _check_id(frame)
            if self.state is not State.READY:
                _check_entry(frame)
        except BadFrame:
            self.strikes += 1
            raise
        return frame  # type: ignore[no-any-return]

    def agree(self, hello: f.Hello) -> f.Welcome:
        """Choose the version; raise UnsupportedVersion where none is known to both."""
        if f.VERSION not in hello.versions:
            msg = f"this server speaks version {f.VERSION} of the protocol, which the client does not"
            raise UnsupportedVersion(msg, field="versions")
        return f.Welcome(f.VERSION)

    def send(self, frame: f.ServerFrame) -> bytes:
        """Return the bytes of a frame, and move on where it is one that changes the state."""
        move = CLIENT_MOVES.get((self.state, type(frame)))
        if move is not None:
            self.state, self._allowed = move, CLIENT_MAY_SAY[move]
        return self._outgoing.encode(frame)


def _check_id(frame: f.ClientFrame) -> None:
    if not isinstance(frame, f.Hello) and frame.id < 1:
        msg = "the id of a request is a positive number"
        raise BadFrame(msg, field="id")


def _check_entry(frame: f.ClientFrame) -> None:
    """Check what only a frame before the log-in has."""
    if isinstance(frame, f.Hello) and len(frame.instance) > MAX_INSTANCE:
        msg = f"hello.instance: at most {MAX_INSTANCE} characters are expected, these are {len(frame.instance)}"
        raise BadFrame(msg, field="instance")
    told = frame.told if isinstance(frame, f.LogIn | f.Resume | f.Enter) else None
    if told is not None and min(told.number, told.facts) < 0:
        msg = "what was told last is counted from 0, and no number is negative"
        raise _for_request(BadFrame(msg, field="told"), frame)


def _for_request(error: BadFrame, frame: object) -> BadFrame:
    error.request_id = getattr(frame, "id", None)
    return error


def error_frame(error: ChatError, request_id: int | None) -> f.ErrorFrame:
    """Return the frame that tells a client of an error."""
    wait = error.wait if isinstance(error, TemporaryError) else None
    wait_ms = None if wait is None else math.ceil(wait * 1000)
    return f.ErrorFrame(request_id, error.code, error.message, error.field, wait_ms, *_ban(error))


def closing(error: ChatError) -> f.Closing:
    """Return the frame that tells a client why its connection ends."""
    return f.Closing(error.code, error.message, *_ban(error))


def _ban(error: ChatError) -> tuple[str | None, int | None]:
    if not isinstance(error, Banned):
        return None, None
    return error.reason or None, None if error.until is None else round(error.until.timestamp() * 1000)
