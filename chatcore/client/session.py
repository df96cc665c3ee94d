"""A client's session: entering it, staying in it, and leaving it, whatever is cancelled meanwhile, however often."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from ..domain.ids import Token
from ..errors import AlreadyLoggedIn, ChatError, Closed, Internal, LoggedOut
from ..ports.clock import Clock
from ..tasks import outlast
from .admission import Admission, Entry
from .connection_state import ConnectionPhase, ConnectionState
from .upkeep import Upkeep

log: logging.Logger = logging.getLogger(__name__)

CONNECT_TIME = 10.0
"""Seconds that logging in waits for a server."""

GOODBYE_TIME = 5.0
"""Seconds that closing a link may take."""


class ClientSession:
    """Owns the tasks of a client.

    There are two while somebody is logged in, or is about to be: the *runner*, which keeps the connection, and the
    *pacer*, which sends what waits for a time. Neither ends without the other, and when they end though nobody asked
    them to, the state says so and whoever waits is told.
    """

    def __init__(self, upkeep: Upkeep, clock: Clock) -> None:
        self._upkeep, self._connector, self._clock = upkeep, upkeep.connector, clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._runner: asyncio.Task[None] | None = None
        self._pacer: asyncio.Task[None] | None = None
        self._entered: asyncio.Future[None] | None = None
        self._former: Token | None = None
        "The session that was gone on with."
        self._asked_to_end: asyncio.Task[None] | None = None
        "The runner that was cancelled on purpose."
        self._is_leaving = False

    @property
    def is_closed(self) -> bool:
        """Whether the client was left."""
        return self._upkeep.connection.phase is ConnectionPhase.CLOSED

    @property
    def is_alive(self) -> bool:
        """Whether somebody is logged in, or is about to be."""
        return self._runner is not None and not self._runner.done()

    def check_loop(self) -> None:
        """Raise RuntimeError where the client is used from outside its event loop: it would wait for ever."""
        if self._loop is None:
            return
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        if here is not self._loop:
            msg = (
                "this client belongs to another event loop: use it there, from other threads by "
                "loop.call_soon_threadsafe or asyncio.run_coroutine_threadsafe"
            )
            raise RuntimeError(msg)

    def check_open(self) -> None:
        """Raise RuntimeError where the client was not entered, too."""
        if self._loop is None:
            raise RuntimeError("this client is not open yet: use it within `async with chatcore.connect(…) as client:`")
        self.check_loop()

    def check(self) -> None:
        """Raise Closed where the client was left, too."""
        if self.is_closed:
            raise Closed("this client is closed: make another one")
        self.check_open()

    def check_alive(self) -> None:
        """Raise LoggedOut, too, where nobody would ever send what waits; Closed where the client is just being left."""
        self.check()
        if not self.is_alive:
            raise Closed if self._is_leaving else LoggedOut

    def open(self, *, must_keep: bool = True) -> None:
        """Belong to this event loop from now on, and take over what an earlier program left."""
        if self.is_closed:
            raise Closed("this client is closed: make another one")
        if self._loop is not None:
            raise RuntimeError("this client is open already: one `async with` is for one client")
        try:
            self._upkeep.keeping.open(must_keep=must_keep)
            self._upkeep.cached.open()
        except BaseException:
            self._upkeep.keeping.close()
            raise
        self._loop = asyncio.get_running_loop()

    def begin(
        self, entry: Entry, instead: Admission | None = None, *, token: Token | None = None, insist: bool = False
    ) -> None:
        """Start to connect, and go on until the session ends. Raises AlreadyLoggedIn.

        `token`: of the session that is gone on with; None where a new one is begun, or it is asked for at each dial.
        """
        if self.is_alive:
            raise AlreadyLoggedIn
        self._former = self._connector.token = token
        loop = asyncio.get_running_loop()
        entered = self._entered = loop.create_future()

        def online() -> None:
            if not entered.done():
                entered.set_result(None)

        runner = loop.create_task(self._connector.run(entry, instead, insist=insist, online=online))
        pacer = loop.create_task(self._upkeep.pace())
        self._runner, self._pacer = runner, pacer
        pacer.add_done_callback(lambda _: self._pacer_ended(pacer, runner))
        # By the time this one's end is told, another one may have been started.
        runner.add_done_callback(lambda _: self._ended(runner, pacer, entered))

    async def until_entered(self) -> None:
        """Wait until the user is logged in, and the list has its names as far as the snapshot told of it.

        Raises why not; then, and when it is cancelled, nobody is logged in.
        """
        if self._entered is None:
            return
        try:
            async with self._clock.timeout(CONNECT_TIME):
                await asyncio.wait([self._entered])
                while self.is_alive and not self._upkeep.replica.has_names:
                    await self._upkeep.turns.next()
        except TimeoutError:
            if self._entered.done():
                return  # the names come later
            error = self._connector.trouble
            await self._give_up(error)
            raise error from None
        except asyncio.CancelledError:
            await self._give_up(None)
            raise
        self._entered.result()

    async def close(self) -> None:
        """Say goodbye, so that the user is inactive at once, and release everything. Cancelled, it is done in short."""
        if self.is_closed:
            return
        self._is_leaving = True
        self._upkeep.cached.close()  # while everything is here
        goodbye = asyncio.create_task(self._say_goodbye())
        try:
            await asyncio.wait([goodbye])
        except asyncio.CancelledError:
            goodbye.cancel()
            self._connector.drop()
            raise
        finally:
            tasks = self._end_tasks()
            try:
                self._upkeep.fail(Closed())
                self._upkeep.keeping.close()
            finally:
                self._state(ConnectionPhase.CLOSED)
                await outlast(goodbye, *tasks)

    async def _say_goodbye(self) -> None:
        with suppress(TimeoutError):
            async with self._clock.timeout(GOODBYE_TIME):
                await self._connector.close()

    async def _give_up(self, error: ChatError | None) -> None:
        """End what was begun and has not come up."""
        try:
            await outlast(*self._end_tasks())
        finally:
            self._connector.token = self._former
            self._state(ConnectionPhase.LOGGED_OUT, error)

    def _end_tasks(self) -> list[asyncio.Task[None]]:
        self._asked_to_end = self._runner
        tasks = [task for task in (self._runner, self._pacer) if task is not None]
        for task in tasks:
            task.cancel()
        return tasks

    def _pacer_ended(self, pacer: asyncio.Task[None], runner: asyncio.Task[None]) -> None:
        if runner is self._asked_to_end or runner.done():
            return
        if not pacer.cancelled():
            log.error("nothing is sent any more that waits for a time", exc_info=pacer.exception())
        runner.cancel()

    def _ended(self, runner: asyncio.Task[None], pacer: asyncio.Task[None], entered: asyncio.Future[None]) -> None:
        pacer.cancel()
        error: BaseException | None = None
        if not runner.cancelled():
            error = runner.exception()
        elif runner is not self._asked_to_end:
            error = asyncio.CancelledError("by whom is not known: the client did not ask for it")
        if error is not None and not isinstance(error, ChatError):
            log.error("the connection failed", exc_info=error)
            error = Internal("the client made a mistake; its log says more")
            self._upkeep.fail(error)
            self._state(ConnectionPhase.LOGGED_OUT, error)
        if not entered.done():
            entered.set_exception(error or Closed())
            entered.exception()  # seen: nobody may wait for it

    def _state(self, phase: ConnectionPhase, error: ChatError | None = None) -> None:
        reason, code = (error.message, error.code) if error else ("", "")
        self._upkeep.connection_changed(ConnectionState(phase, reason=reason, code=code))
