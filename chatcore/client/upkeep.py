"""A client's upkeep: applies what comes, sends what is due, and tells the observers what has changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import assert_never

import attrs

from ..domain.generations import Point
from ..errors import ChatError, LinkError, LoggedOut, NotFound, PeerError, Phrase, TokenReused, Unreachable
from ..ports.cache import CacheKeeper
from ..ports.clock import Clock
from ..ports.ids import IdSource
from ..ports.outbox import OutboxKeeper
from ..ports.transport import Dialer
from ..wire import frames as f
from .audience import Audience, Note
from .away import Away
from .cached import Cached
from .changes import Reset
from .connection_state import ConnectionPhase, ConnectionState
from .connector import Connector
from .follower import Follower
from .keeping import Keeping
from .marks import Marks
from .notes import timeline_reset
from .observer import Observer
from .outbox import Outbox
from .pacing import Pacing
from .posts import Posts
from .pulls import Pulls
from .replica import Replica
from .turns import Turns

log: logging.Logger = logging.getLogger(__name__)


class Upkeep:
    """What a client holds and has to send, beside the connector that tells it what happens."""

    def __init__(
        self, url: str, dialer: Dialer, clock: Clock, ids: IdSource, keeper: OutboxKeeper, cache: CacheKeeper
    ) -> None:
        outbox = Outbox()
        self._clock, self._pacing = clock, Pacing(clock, ids)
        self.connection: ConnectionState = ConnectionState(ConnectionPhase.LOGGED_OUT)
        self.follower: Follower = Follower(outbox)
        self.replica: Replica = self.follower.replica
        self.connector: Connector = Connector(url, dialer, clock, ids.fraction, ids.instance(), self)
        self.keeping: Keeping = Keeping(keeper)
        self.posts: Posts = Posts(outbox, self.follower, self.connector.ask, self._pacing, self.keeping)
        self.marks: Marks = Marks(self.follower, self.connector.ask, self._pacing)
        self.cached: Cached = Cached(cache, self.follower, self.posts, self._pacing)
        self.away: Away = Away(self.connector.ask, self._pacing)
        self._pulls = Pulls(self.follower, self.connector.ask, self._pacing)
        self._audience = Audience()
        self._stirred = asyncio.Event()
        self.turns: Turns = Turns()

    # ---- what the connector asks and tells

    @property
    def told(self) -> Point | None:
        """What the server told last of its history, where something of it is held."""
        return self.follower.told

    def connection_changed(self, state: ConnectionState) -> None:
        """The connection is in another state. Closed is the last one."""
        if self.connection.phase is not ConnectionPhase.CLOSED:
            if state.phase is ConnectionPhase.ONLINE:
                self.cached.caught_up()
            as_of = self.cached.as_of
            left = self.posts.left if as_of is None else len(self.posts.waiting())
            state = self.connection = attrs.evolve(state, left=left, as_of=as_of)
            if state.phase is ConnectionPhase.OFFLINE:
                self.posts.look_after()
                self.tell_observers()
            self._audience.tell([lambda o: o.connection_changed(state)])
            self.turns.end()

    def logged_in(self, frame: f.LoggedIn) -> None:
        """The session is open."""
        former = self.replica.me
        if self.follower.entered(frame.user) and former is not None:
            self.posts.set_aside(former.id)
            self.posts.fail(LoggedOut("another user has logged in"))
            self.marks.forget(LoggedOut("another user has logged in"))
        self.posts.entered(frame.user.id)

    def received(self, frame: f.Snapshot | f.PushEvent) -> None:
        """A frame came that answers nothing."""
        match frame:
            case f.Snapshot():
                if self.follower.snapshot(frame):
                    self.marks.forget(NotFound("the server's messages are others than before"))
            case f.MessageEvent() | f.ReadEvent() | f.ReceiptsEvent() | f.UserEvent() | f.PresenceEvent():
                self.follower.event(frame)
            case _:
                assert_never(frame)

    def contradicted(self) -> None:
        """The server said what contradicts the copy: with the next snapshot it begins anew."""
        self.follower.doubt()

    def handled(self) -> None:
        """Something was dealt with: send what is due, and tell the observers what has changed."""
        self.posts.heard(self.follower.take_own())
        self.marks.note_displayed()
        if self.connector.is_online:
            now = self._pacing.now()
            self.posts.send_due(now)
            self.marks.send_due(now)
            self.away.send_due(now)
            self._pulls.send_due(now)
            self.cached.changed()
            self.cached.keep_due(now)
        self.tell_observers()
        self._stirred.set()
        self.turns.end()

    def connection_lost(self) -> None:
        """Everything under way is to be sent again."""
        self.cached.connection_lost()  # while nothing is missing
        self.posts.connection_lost()
        self.marks.connection_lost()
        self.away.connection_lost()
        self.follower.connection_lost()
        self.turns.end()

    def logged_out(self) -> None:
        """The user has logged out: nothing of them stays but what waits, for when they come back."""
        if self.replica.me is not None:
            self.posts.set_aside(self.replica.me.id)
            self.cached.drop(self.replica.me.id)
        self.fail(LoggedOut())
        self.marks.forget(LoggedOut())
        self.follower.leave()
        self.marks.displayed.opened(None)
        self.tell_observers()

    def given_up(self, error: ChatError) -> None:
        """Nothing is tried any more. The outbox stays, for the case that the same user logs in again."""
        if isinstance(error, LoggedOut | TokenReused) and self.replica.me is not None:
            self.cached.drop(self.replica.me.id)
        self.fail(error if isinstance(error, LinkError | PeerError) else LoggedOut())

    # ---- what the client does

    def fail(self, error: ChatError) -> None:
        """Nobody will hear any more what became of posts and marks."""
        self.posts.fail(error)
        self.marks.fail(error)

    def tell_observers(self) -> None:
        """Tell the observers what has changed."""
        self._audience.tell(self.follower.take_notes())

    def welcome(self, observer: Observer) -> Callable[[], None]:
        """Tell the observer how things stand, and from now on what changes. Return what ends it."""
        self.tell_observers()  # what happened before is in the resets
        state, rows = self.connection, tuple(self.replica.rows)
        notes: list[Note] = [lambda o: o.connection_changed(state), lambda o: o.rows_changed([Reset(rows)])]
        notes += [timeline_reset(held, self.replica.timeline(held)) for held in self.replica.held_timelines]
        if self.replica.complete:
            notes.append(lambda o: o.synced())
        return self._audience.add(observer, notes)

    async def flush(self, seconds: float) -> None:
        """Wait until everything is sent, for at most this long and while there is a connection."""
        with suppress(TimeoutError, Unreachable):
            async with self._clock.timeout(seconds):
                while self.posts.waiting():
                    await self.turn()

    async def pace(self) -> None:
        """Send what waits for a time, for ever."""
        while True:
            self._stirred.clear()
            parts = (self.posts, self.marks, self.away, self._pulls, self.cached)
            times = [part.next_due() for part in parts]
            due = min((at for at in times if at is not None), default=None) if self.connector.is_online else None
            try:
                async with self._clock.timeout(None if due is None else max(0.0, due - self._pacing.now())):
                    await self._stirred.wait()
            except TimeoutError:
                try:
                    self.handled()
                except (Exception, asyncio.CancelledError):  # nothing is awaited here: a cancellation is a mistake, too
                    log.exception("what was due could not be sent")
                    self.connector.drop()

    async def turn(self) -> None:
        """Wait until something was dealt with. Raises Unreachable when the connection is gone before."""
        if not self.connector.is_online:
            msg = "no connection to the server"
            raise Unreachable(msg)
        await self.turns.next()
        if not self.connector.is_online:
            raise Unreachable(Phrase("the connection was lost before the answer came"))
