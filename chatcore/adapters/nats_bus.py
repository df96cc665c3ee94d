"""A bus through NATS, for many servers, or for few that are to hear of each other within a millisecond."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zlib import crc32

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from ..domain.events import MessagePosted, MessagesRead
from ..errors import BadFrame, StorageError
from ..ports.bus import BusListener, Hint
from ..tasks import to_its_end
from ..wire import hints as wire
from .local_bus import LocalBus
from .names import look_up
from .nats_address import PORT, NatsAddress, read_credentials
from .reach import Reach
from .system import SystemClock, SystemIds

SHARDS = 64
"""Subjects for what concerns one conversation each; what concerns all has one of its own."""

MAX_PAYLOAD = 65_536
"""Bytes of one NATS message. A hint that is longer by itself is left out: what it says is found by looking."""

MOST_WAITING = 10_000
"""Hints that wait to be passed on, at most; what is more is lost."""

_CONNECT_S = 5.0
_PUBLISH_S = 5.0
_PING_S = 5
_PENDING_BYTES = 16_777_216  # of what has come and was not heard yet
_QUIET_S = 60.0  # between two lines about what is no hint

_FAILURES = (
    *(OSError, EOFError, NatsError),  # TimeoutError and SSLError among the first
    *(ValueError, TypeError, AttributeError, LookupError),  # the driver believes whatever program listens there
)

_is_name = re.compile(r"[A-Za-z0-9_-]{1,64}").fullmatch

log: logging.Logger = logging.getLogger(__name__)


class NatsBus:
    """Joins the servers of one installation through a NATS server, `nats://host:port`; open while in its `async with`.

    `installation` is a name that all of them have in common and no others, as `PostgresStorage.installation` gives it;
    a function is asked for it when the bus is opened. While NATS is away hints are lost.
    """

    def __init__(self, url: str, *, installation: str | Callable[[], str], credentials: Path | None = None) -> None:
        """`credentials` is a file with NAME:PASSWORD, a token or a seed in its first line, or a `.creds` file.

        Raises StorageError where `url` is no address, has a password in it, or leads to another machine without
        credentials: whoever can write to the bus can have things said.
        """
        self.address: NatsAddress = NatsAddress(url)
        if credentials is None and not self.address.is_here:
            msg = f"{url} is on another machine: it needs credentials, or anybody could write to it"
            raise StorageError(msg)
        self._credentials, self._installation = credentials, installation
        self._here = LocalBus()
        self._clock, self._ids = SystemClock(), SystemIds()
        self._connection: Client | None = None
        self._options: dict[str, Any] = {}
        self._prefix = ""
        self._waiting: list[Hint] = []
        self._has_some = asyncio.Event()
        self._quiet_until = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Connect; raise StorageError with what is wrong."""
        name = self._installation if isinstance(self._installation, str) else self._installation()
        if not _is_name(name):
            msg = f"the name of an installation has 1 to 64 letters, digits, '_' and '-', not {name!r:.80}"
            raise StorageError(msg)
        self._prefix = f"chatcore.{name}."
        self._options = {} if self._credentials is None else dict(read_credentials(self._credentials))
        self._options["tls"] = self.address.tls()
        try:
            await self._connect()
        except _FAILURES as error:
            msg = f"cannot use the bus {self.address.url}: {_said(error)}"
            raise StorageError(msg) from error
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await to_its_end(self._leave())

    def publish(self, hints: Sequence[Hint], publisher: object) -> None:
        self._here.publish(hints, publisher)
        if len(self._waiting) + len(hints) <= MOST_WAITING:
            self._waiting += hints
            self._has_some.set()

    def subscribe(self, subscriber: object, listener: BusListener) -> Callable[[], None]:
        return self._here.subscribe(subscriber, listener)

    async def _leave(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        await self._close()

    async def _connect(self) -> Client:
        errors: list[Exception] = []

        async def note(error: Exception) -> None:
            errors.append(error)

        async def wake() -> None:
            self._has_some.set()  # be back before there is something to say

        # The driver looks it up itself, but in a thread for whose end a program waits: by then the answer is known.
        await look_up(self.address.host, PORT)
        connection = self._connection = Client()
        try:
            async with asyncio.timeout(_CONNECT_S):
                await connection.connect(
                    self.address.server,
                    allow_reconnect=False,
                    no_echo=True,
                    connect_timeout=int(_CONNECT_S),
                    ping_interval=_PING_S,
                    error_cb=note,
                    closed_cb=wake,
                    **self._options,
                )
                await connection.subscribe(f"{self._prefix}*", cb=self._hear, pending_bytes_limit=_PENDING_BYTES)
                # The driver's first flush asks before the subscription is sent, the second one after it: with its
                # answer this server hears what is said from now on, and knows whether it may.
                await connection.flush()
                await connection.flush()
        except _FAILURES as error:
            errors.insert(0, error)
        except BaseException:  # it is cancelled
            await to_its_end(self._close())
            raise
        if errors:
            await self._close()
            raise errors[-1]
        return connection

    async def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        transport = connection._transport  # noqa: SLF001 - which the driver leaves open where it was cut
        with suppress(*_FAILURES):
            async with asyncio.timeout(_PUBLISH_S):
                await connection.close()
        for name in ("_io_writer", "_bare_io_writer"):
            writer = getattr(transport, name, None)
            if writer is not None:
                writer.transport.abort()

    async def _run(self) -> None:
        reach = Reach()
        while True:
            await self._has_some.wait()
            self._has_some.clear()
            hints, self._waiting = self._waiting, []
            try:
                connection = self._connection
                if connection is None or not connection.is_connected:
                    await self._close()
                    connection = await self._connect()
                    if reach.reached():
                        log.warning("the bus %s works again", self.address.url)
                    self._here.publish((), None)
                async with asyncio.timeout(_PUBLISH_S):
                    for subject, payload in packed(hints):
                        await connection.publish(f"{self._prefix}{subject}", payload)
            except _FAILURES as error:
                if not reach.is_away:
                    log.error("the bus %s is cut: %s", self.address.url, _said(error))  # noqa: TRY400 - the message says it all
                reach.failed(self._clock.monotonic(), self._ids.fraction())
                await self._clock.sleep(reach.wait(self._clock.monotonic()))
                self._waiting.clear()  # nobody waits for old hints
                self._has_some.set()

    async def _hear(self, message: Msg) -> None:
        try:
            hints = list(_unpacked(message.data))
        except BadFrame as error:
            if self._clock.monotonic() >= self._quiet_until:
                self._quiet_until = self._clock.monotonic() + _QUIET_S
                log.warning("a hint through %s is not one of ours: %s", self.address.url, error.message)
            return
        if hints:
            self._here.publish(hints, None)


def packed(hints: Sequence[Hint]) -> Iterator[tuple[str, bytes]]:
    """Put hints into as few NATS messages as there may be; give each with the last part of its subject.

    Hints of one subject that follow each other go together, so that all come in their order.
    """
    subject, lines, size = "", list[bytes](), 0
    for hint in hints:
        line, to = wire.encode(hint), subject_of(hint)
        if len(line) > MAX_PAYLOAD:
            continue
        if lines and (to != subject or size + 1 + len(line) > MAX_PAYLOAD):
            yield subject, b"\n".join(lines)
            lines, size = [], 0
        subject, size = to, size + len(line) + (1 if lines else 0)
        lines.append(line)
    if lines:
        yield subject, b"\n".join(lines)


def subject_of(hint: Hint) -> str:
    """Return the last part of the subject: the shard of a conversation, or `all`. No id stands in it."""
    match hint:
        case MessagePosted(message):
            return _shard(message.conversation)
        case MessagesRead():
            return _shard(hint.conversation)
        case _:  # users, sessions and presence concern everybody
            return "all"


def _shard(conversation: str) -> str:
    return str(crc32(conversation.encode()) % SHARDS)


def _unpacked(payload: bytes) -> Iterator[Hint]:
    if len(payload) > MAX_PAYLOAD:
        msg = f"it has {len(payload)} bytes"
        raise BadFrame(msg)
    for line in payload.split(b"\n"):
        hint = wire.decode(line)
        if hint is not None:
            yield hint


def _said(error: BaseException) -> str:
    match error:
        case TimeoutError():
            return str(error) or "it does not answer"
        case OSError() | EOFError() | NatsError():
            words = " ".join(str(error).split()).removeprefix("nats: ") or type(error).__name__
            return getattr(error, "strerror", None) or words
        case _:  # the driver has tripped over what it read
            return "what listens there is no NATS server"
