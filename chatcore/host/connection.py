"""One client's connection: reads its frames, hands them to the use cases, and sends what comes back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

import attrs

from ..domain.ids import Token, UserId
from ..domain.read_states import runs_of
from ..domain.users import User
from ..errors import BadFrame, ChatError, Internal, LoggedOut, StorageError
from ..ports.clock import Clock
from ..ports.commits import Marked, Outcome, Refused, Repeated
from ..ports.transport import Link, LinkDown, OutFrame
from ..protocol.server import ServerProtocol, error_frame
from ..service import accounts, posting, reading, roster
from ..service.context import Context
from ..wire import frames as f
from .pages import fit
from .send_queue import SendQueue

log = logging.getLogger(__name__)

MAX_UNANSWERED = 64
"""With so many posts and marks under way, no further frame is read."""

ENTRY_TIME = 10.0
"""Seconds within which a connection must have logged in."""


class House(Protocol):
    """What a connection needs of its host."""

    ctx: Context
    clock: Clock

    def begin(self, connection: Connection, session: str) -> None:
        """The session's digest is known: end this connection when the session ends."""

    def enter(self, connection: Connection) -> None:
        """The user is known: tell this connection what happens, and count it for presence.

        Raises LinkDown where the session has ended since `begin`.
        """

    def leave(self, connection: Connection, *, clean: bool) -> None:
        """The connection has ended."""

    def end_session(self, session: str) -> None:
        """The session has ended: end its other connections."""

    def active(self) -> tuple[UserId, ...]:
        """Return the users who are active now."""


@attrs.frozen(eq=False)
class Waiting:
    """A post or mark whose outcome comes with its commit."""

    listener: Connection
    request_id: int

    def answer(self, outcome: Outcome) -> f.ServerFrame:
        """Return the frame that answers, and make room for the next request."""
        self.listener.answered()
        match outcome:
            case Refused(_, error):
                return error_frame(error, self.request_id)
            case Marked(_, tally, event):
                return f.Marked(self.request_id, tally, runs_of(event.seqs) if event else ())
            case _:
                m = outcome.message
                repeated = isinstance(outcome, Repeated)
                return f.Posted(self.request_id, m.seq, m.sent_at_ms, m.live, m.own, m.number, repeated)


class Connection:
    """One link from its first frame to its end."""

    def __init__(self, link: Link, queue: SendQueue, protocol: ServerProtocol, house: House) -> None:
        self._link, self._queue, self._protocol, self._house = link, queue, protocol, house
        self._unanswered = 0
        self._sent_bad_frame = False
        self._room = asyncio.Event()
        self.instance = ""
        self.session = ""
        "The digest of the token; empty before it is known."
        self.user: User | None = None

    @property
    def user_id(self) -> UserId:
        """Who is logged in here."""
        if self.user is None:
            raise LoggedOut
        return self.user.id

    def put(self, frames: Sequence[OutFrame]) -> None:
        """Send frames in one write (behind the snapshot, where that is still to come)."""
        self._queue.put(frames)

    def answered(self) -> None:
        """A post or mark has its outcome."""
        self._unanswered -= 1
        self._room.set()

    async def run(self) -> None:
        """Serve the link until it ends. What a peer does wrong ends its own connection at most."""
        clean = False
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
        finally:
            self._house.leave(self, clean=clean)

    async def close(self, code: str, message: str, *, restarting: bool = False) -> None:
        """Tell the client why, and end the link."""
        self._queue.put([OutFrame(self._protocol.send(f.Closing(code, message)))])
        await self._link.close(code, restarting=restarting)

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
                self._send(error_frame(error, getattr(frame, "id", None)))
                if isinstance(frame, f.Hello):
                    await self._link.close(error.code)
                    return False

    async def _log_in(self, frame: f.Credentials) -> None:
        """Register the connection first, then check the session, then read: so nothing that happens is missed."""
        ctx = self._house.ctx
        token = await self._token(frame)
        self._house.begin(self, accounts.digest(token))
        self.user = await accounts.resume(ctx, token)
        self._house.enter(self)
        self._send(f.LoggedIn(frame.id, self.user, None if isinstance(frame, f.Resume) else token))
        self._queue.hold()
        seen = await roster.overview(ctx, self.user.id, None if isinstance(frame, f.Register) else frame.told)
        active = self._house.active()
        snapshot = f.Snapshot(seen.epoch, seen.point, seen.is_same, active, seen.general, seen.tallies)
        self._queue.release(OutFrame(self._protocol.send(snapshot)))

    async def _token(self, frame: f.Credentials) -> Token:
        ctx = self._house.ctx
        if isinstance(frame, f.Resume):
            return frame.token
        enter = accounts.register if isinstance(frame, f.Register) else accounts.check_credentials
        user = await enter(ctx, frame.name, frame.password)
        return await accounts.begin_session(ctx, user.id)

    # ---- serving

    async def _serve(self) -> None:
        while (frame := await self._next()) is not None:
            try:
                answer = await self._handle(frame)
            except StorageError:
                raise
            except ChatError as error:
                answer = error_frame(error, frame.id)  # type: ignore[union-attr]
            except Exception:
                log.exception("a request of type %s failed", type(frame).__name__)
                answer = error_frame(Internal(), frame.id)  # type: ignore[union-attr]
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
            while self._unanswered >= MAX_UNANSWERED:
                self._room.clear()
                await self._room.wait()
            try:
                return self._protocol.receive(await self._link.receive())
            except BadFrame as error:
                self._log_bad_frame(error)
                self._send(error_frame(error, error.request_id))
                if self._protocol.is_given_up:
                    await self.close(error.code, error.message)
                    return None

    def _log_bad_frame(self, error: BadFrame) -> None:
        """Write a line, the only one for this connection: a stranger must not fill the log."""
        if not self._sent_bad_frame:
            self._sent_bad_frame = True
            log.info("bad frame from %s: %.200r", self.user.name if self.user else "a stranger", error.message)

    async def _handle(self, frame: f.ClientFrame) -> f.ServerFrame | None:
        """Do what a frame asks; None where the answer comes with a commit."""
        ctx, me = self._house.ctx, self.user_id
        match frame:
            case f.Post(number, conversation, client_id, text):
                await posting.post(ctx, me, conversation, client_id, text, self._waiting(number))
                self._unanswered += 1
                return None
            case f.Mark(number, conversation, seqs):
                await reading.mark(ctx, me, conversation, seqs, self._waiting(number))
                self._unanswered += 1
                return None
            case f.History(number, conversation, after, before, limit):
                page = await reading.history(ctx, me, conversation, after, before, limit)
                return fit(number, page, forward=after is not None)
            case f.Stretch(number, conversation, first, last):
                return fit(number, await reading.stretch(ctx, me, conversation, first, last), forward=True)
            case f.Count(number, conversation):
                return f.Counted(number, await reading.count(ctx, me, conversation))
            case f.FindUser(number, name):
                return f.Found(number, await roster.find_user(ctx, name))
            case f.ListUsers(number, after):
                users, upto, more = await roster.users(ctx, after)
                return f.Users(number, tuple(users), upto, more)
            case f.ListTallies(number, after):
                tallies, more = await roster.tallies(ctx, me, after)
                return f.Tallies(number, tuple(tallies), more)
            case f.LogOut(number):
                await accounts.log_out(ctx, self.session)
                return f.LoggedOut(number)
            case _:
                raise BadFrame(field="type")

    def _waiting(self, request_id: int) -> Waiting:
        return Waiting(self, request_id)

    def _send(self, frame: f.ServerFrame) -> None:
        self._queue.put([OutFrame(self._protocol.send(frame))])
