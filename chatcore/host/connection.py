"""One client's connection: reads its frames, hands them to the use cases, and sends what comes back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol, assert_never

from ..domain.figures import Meter
from ..domain.ids import Token, UserId
from ..domain.users import User
from ..errors import BadFrame, ChatError, Internal, LoggedOut, NotAllowed, SlowDown, StorageError, TokenReused
from ..ports.clock import Clock
from ..ports.guests import Guest
from ..ports.transport import Link, LinkDown, OutFrame
from ..protocol.server import ServerProtocol, closing, error_frame
from ..service import accounts, roster, sessions, tokens
from ..service.context import Context
from ..service.gate import Lane
from ..wire import frames as f
from ..wire.limits import ENTRY_TIME, MAX_UNANSWERED, MAX_UNANSWERED_BYTES
from .pace import LIGHT, Pace
from .requests import ENTRY, HANDLERS, cost
from .send_queue import SendQueue

log: logging.Logger = logging.getLogger(__name__)


class House(Protocol):
    """What a connection needs of its host."""

    ctx: Context
    clock: Clock
    meter: Meter

    def begin(self, connection: Connection, session: str) -> None:
        """The session's digest is known: end this connection when the session ends."""

    def enter(self, connection: Connection) -> None:
        """The user is known: tell this connection what happens, and count it for presence.

        Raises LinkDown where the session has ended since `begin`.
        """

    def leave(self, connection: Connection, *, clean: bool) -> None:
        """The connection has ended."""

    def looked_away(self, user: UserId) -> None:
        """One of the user's clients has said whether somebody looks at it."""

    def end_session(self, session: str) -> None:
        """The session has ended: end its connections."""

    def has_ended(self, session: str, since: float) -> bool:
        """Return whether a session has ended since a moment, at most a minute ago."""

    def active(self) -> tuple[UserId, ...]:
        """Return the users who are active now."""

    def pace(self, user: UserId) -> Pace:
        """Return the one pace of all connections of a user."""


