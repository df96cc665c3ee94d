"""Who has missed what: a hook is told of messages whose readers were not there, or left without having read them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar

from ..domain.events import Event, MessagePosted
from ..domain.ids import UserId
from ..domain.leases import LEASE
from ..domain.messages import Message
from ..domain.ripe import Ripe
from ..domain.users import User
from ..errors import ChatError, TemporaryError
from ..ports.clock import Clock
from ..ports.storage import Storage
from ..service.hooks import WhenMissed, within
from ..tasks import first_of

JOB = "missed"
"""What its positions are kept under: the log's number as a whole, and one for each user who is held."""

AT_ONCE = 500
"""Messages that are read at once, and readers that the hook is given at most."""
TIME = 30.0
"""Seconds that the hook may take for one call."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between two tries, which double."""
GIVEN_UP = 600.0
"""Seconds after which a call that fails is not tried again. Calls are made one after the other, so a gateway that is
down for long costs one call in ten minutes, and a message that the hook cannot bear holds up the others no longer."""
WRITE_PAUSE = 1.0
"""Seconds until the storage is asked again that had no answer."""
STOPPING = 5.0
"""Seconds in which the call under way may come to its end when the host drains."""

TAKEN_EVERY = 5.0
"""Seconds after which the job is taken again, or tried to be."""

T = TypeVar("T")


class _AnotherHasIt(Exception):
    """The job is another host's by now."""


log: logging.Logger = logging.getLogger(__name__)


