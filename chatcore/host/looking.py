"""Looking for what other hosts have committed: whatever the bus loses, everything still arrives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import assert_never
from zlib import crc32

from ..domain.events import Event, MessagePosted, MessagesRead, UserChanged, UserRegistered
from ..domain.generations import Point
from ..domain.ids import ConversationId, UserId
from ..errors import TemporaryError
from ..ports.clock import Clock
from ..ports.recent_marks import RecentMarks
from ..ports.storage import Happening, Storage

LOOK_EVERY = 3.0
"""Seconds from the beginning of a look to that of the next one."""

HELD_BACK = 0.5
"""Seconds in which what was found may still be told by the bus, or by this host's own commit."""

AT_ONCE = 500
"""How much is read at once."""

MOST_ASKED = 1_000
"""Sessions of which it is asked at each look whether they have ended. Of more it is asked in turns."""

TURNS = 3
"""Looks within which all have been asked for: so the end of each is found within ten seconds."""

_NOBODY = UserId("")

_Mark = tuple[UserId, ConversationId, int]
"""Of whom, where, and the version of the read state that it made: no two have all of it in common."""


class Looking:
    """Tells of what has been committed since the last look and was not told yet.

    That is messages, facts about users, what was read where the storage has `marks`, and which of the sessions that are
    connected here have ended.
    """

    def __init__(
        self,
        storage: Storage,
        marks: RecentMarks | None,
        clock: Clock,
        tell: Callable[[Sequence[Event]], None],
        sessions: Callable[[], Sequence[str]],
        end_session: Callable[[str], None],
    ) -> None:
        """`sessions` gives the digests of those that are connected here and are stored."""
        self._storage, self._marks, self._clock, self._tell = storage, marks, clock, tell
        self._sessions, self._end_session = sessions, end_session
        self._messages: set[int] = set()
        "The numbers of those that were told, above the place up to which it was looked."
        self._facts: set[int] = set()
        "The same of users."
        self._read: set[_Mark] = set()
        "The marks that were told since the last look."
        self._place = Point("", 0, 0)
        self._marked = 0
        self._wanted = asyncio.Event()
        self._turn = 0
        self._read_before: set[_Mark] = set()
        "Those that were told before it, and after the one before that: a commit is seen by the second look at last."

    def told(self, events: Sequence[Event]) -> None:
        """These were told already."""
        for event in events:
            match event:
                case MessagePosted(message):
                    self._messages.add(message.number)
                case UserRegistered(user) | UserChanged(user):
                    self._facts.add(user.fact)
                case MessagesRead():
                    self._read.add(_mark_of(event))
                case _:
                    assert_never(event)

    def look_now(self) -> None:
        """The bus may have lost something just now: look at once, not at the next turn."""
        self._wanted.set()

    async def begin(self, place: Point) -> None:
        """Look for what comes after a place, from before anybody is served: who comes is told of all up to then."""
        self._place = place
        if self._marks is not None:
            self._marked = (await self._marks.marks_after(None, AT_ONCE)).place

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            begun = self._clock.monotonic()
            with suppress(TemporaryError):  # the next look finds it
                self._place = await self._look(self._place)
                self._marked = await self._look_for_marks(self._marked)
                await self._look_for_ends()
            with suppress(TimeoutError):
                async with self._clock.timeout(max(0.0, begun + LOOK_EVERY - self._clock.monotonic())):
                    await self._wanted.wait()
            self._wanted.clear()

    async def _look(self, place: Point) -> Point:
        """Tell what stands after a place; return where it has come to."""
        while True:
            read = await self._storage.happenings(place, AT_ONCE)
            if not read.is_same:  # an older copy was put in place
                return (await self._storage.overview(_NOBODY, 0)).point
            if not read.happened:
                return place
            if any(not self._is_told(happening) for happening in read.happened):
                await self._clock.sleep(HELD_BACK)
                self._tell(list(_events(h for h in read.happened if not self._is_told(h))))
            last = read.happened[-1]
            place = Point(read.generation, last.number, last.fact)
            self._forget(read.happened)
            if len(read.happened) < AT_ONCE:  # what has come meanwhile is for the next look: there is more to look for
                return place

    async def _look_for_marks(self, place: int) -> int:
        """Tell which were made after a place; return where it has come to."""
        if self._marks is None:
            return place
        self._read, self._read_before = set(), self._read
        while True:
            read = await self._marks.marks_after(place, AT_ONCE)
            if not read.made:
                return read.place
            if any(not self._is_mark_told(event) for event in read.made):
                await self._clock.sleep(HELD_BACK)
                self._tell([event for event in read.made if not self._is_mark_told(event)])
            place = read.place
            if len(read.made) < AT_ONCE:
                return place

    def _is_mark_told(self, event: MessagesRead) -> bool:
        mark = _mark_of(event)
        return mark in self._read or mark in self._read_before

    async def _look_for_ends(self) -> None:
        """Ask which sessions have ended: of many a part each time, since each has to be looked up."""
        connected = self._sessions()
        if len(connected) > MOST_ASKED:
            self._turn = (self._turn + 1) % TURNS
            connected = [session for session in connected if crc32(session.encode()) % TURNS == self._turn]
        if connected:
            for session in await self._storage.ended_sessions(connected):
                self._end_session(session)

    def _is_told(self, happening: Happening) -> bool:
        if happening.message is not None:
            return happening.number in self._messages
        return happening.fact in self._facts

    def _forget(self, happened: Sequence[Happening]) -> None:
        """What was passed is not found again."""
        newest = max((h.number for h in happened if h.message is not None), default=0)
        fact = max((h.fact for h in happened), default=0)
        self._messages = {number for number in self._messages if number > newest}
        self._facts = {told for told in self._facts if told > fact}


def _mark_of(event: MessagesRead) -> _Mark:
    return event.reader, event.conversation, event.tally.version


def _events(happened: Iterable[Happening]) -> Iterator[Event]:
    for happening in happened:
        if happening.message is not None:
            yield MessagePosted(happening.message)
        if happening.user is not None:
            yield UserChanged(happening.user)
