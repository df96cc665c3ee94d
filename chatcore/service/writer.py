"""The one writer above the storage: gathers messages and marks while the last commit runs, without a timer."""

from __future__ import annotations

import asyncio

from ..domain.figures import Meter
from ..domain.ids import UserId
from ..domain.messages import NewMessage
from ..domain.refusals import NewRefusal
from ..domain.users import account_disabled
from ..errors import Busy, StorageUnavailable, TemporaryError
from ..ports.clock import Clock
from ..ports.commits import Change, CommitListener, Refused
from ..ports.storage import Logs

MAX_BATCH = 1_000
MAX_BATCH_BYTES = 128 * 1024
"""Of the messages of a commit, as one reader may get them all: less than may wait for a connection (`send_queue`), so
that who reads is not cut for a single commit."""
MAX_PENDING = 20_000
MAX_PENDING_BYTES = 64 * 1024 * 1024
"""Of what waits to be written: 20,000 of the longest messages would be five times as much."""
OVERHEAD = 128
"""Bytes of a message beside its text, about."""
MAX_LOOKS = 8
"""How many times the connections are looked at before a commit, at most."""


def size_of(change: Change) -> int:
    """Return about how many bytes a change is, as others are told of it."""
    if isinstance(change, NewMessage):
        text = change.text
        return OVERHEAD + (len(text) if text.isascii() else len(text.encode()))
    return OVERHEAD


class Writer:
    """Puts what was submitted into as few commits as the disk allows.

    Nothing is answered here: the storage tells its commits, and the answers hang on that, so that a requester who
    vanishes changes nothing. What could not be stored is told to `tell` in the same shape.
    """

    def __init__(
        self,
        logs: Logs,
        clock: Clock,
        tell: CommitListener,
        *,
        meter: Meter | None = None,
        max_batch: int = MAX_BATCH,
        max_batch_bytes: int = MAX_BATCH_BYTES,
        max_pending: int = MAX_PENDING,
        max_pending_bytes: int = MAX_PENDING_BYTES,
    ) -> None:
        self._logs, self._clock, self._tell = logs, clock, tell
        self._meter = meter or Meter()
        self._since: list[float] = []
        "When each of what is pending was submitted."
        self._max_batch, self._max_batch_bytes = max_batch, max_batch_bytes
        self._max_pending, self._max_pending_bytes = max_pending, max_pending_bytes
        self._pending: list[Change] = []
        self._barred: set[UserId] = set()
        "Who was kept out since the start."
        self._sizes: list[int] = []
        "In bytes, of what is pending."
        self._pending_bytes = 0
        self._under_way: asyncio.Future[None] | None = None
        "Done when the batch is that is being written."
        self._is_stopped = False
        self._submitted = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def waiting(self) -> int:
        """How many changes wait for a commit."""
        return len(self._pending)

    def submit(self, change: Change) -> None:
        """Take a change for the next commit. Raises Busy when too many wait, and after `stop`."""
        size = size_of(change)
        is_full = len(self._pending) >= self._max_pending or self._pending_bytes + size > self._max_pending_bytes
        if self._is_stopped or is_full:
            raise Busy
        self._pending.append(self._allowed(change) if self._barred else change)
        self._sizes.append(size)
        self._since.append(self._clock.monotonic())
        self._pending_bytes += size
        self._submitted.set()
        self._idle.clear()

    def bar(self, sender: UserId) -> None:
        """Let nothing more of somebody be stored: what waits or comes is refused, unless it is stored already."""
        self._barred.add(sender)
        self._pending = [self._allowed(change) for change in self._pending]

    def let_in(self, sender: UserId) -> None:
        """Store what comes of somebody again."""
        self._barred.discard(sender)

    def _allowed(self, change: Change) -> Change:
        if isinstance(change, NewMessage) and change.sender in self._barred:
            return NewRefusal(change, account_disabled())
        return change

    async def settled(self) -> None:
        """Return when what is being written now is stored or refused."""
        if self._under_way is not None:
            await asyncio.wait([self._under_way])

    def stop(self) -> None:
        """Take no more changes; what was submitted is still written."""
        self._is_stopped = True

    async def run(self) -> None:
        """Write until cancelled. Raises StorageError when the storage has failed: then stop, nothing is known."""
        while True:
            await self._submitted.wait()
            self._submitted.clear()
            while self._pending:
                await self._gather()
                written = self._under_way = asyncio.get_running_loop().create_future()
                try:
                    batch, since = self._take()
                    await self._write(batch)
                    now = self._clock.monotonic()
                    self._meter.batches.observe(len(batch))
                    for begun in since:
                        self._meter.acks.observe(now - begun)
                finally:
                    self._under_way = None
                    written.cancel()  # whoever waits for it goes on
            self._idle.set()

    async def drained(self) -> None:
        """Return when everything that was submitted is stored or refused."""
        await self._idle.wait()

    async def _gather(self) -> None:
        """Take in what has just come, as long as each look brings more: it shares the commit and the answers' writes.

        Measured: where many write at once a message costs a tenth less, and one alone waits some microseconds longer.
        """
        seen = looks = 0
        while seen < len(self._pending) < self._max_batch and looks < MAX_LOOKS:
            seen, looks = len(self._pending), looks + 1
            for _ in ("the sockets are read", "what was read is handed in"):
                await asyncio.sleep(0)  # noqa: TID251 - a turn of the loop, no time

    def _take(self) -> tuple[list[Change], list[float]]:
        """Return what goes into one commit, one at least, and when it was submitted."""
        count = size = 0
        for more in self._sizes[: self._max_batch]:
            if count and size + more > self._max_batch_bytes:
                break
            count, size = count + 1, size + more
        batch, self._pending, self._sizes = self._pending[:count], self._pending[count:], self._sizes[count:]
        since, self._since = self._since[:count], self._since[count:]
        self._pending_bytes -= size
        return batch, since

    async def _write(self, batch: list[Change]) -> None:
        try:
            await self._logs.append(batch, self._clock.now_ms())
        except TemporaryError as error:
            self._meter.fail(error.code)
            if isinstance(error, StorageUnavailable) and len(batch) > 1:
                # What one of them needs cannot be read, and the others shall not suffer for it.
                half = len(batch) // 2
                await self._write(batch[:half])
                await self._write(batch[half:])
            else:
                self._tell([Refused(change, error) for change in batch])
