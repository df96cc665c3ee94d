"""A post of the program itself: no connection has sent it, and no frame tells what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ..domain.messages import Message
from ..ports.commits import Outcome, Refused, Repeated, Stored
from ..ports.transport import OutFrame
from ..protocol.server import error_frame
from ..wire import frames as f


class OwnPost:
    """The origin of one post, and the future of its message; every connection hears of it by its event."""

    def __init__(self) -> None:
        self.message: asyncio.Future[Message] = asyncio.get_running_loop().create_future()

    @property
    def listener(self) -> OwnPost:
        """It listens for itself."""
        return self

    def answer(self, outcome: Outcome) -> f.ServerFrame:
        """Take note of what came of it; nobody reads the frame."""
        match outcome:
            case Stored(_, message) | Repeated(_, message):
                if not self.message.done():
                    self.message.set_result(message)
                return f.MessageEvent(message)
            case Refused(_, error):
                if not self.message.done():
                    self.message.set_exception(error)
                return error_frame(error, None)
            case _:  # a post is never marked
                raise AssertionError(outcome)

    def put(self, frames: Sequence[OutFrame]) -> None:
        """Nobody reads them."""
