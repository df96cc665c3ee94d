"""The host: a running chat that links can be handed to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Coroutine, Sequence
from contextlib import ExitStack, suppress
from itertools import takewhile
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

from ..domain.events import ClientCameBack, Event, SessionEnded, UserChanged
from ..domain.figures import Figures, Meter
from ..domain.hosts import AboutPresence, HostPresence, Hosts
from ..domain.ids import UserId
from ..domain.presence import Presence
from ..domain.strangers import Strangers
from ..domain.users import AsciiNames, NamePolicy, kept_out
from ..errors import ChatError, Internal, LoggedOut, StorageError, TemporaryError
from ..ports.attendance import Attendance
from ..ports.auth import PasswordHasher
from ..ports.bus import Bus
from ..ports.clock import Clock
from ..ports.commits import Altered, Commit, Refused, Stored
from ..ports.guests import Guest
from ..ports.ids import IdSource
from ..ports.recent_marks import RecentMarks
from ..ports.storage import Storage
from ..ports.transport import Link, LinkDown
from ..protocol.server import ServerProtocol
from ..service import account_changes, accounts
from ..service.context import Context
from ..service.gate import Gate
from ..service.hooks import Hooks
from ..service.membership import Membership
from ..service.throttle import Throttle
from ..service.watched_clock import WatchedClock
from ..service.writer import Writer
from ..tasks import outlast
from ..wire.codec import client_frames, server_frames
from .attending import Attending
from .connection import Connection
from .ends import EndsOfSessions
from .hub import Hub
from .looking import Looking
from .missed import Missed
from .neighbours import Neighbours, events_of
from .pace import Pace
from .passing import Passing
from .send_queue import SendQueue
from .sessions import Sessions
from .settings import HostSettings

log: logging.Logger = logging.getLogger(__name__)

DRAIN_TIME = 5.0
"""Seconds that draining waits for clients to close."""

END_BANS_EVERY = 5.0
"""Seconds after which it is looked whose ban is over; who logs in meanwhile is let in at once."""

USE_EVERY = 20.0
"""Seconds after which sessions that may lie unused for minutes only are noted as in use."""


class Host:
    """Serves links over one storage. Use as `async with`; it owns its tasks and ends them.

    `bus` joins it with the other hosts of the same chat, each of which has a storage object of its own; in `attendance`
    all of them write down that they live. A host that is alone needs neither.
    """

    def __init__(  # noqa: PLR0913 - by name, and each for itself
        self,
        *,
        storage: Storage,
        bus: Bus | None = None,
        attendance: Attendance | None = None,
        clock: Clock,
        ids: IdSource,
        hasher: PasswordHasher,
        names: NamePolicy | None = None,
        settings: HostSettings | None = None,
        hooks: Hooks | None = None,
    ) -> None:
        settings = settings or HostSettings()
        self._hooks = hooks or Hooks()
        self.clock = clock
        self.meter: Meter = Meter()
        self._max_backlog = settings.max_backlog
        self._incoming, self._outgoing = client_frames(), server_frames()
        membership = Membership(storage)
        self._caps = settings.caps
        self._strangers: Strangers[Connection] = Strangers(settings.caps.strangers, settings.caps.strangers_per_address)
        self._sessions: Sessions[Connection] = Sessions()
        self._neighbours = Neighbours(bus)
        self._looking = (
            Looking(
                storage,
                storage if isinstance(storage, RecentMarks) else None,
                clock,
                self._committed_elsewhere,
                lambda: self._sessions.entered,
                self._session_ended_elsewhere,
            )
            if settings.looks
            else None
        )
        self._ids = ids
        self._generation = ids.instance()
        encode = self._outgoing.encode
        presence = Presence(settings.grace)
        hosts = Hosts(self._generation, is_written=attendance is not None)
        self._passing = Passing(encode, self._sessions, clock, presence, hosts, self._neighbours.publish, self._left)
        self._attending = (
            None
            if attendance is None
            else Attending(
                attendance,
                clock,
                self._passing,
                settings.label,
                settings.is_named,
                self._begin_anew,
                lambda: self._send_elsewhere("the server cannot reach its database"),
            )
        )
        missed = self._hooks.missed
        self._missed = None if missed is None else Missed(missed, storage, clock, self._is_there, self._generation)
        self._hub = Hub(encode, membership.hearers, self._sessions, self._passing.read)
        self._writer = Writer(storage, clock, self._committed, meter=self.meter)
        self._gate = Gate(self._hooks, storage, self._writer, membership, clock, self._committed, self._fail)
        self.ctx: Context = Context(
            storage,
            self._writer,
            clock,
            WatchedClock(clock),
            ids,
            hasher,
            names or AsciiNames(),
            membership,
            Throttle(settings.throttles, clock),
            settings.session_life,
            settings.newest,
            settings.passwords,
            settings.registration,
            self._gate,
            self._hooks,
        )
        self._ends_of_sessions = EndsOfSessions()
        self._paces: WeakValueDictionary[UserId, Pace] = WeakValueDictionary()
        self._failure: asyncio.Future[None] | None = None
        self._ends = ExitStack()
        self._tasks: list[asyncio.Task[None]] = []
        self._closing: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        begun = await self.ctx.storage.begin(self._generation)
        if self._looking is not None:
            await self._looking.begin(begun)
        if self._attending is not None:
            await self._attending.begin()
        if self._missed is not None:
            await self._missed.begin(begun.number)
        loop = asyncio.get_running_loop()
        self._failure = loop.create_future()
        with ExitStack() as ends:
            ends.callback(self.ctx.storage.listen(self._committed))
            ends.callback(
                self._neighbours.listen(
                    self._committed_elsewhere,
                    self._hear_presence,
                    self._session_ended_elsewhere,
                    self._came_back_elsewhere,
                    self._looking.look_now if self._looking is not None else lambda: None,
                )
            )
            self._ends = ends.pop_all()
        works = [
            self._writer.run(),
            self._passing.run(),
            self._renew(),
            self._use(),
            self._end_bans(),
            self.ctx.watched_clock.watch(),
        ]
        if self._looking is not None:
            works.append(self._looking.run())
        if self._attending is not None:
            works.append(self._attending.run())
        if self._missed is not None:
            works.append(self._missed.run())
        self._tasks = [loop.create_task(work) for work in works]
        for task in self._tasks:
            task.add_done_callback(self._ended)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.close()
        tasks = [*self._tasks, *self._closing]
        self._tasks = []  # from now on they may end
        for task in tasks:
            task.cancel()
        try:
            await self._gate.close()
            await outlast(*tasks)
        finally:
            if self._failure is not None and self._failure.done() and not self._failure.cancelled():
                self._failure.exception()  # seen: whoever waits in failure() has it too

    async def serve(self, link: Link, guest: Guest | None = None) -> None:
        """Serve a link until it ends, for somebody whom the application has let in. Never raises for a peer's doing."""
        queue = SendQueue(link, max_bytes=self._max_backlog, meter=self.meter)
        connection = Connection(link, queue, ServerProtocol(self._incoming, self._outgoing), self, guest)
        self._sessions.add(connection)
        self.meter.connections += 1
        leaves = self._strangers.come(connection, link.address)
        if leaves is not None:
            leaves.drop()
        try:
            await connection.run()
        except StorageError as error:
            self._fail(error)
            link.abort()
        except BaseException:  # whatever it was: nothing is served here any more, and the peer must not believe it is
            link.abort()
            raise

    def figures(self) -> Figures:
        """Tell how much there is, and what was done."""
        living = tuple(self._sessions)
        logged_in = len(self._sessions.everybody)
        return Figures(
            logged_in=logged_in,
            strangers=len(living) - logged_in,
            sessions=len({connection.session for connection in self._sessions.everybody}),
            active=len(self.active()),
            waiting=self._writer.waiting,
            hashes=self.ctx.throttle.waiting,
            done=self.meter,
        )

    async def drain(self) -> None:
        """Take no more posts, answer those under way, tell the clients and close their links."""
        self._gate.stop()
        await self._gate.drained()
        self._writer.stop()
        await self._writer.drained()
        if self._missed is not None:
            await self._missed.stop()
        closings = [c.close("draining", "the server is restarting", restarting=True) for c in self._sessions]
        try:
            async with self.clock.timeout(DRAIN_TIME):
                await asyncio.gather(*closings, return_exceptions=True)
        except TimeoutError:
            pass  # those that do not read are dropped with the process
        if self._attending is not None:
            await self._attending.leave()

    async def failure(self) -> None:
        """Wait for ever, or raise StorageError when the storage has failed: then nothing more can be promised."""
        if self._failure is None:
            msg = "the host is not running"
            raise RuntimeError(msg)
        await asyncio.shield(self._failure)

    # ---- what connections ask for

    def begin(self, connection: Connection, session: str) -> None:
        """The session's digest is known: end this connection when the session ends."""
        self._sessions.begin(connection, session)

    def enter(self, connection: Connection) -> None:
        """The user is known: tell this connection what happens, and count it for presence.

        Raises LinkDown where the session has ended since `begin`.
        """
        if not self._sessions.has_begun(connection):
            raise LinkDown(clean=False, reason="ended while it was logging in")
        self._strangers.go(connection)
        self.ctx.membership.known_users.add(connection.user_id)
        self._sessions.enter(connection, connection.user_id)
        self._passing.connected(connection.session, connection.user_id, connection)
        for former in takewhile(lambda other: other is not connection, self._sessions.of_session(connection.session)):
            if former.instance == connection.instance:
                # Whatever happens to the old link says nothing about presence any more.
                self._passing.closed(former.session, former)
                self._replace(former)
        self._neighbours.publish([ClientCameBack(connection.session, connection.instance)])
        self._make_room(self._sessions.of_session(connection.session), self._caps.per_session)
        self._make_room(tuple(self._sessions.by_user.get(connection.user_id, ())), self._caps.per_user)

    def leave(self, connection: Connection, *, clean: bool) -> None:
        """The connection has ended."""
        self._strangers.go(connection)
        if connection.user is not None:
            if clean:
                self._passing.closed(connection.session, connection)
            else:
                self._passing.broken(connection.session, connection)
        self._sessions.remove(connection)
        if connection.user is not None:
            self.looked_away(connection.user.id)

    def looked_away(self, user: UserId) -> None:
        """One of the user's clients is gone, or has said whether somebody looks at it."""
        if self._missed is not None and not self._is_there(user):
            self._missed.left([user])

    def _is_there(self, user: UserId) -> bool:
        """Return whether a message could reach somebody: who is connected elsewhere looks, as far as is known here."""
        here = self._sessions.by_user.get(user, ())
        is_away = bool(here) and all(connection.is_away for connection in here)
        return self._passing.is_active_elsewhere(user) or (self._passing.is_active(user) and not is_away)

    def end_session(self, session: str, kept_out: UserId | None = None) -> None:
        """The session has ended: end its connections at every host, without grace.

        `kept_out`: whose session it was, where that is why.
        """
        self._end_session_here(session, kept_out)
        self._neighbours.publish([SessionEnded(session)])

    def has_ended(self, session: str, since: float) -> bool:
        """Return whether a session has ended since a moment, at most a minute ago."""
        return self._ends_of_sessions.has(session, since)

    def _session_ended_elsewhere(self, session: str) -> None:
        """A session is over for reasons that may not be told yet: whoever is kept out is to know why."""
        users = (connection.user for connection in self._sessions.of_session(session))
        self._end_session_here(session, next((user.id for user in users if user is not None), None))

    def _end_session_here(self, session: str, kept_out: UserId | None = None) -> None:
        self._ends_of_sessions.note(session, self.clock.monotonic())
        self._gate.session_ended(session)
        self._passing.logged_out(session)
        for connection in self._sessions.of_session(session):
            self._sessions.remove(connection)
            if kept_out is None:
                self._close(connection, "logged_out", "the session has ended")
            else:
                self._end(connection, self._show_out(connection, kept_out))

    async def _show_out(self, connection: Connection, user: UserId) -> None:
        """Tell somebody why they are out, where they are to know."""
        error: ChatError = LoggedOut("the session has ended")
        with suppress(TemporaryError):  # they are told when they log in
            account = await self.ctx.storage.account_of(user)
            if account is not None and account.exclusion.banned_until_ms is not None:
                error = kept_out(account.exclusion)
        await connection.close_for(error)

    def active(self) -> tuple[UserId, ...]:
        """Return the users who are active now."""
        return self._passing.active()

    def pace(self, user: UserId) -> Pace:
        """Return the one pace of all connections of a user; it is forgotten with the last of them."""
        return self._paces.setdefault(user, Pace())

    def _came_back_elsewhere(self, session: str, instance: str) -> None:
        """A client has connected at another host. Until that one tells of its presence, the grace bridges the gap."""
        for former in self._sessions.of_session(session):
            if former.instance == instance and former in self._sessions.everybody:
                self._passing.broken(session, former)
                self._replace(former)

    def _make_room(self, connections: Sequence[Connection], most: int) -> None:
        for former in connections[: max(0, len(connections) - most)]:
            self._passing.closed(former.session, former)
            self._sessions.remove(former)
            self._close(former, "crowded", f"there are more than {most} connections of this kind")

    def _replace(self, connection: Connection) -> None:
        """Its client has connected again."""
        self._sessions.remove(connection)
        self._close(connection, "replaced", "the same client has connected again")

    def _begin_anew(self) -> str:
        """The other hosts have given this one up: end all connections, and return another name for it."""
        self._send_elsewhere("the server was frozen or cut off: connect again")
        return self._ids.instance()

    def _send_elsewhere(self, why: str) -> None:
        """End all connections: their clients connect again, to other hosts where there is a choice."""
        for connection in self._sessions:
            if connection.user is not None:
                self._passing.closed(connection.session, connection)
            self._sessions.remove(connection)
            self._end(connection, connection.close("draining", why, restarting=True))

    def _close(self, connection: Connection, code: str, message: str) -> None:
        self._end(connection, connection.close(code, message))

    def _end(self, connection: Connection, closing: Coroutine[object, object, None]) -> None:
        connection.end()  # the peer has seconds to answer the close
        task = asyncio.get_running_loop().create_task(closing)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    # ---- commits, ticks, failure

    def _committed(self, commit: Commit) -> None:
        events = events_of(commit)
        self._note_changes(events)
        self._hub.deliver(commit)
        self._neighbours.publish(events)
        self._gate.told(commit)
        if self._hooks.after_commit:
            self._hooks.committed(events)
        if self._missed is not None:
            self._missed.committed(events)
        for outcome in commit:
            if isinstance(outcome, Stored):
                self.meter.messages += 1
            elif isinstance(outcome, Refused):
                self.meter.refuse(outcome.error.code)
            if isinstance(outcome, Altered):
                for session in outcome.ended:
                    self.end_session(session, outcome.user.id)

    def _hear_presence(self, told: AboutPresence) -> None:
        if self._attending is not None and isinstance(told, HostPresence):
            self._attending.others_go_on()
        self._passing.hear(told)

    def _committed_elsewhere(self, events: Sequence[Event]) -> None:
        if self._attending is not None:
            self._attending.others_go_on()
        self._note_changes(events)
        self._hub.tell(events)
        for event in events:
            if isinstance(event, UserChanged) and event.user.disabled:
                for connection in tuple(self._sessions.by_user.get(event.user.id, ())):
                    self._end_session_here(connection.session, event.user.id)
        if self._missed is not None:
            self._missed.committed(events)

    def _left(self, users: Collection[UserId]) -> None:
        if self._missed is not None:
            self._missed.left(users)

    def _note_changes(self, events: Sequence[Event]) -> None:
        if self._looking is not None:
            self._looking.told(events)
        for event in events:
            if isinstance(event, UserChanged):
                self.ctx.membership.known_users.changed(event.user.id)
                set_right = self._writer.bar if event.user.disabled else self._writer.let_in
                set_right(event.user.id)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A task that runs as long as the host does has ended: nothing can be promised any more."""
        error = None if task.cancelled() else task.exception()
        if task not in self._tasks:
            return
        if not isinstance(error, Exception):
            error = Internal("a task of the server has ended that nobody asked to")
        if not isinstance(error, StorageError):
            log.error("a task of the server has ended", exc_info=error)
        self._fail(error)

    def _fail(self, error: Exception) -> None:
        if self._failure is not None and not self._failure.done():
            self._failure.set_exception(error)

    async def _renew(self) -> None:
        """Note now and then which sessions are in use, so that none is idle that is connected, and end the old ones."""
        while True:
            await self.clock.sleep(self.ctx.session_life.renewal)
            with suppress(TemporaryError):  # the next time comes soon enough
                for session in await accounts.renew(self.ctx, self._sessions.digests):
                    self._end_session_here(session)  # other hosts find it out for themselves

    async def _end_bans(self) -> None:
        """Let those in again whose ban is over."""
        while True:
            await self.clock.sleep(END_BANS_EVERY)
            with suppress(TemporaryError):
                await account_changes.end_bans(self.ctx)

    async def _use(self) -> None:
        """Note every few seconds which sessions of a short life are in use."""
        while True:
            await self.clock.sleep(USE_EVERY)
            with suppress(TemporaryError):
                await accounts.use(self.ctx, self._sessions.digests)
