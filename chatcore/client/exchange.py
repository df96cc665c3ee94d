"""What is said over one link: requests, each with whoever is to be told its answer."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import ChatError, Phrase, Unreachable, from_wire
from ..ports.transport import Link, OutFrame
from ..protocol.client import ClientProtocol
from ..protocol.states import State
from ..wire import frames as f
from ..wire.codec import Codec
from .asking import Done


class Exchange:
    """One link with its protocol. Whoever has asked is told once: the answer, or with the end that there is none.

    `_open`
        By the number of its request, who is to be told. Just those that the protocol waits for.
    """

    def __init__(self, link: Link, incoming: Codec, outgoing: Codec) -> None:
        self._link = link
        self._protocol = ClientProtocol(incoming, outgoing)
        self._open: dict[int, Done] = {}

    def greet(self, instance: str) -> None:
        """Begin."""
        self._link.write([OutFrame(self._protocol.hello(instance))])

    def ask(self, make: Callable[[int], f.Request], done: Done) -> None:
        """Send a request.

        Raises BadText and TooLong for what cannot be sent, Unreachable after the server's last word.
        """
        if self._protocol.state is State.CLOSED:
            raise Unreachable
        request, data = self._protocol.ask(make)
        self._open[request.id] = done
        self._link.write([OutFrame(data)])

    async def receive(self) -> tuple[f.ServerFrame | None, f.Request | None]:
        """Return what came, and the request that it answers, of which `answered` is to be told.

        The frame is None where only newer protocols know it. Raises LinkDown, and PeerError for what may not come.
        """
        return self._protocol.receive(await self._link.receive())

    def answered(self, request: f.Request, frame: f.ServerFrame) -> None:
        """Tell whoever has asked."""
        self._open.pop(request.id)(_outcome(frame))

    async def close(self) -> None:
        """Say goodbye."""
        await self._link.close()

    def drop(self) -> None:
        """Break the link off, as if the network had failed."""
        self._link.abort()

    def end(self) -> None:
        """Nothing more comes: tell all who wait for an answer."""
        self._link.abort()
        waiting, self._open = self._open, {}
        for done in waiting.values():
            done(Unreachable(Phrase("the connection was lost before the answer came")))


def _outcome(frame: f.ServerFrame) -> f.Answer | ChatError:
    if isinstance(frame, f.ErrorFrame):
        return from_wire(frame.code, frame.message, frame.field, frame.wait_ms, frame.reason, frame.until_ms)
    return frame  # type: ignore[return-value]  # the protocol lets only answers through here