class Missed:
    """Goes through the log behind its end, as long as it runs.

    Who is not there when a message is old enough, and has not read it, is told of. Who is there is *held* from that
    message on: when they leave, they are told of what they have not read since. Position and holds are stored
    together after each call that returned, so a crash repeats the call that was under way, and nothing else.

    Of several hosts one does it, for as long as it takes the job again in time; the others take it when that one has
    ended or died.
    """

    def __init__(
        self, hook: WhenMissed, storage: Storage, clock: Clock, is_there: Callable[[UserId], bool], host: str
    ) -> None:
        self._hook, self._storage, self._clock, self._is_there, self._host = hook, storage, clock, is_there, host
        self._is_stopped = False
        self._begun = 0
        "How far the log had come when this host started."
        self._position = 0
        "Up to this number everything was looked at."
        self._held: dict[UserId, int] = {}
        "The number after which somebody who was there has not read everything."
        self._unkept: dict[str, int | None] = {}
        "Holds that are not stored yet."
        self._left: dict[UserId, None] = {}
        "Those held who may have left."
        self._ripe = Ripe(hook.after)
        self._stirred = asyncio.Event()
        self._calling = asyncio.Lock()

    async def begin(self, number: int) -> None:
        """On its first start it begins with what comes after this number, the newest."""
        if await self._take() and not await self._storage.positions(JOB):
            await self._storage.keep_positions(JOB, self._host, {"": number})
        self._begun = number
        self._ripe.note(number, self._clock.monotonic())

    def committed(self, events: Iterable[Event]) -> None:
        """Hear of what was committed, at this host or another one."""
        number = max((event.message.number for event in events if isinstance(event, MessagePosted)), default=0)
        if number:
            if self._ripe.next_due() is None:
                self._stirred.set()
            self._ripe.note(number, self._clock.monotonic())

    def left(self, users: Iterable[UserId]) -> None:
        """These users are not there any more."""
        for user in users:
            if user in self._held:
                self._left[user] = None
                self._stirred.set()

    async def run(self) -> None:
        """Tell the hook, until cancelled. After a start there is time to come back, for clients whose server it was."""
        await self._clock.sleep(self._hook.after)
        while True:
            if await self._asked(self._take):
                await first_of(self._go_on(), self._have())
            await self._clock.sleep(TAKEN_EVERY)
            self._ripe.upto(self._clock.monotonic())  # what another host has done need not be kept in mind

    async def _take(self) -> bool:
        """Have the job for some seconds more, unless another host has it."""
        return not self._is_stopped and await self._storage.take_job(JOB, self._host, self._clock.now_ms())

    async def _have(self) -> None:
        """Take the job again and again; return when another host has it, or might have."""
        until = self._clock.monotonic() + LEASE
        while self._clock.monotonic() < until:
            await self._clock.sleep(TAKEN_EVERY)
            asked_at = self._clock.monotonic()
            with suppress(TemporaryError):
                if not await self._take():
                    return
                until = asked_at + LEASE

    async def _go_on(self) -> None:
        """Go on from where it had come to, for as long as this host has the job."""
        kept = dict(await self._asked(lambda: self._storage.positions(JOB)))
        self._position = kept.pop("", self._begun)
        self._held = {UserId(user): after for user, after in kept.items()}
        self._unkept, self._left = {}, dict.fromkeys(self._held)
        with suppress(_AnotherHasIt):
            await self._go_through()

    async def _go_through(self) -> None:
        while True:
            self._stirred.clear()
            await self._look()
            while self._left:
                user = next(iter(self._left))
                del self._left[user]
                await self._see_off(user)
            await self._wait()

    async def stop(self) -> None:
        """Call the hook no more, and return when the call under way is done and kept, or takes too long.

        Then another host may go on.
        """
        with suppress(TimeoutError, ChatError):
            async with self._clock.timeout(STOPPING):
                await self._calling.acquire()  # for good
                self._is_stopped = True
                await self._storage.leave_job(JOB, self._host)

    async def _wait(self) -> None:
        due = self._ripe.next_due()
        with suppress(TimeoutError):
            async with self._clock.timeout(None if due is None else max(0.0, due - self._clock.monotonic())):
                await self._stirred.wait()

    async def _look(self) -> None:
        """Look at what is old enough now."""
        upto = self._ripe.upto(self._clock.monotonic())
        while self._position < upto:
            messages = await self._asked(
                lambda: self._storage.messages_between(self._position, upto, AT_ONCE, crowds=self._hook.general)
            )
            for message in messages:
                await self._look_at(message)
            # What nobody was told of can be looked at once more, with the same result: it need not be kept each time.
            if len(messages) == AT_ONCE:
                await self._keep()
            else:
                self._position = upto

    async def _look_at(self, message: Message) -> None:
        page: Sequence[User] = ()
        is_last = False
        while not is_last:
            after = page[-1].id if page else ""
            page = await self._asked(partial(self._storage.readers_to_be, message, after, AT_ONCE))
            is_last = len(page) < AT_ONCE
            absent = [user for user in page if not user.disabled and not self._is_held(user.id, message.number)]
            if absent:
                await self._tell(message, absent, looked_at=message.number if is_last else self._position)
        self._position = message.number

    def _is_held(self, user: UserId, number: int) -> bool:
        """Return whether somebody is told of a message only when they leave."""
        if user not in self._held and self._is_there(user):
            self._hold(user, number - 1)
        return user in self._held

    def _hold(self, user: UserId, after: int | None) -> None:
        self._unkept[user] = after
        if after is None:
            del self._held[user]
        else:
            self._held[user] = after

    async def _see_off(self, user: UserId) -> None:
        """Tell of what somebody who has left has not read, one at a time: they may come back, and read the next."""
        if user not in self._held:
            return
        found = await self._asked(lambda: self._storage.user(user))
        while found is not None and not found.disabled:
            if self._is_there(user):
                return
            messages = await self._asked(
                lambda: self._storage.messages_between(
                    self._held[user], self._position, 1, crowds=self._hook.general, unread_by=user
                )
            )
            if not messages:
                break
            self._hold(user, messages[0].number)
            await self._tell(messages[0], [found], looked_at=self._position)
        self._hold(user, None)
        await self._keep()

    async def _tell(self, message: Message, readers: Sequence[User], looked_at: int) -> None:
        """Call the hook until it returns, and keep what has come of it then."""
        begun, pause = self._clock.monotonic(), 0.0
        while True:
            async with self._calling:
                if await self._call(message, readers, is_first=not pause, is_last=self._is_late(begun)):
                    self._position = looked_at
                    await self._keep()
                    return
            pause = min(LONGEST_PAUSE, pause * 2 or FIRST_PAUSE)
            await self._clock.sleep(pause)

    def _is_late(self, begun: float) -> bool:
        return self._clock.monotonic() - begun >= GIVEN_UP

    async def _call(self, message: Message, readers: Sequence[User], *, is_first: bool, is_last: bool) -> bool:
        """Return whether the call is over: whether it succeeded, or was the last one."""
        try:
            await within(TIME, self._hook.call(message, readers), self._clock)
        except Exception as error:
            if is_first:
                log.exception("the hook missed failed, and is called again, until %s s have passed", round(GIVEN_UP))
            if is_last:
                log.error("the hook missed has failed for too long, and a message goes untold: %r", error)  # noqa: TRY400
            return is_last
        return True

    async def _keep(self) -> None:
        unkept, self._unkept = self._unkept, {}
        kept = {"": self._position, **unkept}
        if not await self._asked(lambda: self._storage.keep_positions(JOB, self._host, kept)):
            raise _AnotherHasIt

    async def _asked(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask the storage until it answers."""
        while True:
            try:
                return await ask()
            except TemporaryError:
                await self._clock.sleep(WRITE_PAUSE)