class Connection:
    """One link from its first frame to its end."""

    def __init__(
        self, link: Link, queue: SendQueue, protocol: ServerProtocol, house: House, guest: Guest | None = None
    ) -> None:
        """`guest`: whom the application has let in; None for who has to say so themselves."""
        self._link, self._queue, self._protocol, self._house = link, queue, protocol, house
        self._guest = guest
        self._size = 0
        "Bytes of the frame that came last."
        # A list, and a future where somebody waits: a deque takes 0.7 KiB, an event another one.
        self._unanswered: list[int] = []
        "The sizes of the frames whose answers come with a commit, in their order: a few."
        self._unanswered_bytes = 0
        self._pace = Pace()
        "Of the user, once somebody is logged in."
        self._pause = 0.0
        "Seconds for which nothing more is read."
        self._sent_bad_frame = False
        self._lane: Lane | None = None
        self._serving: asyncio.Task[object] | None = None
        self._is_over = False
        self._room: asyncio.Future[None] | None = None
        "Done with the next answer, where somebody waits for that."
        self.instance: str = ""
        self.session = ""
        "The digest of the token; empty before it is known."
        self.user: User | None = None
        self.is_away: bool = False
        "Whether its client has said that nobody looks at it."

    @property
    def address(self) -> str:
        """Where the peer is; as `Link.address`."""
        return self._link.address

    @property
    def user_id(self) -> UserId:
        """Who is logged in here."""
        if self.user is None:
            raise LoggedOut
        return self.user.id

    @property
    def lane(self) -> Lane:
        """By which its posts come before the application."""
        if self._lane is None or self._lane.session != self.session:
            self._lane = Lane("client", self.session)
        return self._lane

    def looked_away(self, user: UserId) -> None:
        """One of the user's clients has said whether somebody looks at it."""

    def end_session(self, session: str) -> None:
        """Another session of the user has ended: end its connections."""
        self._house.end_session(session)

    def set_away(self, *, away: bool) -> None:
        """Nobody looks at its client, or somebody does again."""
        self.is_away = away
        self._house.looked_away(self.user_id)

    def put(self, frames: Sequence[OutFrame]) -> None:
        """Send frames in one write (behind the snapshot, where that is still to come)."""
        self._queue.put(frames)

    def awaits(self) -> None:
        """One more answer comes with a commit."""
        self._unanswered.append(self._size)
        self._unanswered_bytes += self._size
        if self._size > LIGHT:
            self._pause = self._pace.take(self._size, self._house.clock.monotonic())

    def answered(self) -> None:
        """One of these answers is here."""
        self._unanswered_bytes -= self._unanswered.pop(0)
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

    async def run(self) -> None:
        """Serve the link until it ends. What a peer does wrong ends its own connection at most."""
        clean = False
        serving = self._serving = asyncio.current_task()
        try:
            async with self._house.clock.timeout(ENTRY_TIME):
                entered = await self._enter()
            if entered:
                await self._serve()
            clean = True
        except TimeoutError:
            await self.close("slow_entry", "nobody logged in on this connection in time")
        except LinkDown as down:
            clean = down.clean
        except asyncio.CancelledError:
            if not self._is_over or serving is None or serving.uncancel():
                raise
            clean = await self._hear_out()
        finally:
            self._serving = None
            self._house.leave(self, clean=clean)

    def end(self) -> None:
        """Do nothing more of what comes, or is under way; whoever calls closes the link.

        What waits for its commit already came before, and is stored.
        """
        if not self._is_over and self._serving is not None:
            self._serving.cancel()
        self._is_over = True

    def drop(self) -> None:
        """End it at once, without a word."""
        self.end()
        self._link.abort()

    async def _hear_out(self) -> bool:
        """Let everything pass that still comes until the link has ended; return whether it ended cleanly."""
        try:
            while True:
                await self._link.receive()
        except LinkDown as down:
            return down.clean

    async def close(self, code: str, message: str, *, restarting: bool = False) -> None:
        """Tell the client why, and end the link."""
        await self._close(f.Closing(code, message), restarting=restarting)

    async def close_for(self, error: ChatError) -> None:
        """Tell the client what is wrong, and end the link."""
        await self._close(closing(error))

    async def _close(self, why: f.Closing, *, restarting: bool = False) -> None:
        self._queue.put([OutFrame(self._protocol.send(why))])
        await self._link.close(why.code, restarting=restarting)

    # ---- logging in

    async def _enter(self) -> bool:
        while True:
            frame = await self._next()
            if frame is None:
                return False
            try:
                if isinstance(frame, f.Hello):
                    self.instance = frame.instance
                    self._send(self._protocol.agree(frame))
                else:
                    await self._log_in(frame)  # type: ignore[arg-type]
                    return True
            except StorageError:
                raise
            except ChatError as error:
                if self.user is not None:  # let in already, but the snapshot cannot be read
                    self._house.leave(self, clean=True)
                    self._queue.forget()
                    await self.close(error.code, error.message)
                    return False
                self._send(self._refusal(error, getattr(frame, "id", None)))
                if isinstance(frame, f.Hello):
                    await self._link.close(error.code)
                    return False

    async def _log_in(self, frame: f.Credentials) -> None:
        """Register the connection first, then check the session, then read: so nothing that happens is missed."""
        ctx = self._house.ctx
        token = None
        if isinstance(frame, f.Enter):
            await self._enter_as(self._guest)
        elif self._guest is not None:
            msg = "the application says who comes here: enter"
            raise NotAllowed(msg)
        else:
            token = await self._token(frame)
            self._house.begin(self, accounts.digest(token))
            if isinstance(frame, f.Resume):
                await self._be_led(token)
        user = await accounts.user_of(ctx, self.session, self.address)
        try:
            ctx.throttle.read(user.id, ENTRY)
        except SlowDown:
            if isinstance(frame, f.Register | f.LogIn):  # nobody will ever have the token
                await accounts.log_out(ctx, self.session)
            raise
        self.user = user
        self._house.enter(self)
        self._pace = self._house.pace(self.user.id)
        self._send(f.LoggedIn(frame.id, self.user, None if isinstance(frame, f.Resume) else token))
        self._queue.hold()
        seen = await roster.overview(ctx, self.user.id, None if isinstance(frame, f.Register) else frame.told)
        active = self._house.active()
        snapshot = f.Snapshot(seen.epoch, seen.point, seen.is_same, active, seen.general, seen.tallies)
        self._queue.release(OutFrame(self._protocol.send(snapshot)))

    async def _be_led(self, token: Token) -> None:
        """Be of the session that a token leads to; end that one where another token has taken this one's place."""
        ctx = self._house.ctx
        found = await tokens.led(ctx, token)
        if not found.is_reuse:
            if found.session != self.session:
                self._house.begin(self, found.session)
            return
        self._house.begin(self, f"reused.{found.session}")  # it is told why, the others only that it is so
        await accounts.log_out(ctx, found.session)
        self._house.end_session(found.session)
        where = f" from {self.address}" if self.address else ""
        log.warning("session %.12s has ended: a token came%s that another one had replaced", found.session, where)
        raise TokenReused

    async def _enter_as(self, guest: Guest | None) -> None:
        if guest is None:
            msg = "no application says who comes here: log in"
            raise NotAllowed(msg)
        self._house.begin(self, sessions.digest_of(guest, self.instance))
        await sessions.enter(self._house.ctx, guest, self.session, self.address)
        if guest.host is not None and self._house.has_ended(guest.host, guest.since):
            await accounts.log_out(self._house.ctx, self.session)  # it began after the application's own had ended
            raise LoggedOut

    async def _token(self, frame: f.Register | f.LogIn | f.Resume) -> Token:
        ctx = self._house.ctx
        match frame:
            case f.Resume(_, token):
                return token
            case f.Register(_, name, password, code):
                user = await accounts.register(ctx, name, password, self.address, code)
            case f.LogIn(_, name, password):
                return (await accounts.log_in(ctx, name, password, self.address))[1]
            case _:
                assert_never(frame)
        return await accounts.begin_session(ctx, user.id)

    # ---- serving

    async def _serve(self) -> None:
        while (frame := await self._next()) is not None:
            try:
                self._house.ctx.throttle.read(self.user_id, cost(frame))
                answer = await HANDLERS[type(frame)](self._house.ctx, self, frame)
            except StorageError:
                raise
            except ChatError as error:
                answer = self._refusal(error, frame.id)  # type: ignore[union-attr]
            except Exception:
                log.exception("a request of type %s failed", type(frame).__name__)
                answer = self._refusal(Internal(), frame.id)  # type: ignore[union-attr]
            if answer is not None:
                self._send(answer)
            if isinstance(answer, f.LoggedOut):
                self._house.leave(self, clean=True)
                self._house.end_session(self.session)
                await self._link.close("logged_out")
                return

    async def _next(self) -> f.ClientFrame | None:
        """Return the next good frame; None when the client was given up."""
        while True:
            while len(self._unanswered) >= MAX_UNANSWERED or self._unanswered_bytes >= MAX_UNANSWERED_BYTES:
                self._room = asyncio.get_running_loop().create_future()
                await self._room
            if self._pause:
                await self._house.clock.sleep(self._pause)
                self._pause = 0.0
            data = await self._link.receive()
            self._size = len(data)
            try:
                return self._protocol.receive(data)
            except BadFrame as error:
                self._log_bad_frame(error)
                self._send(self._refusal(error, error.request_id))
                if self._protocol.is_given_up:
                    await self.close(error.code, error.message)
                    return None

    def _refusal(self, error: ChatError, request_id: int | None) -> f.ErrorFrame:
        self._house.meter.refuse(error.code)
        return error_frame(error, request_id)

    def _log_bad_frame(self, error: BadFrame) -> None:
        """Write a line, the only one for this connection: a stranger must not fill the log."""
        if not self._sent_bad_frame:
            self._sent_bad_frame = True
            who = self.user.name if self.user else "a stranger"
            where = f" at {self.address}" if self.address else ""
            log.info("bad frame from %s%s: %.200r", who, where, error.message)

    def _send(self, frame: f.ServerFrame) -> None:
        self._queue.put([OutFrame(self._protocol.send(frame))])
