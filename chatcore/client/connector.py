"""Keeps a client connected: dials, logs in, hands over what comes, and tries again after a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import assert_never

from ..domain.generations import Point
from ..domain.ids import Token, UserId
from ..errors import (
    BadFrame,
    BadText,
    Banned,
    ChatError,
    Internal,
    LoggedOut,
    NotAllowed,
    PeerError,
    Phrase,
    TemporaryError,
    TokenReused,
    TooLong,
    Unreachable,
    WrongCredentials,
    from_wire,
    said_by_peer,
)
from ..ports.clock import Clock
from ..ports.tokens import TokenKeeper
from ..ports.transport import Dialer, LinkDown
from ..wire import frames as f
from ..wire.codec import client_frames, server_frames
from .admission import Admission, AdmissionRefusedError, Entry, TokenToAsk, resume
from .asking import Done
from .backoff import Backoff
from .connection_state import ConnectionPhase, ConnectionState
from .exchange import Exchange
from .shell import Shell

log: logging.Logger = logging.getLogger(__name__)

CROWDED = "crowded"
"""By this word a server closes the oldest of too many connections."""

ENTRY_TIME = 10.0
"""Seconds within which a server must have answered everything up to the snapshot."""


class Connector:
    """One client's connection, over all its links."""

    def __init__(
        self, url: str, dialer: Dialer, clock: Clock, fraction: Callable[[], float], instance: str, shell: Shell
    ) -> None:
        self._url, self._dialer, self._clock, self._instance, self._shell = url, dialer, clock, instance, shell
        self._incoming, self._outgoing = server_frames(), client_frames()
        self._backoff = Backoff(fraction)
        self._exchange: Exchange | None = None
        self._trouble: ChatError | None = None
        self._was_pushed_out = False
        "Whether the last link had to go since there were too many."
        self._hurry: asyncio.Event | None = None
        "Ends the pause before the next try."
        self._was_asked = False
        "Whether the credentials went out over the present or last link."
        self._can_renew = True
        self._is_young = False
        self._is_leaving = self._is_logged_out = self._insists = False
        self._tell_online: Callable[[], None] = lambda: None
        self.is_online: bool = False
        "Whether the snapshot has come and the link lives."
        self.token: Token | None = None
        self.keeper: TokenKeeper | None = None
        "Where the token is kept: only then another one is asked for when it is old."
        self._whose: tuple[Token, UserId] | None = None
        "The newest token with the user whose it is."

    def ask(self, make: Callable[[int], f.Request], done: Done) -> None:
        """Send a request; `done` is called once, with the answer or the error. Unreachable when not online."""
        if self._exchange is None or not self.is_online:
            done(Unreachable("no connection to the server"))
            return
        try:
            self._exchange.ask(make, done)
        except (BadText, TooLong, Unreachable) as error:
            done(error)

    async def run(
        self,
        entry: Entry,
        instead: Admission | None = None,
        *,
        insist: bool = False,
        online: Callable[[], None] = lambda: None,
    ) -> None:
        """Stay connected until `close`, the session's end or cancellation. Raises why there is no session.

        `instead` is tried where the answer to `entry` was lost: a registration is not repeated blindly. Until it is
        online for the first time, which `online` is told, a server that would only say the same again is asked once,
        unless this is to `insist`. Later it is asked again and again: it may be in the middle of an update.
        """
        first, fallback, next_entry = entry, instead, entry
        self._is_leaving = self._is_logged_out = False
        self._insists, self._tell_online = insist, online
        try:
            while (tried := await self._attempt(next_entry, first, fallback)) is not None:
                next_entry = tried
                if self.token is not None and not isinstance(entry, TokenToAsk):
                    next_entry, fallback = self.go_on, None
                await self._pause()
        except ChatError as error:
            if not isinstance(error, Unreachable | PeerError | Internal):
                self.token = None
            self._shell.given_up(error)
            self._state(ConnectionPhase.LOGGED_OUT, error=error)
            raise
        if self._is_logged_out:
            self.token = None
            self._shell.logged_out()
            self._state(ConnectionPhase.LOGGED_OUT)

    async def _attempt(self, entry: Entry, first: Entry, fallback: Admission | None) -> Entry | None:
        """Connect once, until the connection is gone; give how to enter next time, None when the client leaves."""
        try:
            await self._connect(entry)
            return None
        except AdmissionRefusedError as refused:
            if isinstance(refused.error, WrongCredentials) and fallback is not None and entry is fallback:
                # There is no such account: the registration did not arrive.
                return await self._attempt(first, first, fallback)
            if not isinstance(refused.error, TemporaryError):
                raise refused.error from None
            self._trouble = refused.error
        except (ChatError, LinkDown, TimeoutError) as error:
            if self._is_leaving:
                return None
            if self._is_final(error):
                raise
            self._trouble = error if isinstance(error, ChatError) else Unreachable(_said(error))
            return fallback if fallback is not None and self._was_asked else entry
        except (Exception, asyncio.CancelledError) as mistake:
            if isinstance(mistake, asyncio.CancelledError) and _is_meant():
                raise
            log.exception("a frame could not be dealt with: the connection is begun anew")
            self._trouble = Internal(f"this program made a mistake: {type(mistake).__name__}")
            if self.token is None and not self._insists:
                raise self._trouble from mistake
        return entry

    def _is_final(self, error: Exception) -> bool:
        """Whether trying again is of no use."""
        if isinstance(error, Unreachable) and error.field == "url":
            return True
        if isinstance(error, PeerError) or (isinstance(error, Unreachable) and error.field is not None):
            return not self._insists
        return isinstance(error, LoggedOut | TokenReused | Banned | BadText | TooLong)

    async def close(self) -> None:
        """Say goodbye, so that the user is inactive at once."""
        self._is_leaving = True
        if self._exchange is not None:
            await self._exchange.close()

    def go_on(self, number: int, told: Point | None) -> f.Credentials:
        """Make the credentials by which the session is gone on with, as an `Admission` does.

        The token may be another one than a moment ago, where another program keeps it, too.
        """
        if self.token is None:
            raise LoggedOut
        if self.keeper is not None:
            self.token = self.keeper.newest(self.token)
        return resume(self.token)(number, told)

    def drop(self) -> None:
        """Drop the link, as if the network had failed."""
        if self._exchange is not None:
            self._exchange.drop()

    def hurry(self) -> None:
        """Try again at once where the next try is waited for."""
        if self._hurry is not None:
            self._hurry.set()

    @property
    def trouble(self) -> ChatError:
        """Why the last try failed."""
        if isinstance(self._trouble, TemporaryError | Unreachable):
            return self._trouble
        return Unreachable(self._trouble.message if self._trouble else Phrase("the server does not answer"))

    # ---- one link

    async def _connect(self, entry: Entry) -> None:
        self._state(ConnectionPhase.CONNECTING)
        self._was_asked = self._was_pushed_out = False
        if isinstance(entry, TokenToAsk):
            async with self._clock.timeout(ENTRY_TIME):
                self.token = await entry.ask()
            entry = self.go_on
        exchange = self._exchange = Exchange(await self._dialer.dial(self._url), self._incoming, self._outgoing)
        try:
            async with self._clock.timeout(ENTRY_TIME):
                await self._enter(exchange, entry)
            while not self._is_logged_out:
                await self._receive(exchange)
        finally:
            self.is_online, self._exchange = False, None
            exchange.end()
            self._shell.connection_lost()

    async def _enter(self, exchange: Exchange, entry: Admission) -> None:
        outcome: list[f.Answer | ChatError] = []
        exchange.greet(self._instance)
        exchange.ask(lambda number: entry(number, self._shell.told), outcome.append)
        self._was_asked = True
        while not self.is_online:
            await self._receive(exchange)
            if outcome and isinstance(outcome[0], ChatError):
                raise AdmissionRefusedError(outcome[0])

    async def _receive(self, exchange: Exchange) -> None:
        frame, request = await exchange.receive()
        match frame:
            case None | f.Welcome():
                return
            case f.Closing():
                self._was_pushed_out = frame.code == CROWDED
                raise _closed(frame)
            case f.LoggedIn(_, user, token):
                self._check_same(request, user.id)
                self._is_young = token is not None
                self.token = token or self.token
                self._whose = None if self.token is None else (self.token, user.id)
                self._shell.logged_in(frame)
            case f.Snapshot():
                self._backoff.connected(self._clock.monotonic())
                self.is_online = self._insists = True
                self._hand_over(frame)
                self._state(ConnectionPhase.ONLINE)
                self._tell_online()
                self._renew()
            case f.ErrorFrame(None, code, message, field, wait_ms, reason, until_ms):
                raise from_wire(code, message, field, wait_ms, reason, until_ms)
            case f.LoggedOut():
                self._is_logged_out = True
            case f.MessageEvent() | f.ReadEvent() | f.ReceiptsEvent() | f.UserEvent() | f.PresenceEvent():
                self._hand_over(frame)
            case (
                f.Posted()
                | f.Marked()
                | f.Noted()
                | f.Counted()
                | f.Found()
                | f.Renamed()
                | f.PasswordChanged()
                | f.Users()
                | f.Tallies()
                | f.Page()
                | f.ErrorFrame()
                | f.Sessions()
                | f.SessionBegun()
                | f.TokenRenewed()
                | f.SessionEnded()
            ):
                pass  # whoever asked is told
            case _:
                assert_never(frame)
        if request is not None:
            with self._doubting():
                exchange.answered(request, frame)
        self._shell.handled()

    def _hand_over(self, frame: f.Snapshot | f.PushEvent) -> None:
        with self._doubting():
            self._shell.received(frame)

    @contextmanager
    def _doubting(self) -> Iterator[None]:
        """Let what is held be forgotten where the server contradicts it: one of the two is wrong."""
        try:
            yield
        except BadFrame:
            self._shell.contradicted()
            raise

    def _renew(self) -> None:
        """Ask for another token in the place of one that is old, as the server thinks."""
        former, keeper = self.token, self.keeper
        if former is None or keeper is None or self._is_young or not self._can_renew:
            return

        def done(answer: f.Answer | ChatError) -> None:
            if isinstance(answer, BadFrame | NotAllowed):  # a server that has no such tokens
                self._can_renew = False
            token = answer.token if isinstance(answer, f.TokenRenewed) else None
            if token is not None and former == self.token and keeper.keep(former, token):
                self.token = token  # from the next connection on
                self._whose = self._whose and (token, self._whose[1])
                self._state(ConnectionPhase.ONLINE)  # whoever remembers the token looks at it then

        self.ask(f.RenewToken, done)

    def _check_same(self, request: f.Request | None, user: UserId) -> None:
        """Raise BadFrame where a session that is gone on with is another user's than before."""
        if isinstance(request, f.Resume) and self._whose is not None:
            token, former = self._whose
            if request.token == token and user != former:
                msg = "the session is another user's than before"
                raise BadFrame(msg, field="user")

    async def _pause(self) -> None:
        wait = self._backoff.crowded if self._was_pushed_out else self._backoff.delay
        seconds = wait(self._clock.monotonic())
        if isinstance(self._trouble, TemporaryError):
            seconds = max(seconds, self._trouble.wait or 0.0)
        self._hurry = asyncio.Event()
        self._state(ConnectionPhase.OFFLINE, retry_in=seconds, error=self._trouble)
        with suppress(TimeoutError):
            async with self._clock.timeout(seconds):
                await self._hurry.wait()

    def _state(self, phase: ConnectionPhase, *, retry_in: float | None = None, error: ChatError | None = None) -> None:
        reason, code = (error.message, error.code) if error else ("", "")
        self._shell.connection_changed(ConnectionState(phase, retry_in, reason, code))


def _closed(why: f.Closing) -> ChatError:
    if why.code == CROWDED:
        return Unreachable(Phrase("there are too many connections of this account: the newest ones stay"))
    if why.code in {LoggedOut.code, Banned.code}:
        return from_wire(why.code, why.message, reason=why.reason, until_ms=why.until_ms)
    return Unreachable(said_by_peer(why.message))


def _is_meant() -> bool:
    """Return whether somebody has cancelled this task, in contrast to what it waited for."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


def _said(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return Phrase("the server does not answer in time")
    if getattr(error, "clean", False):
        return Phrase("the connection was closed by the server")
    return Phrase("the connection was lost")
