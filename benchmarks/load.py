"""The load: numbered messages from senders to their audiences, each counted at every end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from time import perf_counter

from .peer import Peer

PATIENCE = 60.0
"""Seconds after which what has not come counts as lost."""

QUIET = 0.1
"""Seconds for which is watched whether something comes twice."""


class Fault(Exception):
    """The server has not done its work, so that its figures mean nothing."""


class Exchange:
    """Message n is sent by sender n % len(senders), and done when its answer and each delivery has come, once.

    Without `audiences` only answers are waited for (requests), without `is_answered` only deliveries.
    `frame` makes the bytes of a message, ready to be sent, of sender and number.
    """

    def __init__(
        self,
        senders: Sequence[Peer],
        frame: Callable[[int, int], bytes],
        audiences: Sequence[Sequence[Peer]] | None = None,
        *,
        is_answered: bool = True,
    ) -> None:
        self._senders, self._frame = senders, frame
        self._audiences = audiences or [()] * len(senders)
        self._hears = audiences is not None
        self._is_answered = is_answered
        self._frames: list[bytes] = []
        self._left: list[int] = []
        "Of each message, how much is still to come."
        self._due: list[float] = []
        self._took: list[float] = []
        self._next = list(range(len(senders)))
        self._done = 0
        self._goes_on = False
        self._finished: asyncio.Future[None] | None = None
        self._faults: list[str] = []
        self._peers = {*senders, *(peer for audience in self._audiences for peer in audience)}
        for peer in self._peers:
            peer.listen(self)

    def prepare(self, each: int) -> int:
        """Make the next messages of each sender, before the clock runs; give how many these are."""
        first = len(self._frames)
        for number in range(first, first + each * len(self._senders)):
            sender = number % len(self._senders)
            self._frames.append(self._frame(sender, number))
            self._left.append(len(self._audiences[sender]) + self._is_answered)
            self._due.append(0.0)
        for peer in self._peers:
            peer.seen.extend(bytes(len(self._frames) - first))
        return len(self._frames) - first

    async def run(self, outstanding: int = 1) -> None:
        """Send what is prepared, so many outstanding for each sender; return when all of it is done."""
        self._goes_on = True
        async with self._finishing():
            for _ in range(outstanding):
                for sender in range(len(self._senders)):
                    self._send_next(sender)

    async def pace(self, rate: float) -> list[float]:
        """Send what is prepared, so much a second; give the seconds from when each was due until it was done."""
        self._goes_on = False
        self._took = []
        number = self._done
        begun = perf_counter() + 0.01
        self._due[number:] = [begun + place / rate for place in range(len(self._frames) - number)]
        async with self._finishing():
            while number < len(self._frames):
                now = perf_counter()
                while number < len(self._frames) and self._due[number] <= now:
                    self._send_next(number % len(self._senders))
                    number += 1
                await asyncio.sleep(0)  # it spins: a timer has milliseconds
        return self._took

    async def check(self) -> None:
        """Raise Fault unless everything came exactly once, and to those for whom it was."""
        await asyncio.sleep(QUIET)
        if any(self._left) or self._faults:
            raise Fault(f"lost or doubled: {sum(left != 0 for left in self._left)} messages; {self._faults[:3]}")
        count, step = len(self._frames), len(self._senders)
        wanted = dict.fromkeys(self._peers, 0)
        for sender, audience in enumerate(self._audiences):
            for peer in audience:
                wanted[peer] += len(range(sender, count, step))
                if set(peer.seen[sender::step]) - {1}:
                    raise Fault(f"a message of sender {sender} came not once")
        for peer, number in wanted.items():
            if sum(peer.seen) != number:
                raise Fault(f"{sum(peer.seen)} messages came where {number} should")

    # ---- what the peers tell

    def answered(self, request: int) -> None:
        """Count an answer."""
        self._part(request - 1)

    def heard(self, peer: Peer, number: int) -> None:
        """Count a delivery; what is in an answer, where nobody waits for messages, is an older one."""
        if self._hears:
            peer.seen[number] += 1
            self._part(number)

    def refused(self, what: bytes) -> None:
        """Note that something is wrong."""
        self._faults.append(what.decode(errors="replace"))
        if self._finished is not None and not self._finished.done():
            self._finished.set_exception(Fault(f"the server says: {self._faults[0]}"))

    def _part(self, number: int) -> None:
        left = self._left[number] = self._left[number] - 1
        if left:
            return
        self._done += 1
        if self._goes_on:
            self._send_next(number % len(self._senders))
        else:
            self._took.append(perf_counter() - self._due[number])
        if self._done == len(self._frames) and self._finished is not None:
            self._finished.set_result(None)

    def _send_next(self, sender: int) -> None:
        number = self._next[sender]
        if number < len(self._frames):
            self._next[sender] = number + len(self._senders)
            self._senders[sender].transport.write(self._frames[number])

    @asynccontextmanager
    async def _finishing(self) -> AsyncIterator[None]:
        """Wait at the end of the block until everything has come."""
        self._finished = asyncio.get_running_loop().create_future()
        yield
        try:
            async with asyncio.timeout(PATIENCE):
                await self._finished
        except TimeoutError:
            msg = f"{len(self._frames) - self._done} messages did not come"
            raise Fault(msg) from None
