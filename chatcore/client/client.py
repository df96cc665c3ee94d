"""The client: what a program or frontend calls, over a connection that keeps itself up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from types import TracebackType
from typing import Self, TypeVar

from ..domain.conversations import direct
from ..domain.generations import Point
from ..domain.ids import ClientId, ConversationId, Token
from ..domain.messages import Message
from ..domain.users import User
from ..errors import AlreadyLoggedIn, BadFrame, ChatError, Closed, Internal, LoggedOut, NotFound, Unreachable
from ..ports.clock import Clock
from ..ports.ids import IdSource
from ..ports.outbox import NoKeeper, OutboxKeeper
from ..ports.transport import Dialer
from ..wire import frames as f
from .asking import Pacing
from .audience import Audience, Note
from .connector import Connector, Entry, log_in, register, resume
from .marks import Marks
from .observer import ConnectionPhase, ConnectionState, Item, Observer, Reset
from .outbox import Outbox
from .posts import Posts
from .pulls import Pulls, older_request
from .replica import Replica

log = logging.getLogger(__name__)

CONNECT_TIME = 10.0
"""Seconds that logging in waits for a server."""

MAX_PAGE = 200

A = TypeVar("A", bound=f.Answer)


class ChatClient:
    """One user's view of a chat. Use as `async with`; made by `chatcore.connect`.

    All methods belong to the event loop's thread. What changes is told to the observers; `replica` can be read at any
    time. Posts and marks wait while the connection is away; every other call raises Unreachable then.
    """

    def __init__(
        self,
        url: str,
        *,
        dialer: Dialer,
        clock: Clock,
        ids: IdSource,
        token: Token | None = None,
        wait: bool = True,
        keeper: OutboxKeeper | None = None,
        must_keep: bool = True,
    ) -> None:
        self.url = url
        self.connection = ConnectionState(ConnectionPhase.LOGGED_OUT)
        outbox = Outbox()
        pacing = Pacing(clock, ids)
        self.replica = Replica(outbox)
        self._clock, self._pacing, self._wait, self._must_keep = clock, pacing, wait, must_keep
        self._connector = Connector(url, dialer, clock, ids.fraction, ids.instance(), self)
        self._connector.token = token
        self._posts = Posts(outbox, self.replica, self._connector.ask, pacing, keeper or NoKeeper())
        self._marks = Marks(self.replica, self._connector.ask, pacing)
        self._pulls = Pulls(self.replica, self._connector.ask, pacing)
        self._audience = Audience()
        self._entered: asyncio.Future[None] | None = None
        self._runner: asyncio.Task[None] | None = None
        self._pacer: asyncio.Task[None] | None = None
        self._stirred = asyncio.Event()
        self._turns: list[asyncio.Future[None]] = []
        "Who waits until something was dealt with."

    @property
    def me(self) -> User:
        """Who is logged in. Raises LoggedOut when nobody is."""
        if self.replica.me is None:
            raise LoggedOut
        return self.replica.me

    @property
    def waiting(self) -> int:
        """How many messages go out by themselves as soon as they can."""
        return len(self._posts.waiting())

    @property
    def unkept(self) -> ChatError | None:
        """Why what waits does not outlive this program, though it has an outbox file; None where it does."""
        return self._posts.unkept

    @property
    def token(self) -> Token | None:
        """The session's token, for `connect(url, token=…)`; None when there is no session."""
        return self._connector.token

    # ---- coming and going

    async def __aenter__(self) -> Self:
        self._posts.open(must_keep=self._must_keep)
        self._pacer = asyncio.get_running_loop().create_task(self._pace())
        if self.token is not None:
            try:
                self._start(resume(self.token), None)
                if self._wait:
                    await self._until_entered()
            except BaseException:
                await self._close()
                raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def register(self, name: str, password: str) -> User:
        """Make an account and log in.

        Raises InvalidName, WeakPassword, NameTaken, Busy, and Unreachable where no server answers within 10 seconds.
        """
        return await self._enter(register(name, password), log_in(name, password))

    async def log_in(self, name: str, password: str) -> User:
        """Begin a session. Raises WrongCredentials, Busy, and Unreachable where no server answers within 10 seconds."""
        return await self._enter(log_in(name, password), None)

    async def log_out(self) -> None:
        """End the session on the server, on all connections that use its token. Raises Unreachable.

        What waits is sent when the same user logs in again.
        """
        me = self.me.id
        await self._query(f.LogOut, f.LoggedOut)
        await self._stop()
        self._connector.token = None
        self._posts.set_aside(me)
        self._fail_waiting(LoggedOut())
        self._marks.forget(LoggedOut())
        self.replica.leave()
        self._marks.displayed.opened(None)
        self.connection_changed(ConnectionState(ConnectionPhase.LOGGED_OUT))
        self._tell_observers()

    async def flush(self, seconds: float) -> int:
        """Before leaving: wait until everything is sent, at most so long and while there is a connection.

        Gives how many messages still wait.
        """
        with suppress(TimeoutError, Unreachable):
            async with self._clock.timeout(seconds):
                while self.waiting:
                    await self._turn()
        return self.waiting

    # ---- conversations

    async def conversation_with(self, name: str) -> ConversationId:
        """Give the id of the conversation with a user. Raises NotFound for an unknown name and for one's own."""
        user = self.replica.user_by_name(name)
        if user is None:
            user = (await self._query(lambda number: f.FindUser(number, name), f.Found)).user
        return direct(self.me.id, user.id)

    def post_soon(self, conversation: ConversationId, text: str, *, client_id: ClientId | None = None) -> ClientId:
        """Put a message into the outbox and return; what becomes of it shows in the timeline.

        Raises Empty, TooLong and BadText at once, LoggedOut where nobody has logged in, and Unreachable before the
        first connection was up. The same `client_id` again is the same message.
        """
        if self.replica.me is None:
            self._check_session()
        client_id = self._posts.write(conversation, text, client_id)
        self.handled()
        return client_id

    async def post(self, conversation: ConversationId, text: str, *, client_id: ClientId | None = None) -> Message:
        """Write a message and return it when it is stored, however often the connection breaks meanwhile.

        Cancelling stops waiting, not sending. Raises NotFound, Empty, TooLong, BadText, Conflict; Closed when the
        client is closed first, LoggedOut when the session ends first.
        """
        self._check_session()
        return await self._posts.stored(self.post_soon(conversation, text, client_id=client_id))

    def retry(self, client_id: ClientId) -> None:
        """Try a refused message again. Raises NotFound where there is none."""
        self._posts.retry(client_id)
        self.handled()

    def discard(self, client_id: ClientId) -> None:
        """Throw a refused or never-sent message away. Raises NotFound for any other: it may be stored already."""
        self._posts.discard(client_id)
        self.handled()

    async def load_older(self, conversation: ConversationId, limit: int = 50) -> bool:
        """Let an opened timeline grow backwards by at most 200 messages. False when it has the first message.

        False too where it is not held: what is not open does not grow. Raises Unreachable.
        """
        while (oldest := self.replica.oldest(conversation)) is None:
            if not self.replica.has_timeline(conversation):
                return False
            await self._turn()  # its newest page is on the way
        if not oldest or self.replica.is_at_beginning(conversation):
            return False
        request = older_request(conversation, oldest, min(max(1, limit), MAX_PAGE))
        page = await self._query(request, f.Page)
        self.replica.older(conversation, page)
        self.handled()
        return bool(page.messages)

    async def history(
        self, conversation: ConversationId, *, before: int | None = None, limit: int = 50
    ) -> list[Message]:
        """Read messages, oldest first: the last `limit` before seq `before` (exclusive).

        Raises NotFound and Unreachable.
        """
        messages: list[Message] = []
        while len(messages) < limit:
            request = older_request(conversation, before, min(MAX_PAGE, limit - len(messages)))
            page = await self._query(request, f.Page)
            messages[:0] = page.messages
            if not page.more or not page.messages:
                break
            before = page.messages[0].seq
        return messages

    async def unread(self, conversation: ConversationId) -> int:
        """Ask the server how many messages are unread. Raises NotFound, Unreachable."""
        counted = await self._query(lambda number: f.Count(number, conversation), f.Counted)
        self.replica.counted(counted.tally)
        self.handled()
        return counted.tally.unread

    async def mark_read(self, conversation: ConversationId, *seqs: int) -> None:
        """Mark messages of others as read, one or several; returns when it is stored.

        Raises NotFound; Closed when the client is closed first, LoggedOut when the session ends first.
        """
        self._check_session()
        await self._marks.mark(conversation, seqs, self.handled)

    # ---- facts of a frontend

    def opened(self, conversation: ConversationId | None) -> None:
        """Another conversation is shown: its timeline begins, and is told with a reset. None closes."""
        self.replica.open(conversation)
        self._marks.displayed.opened(conversation)
        self.handled()

    @property
    def displayed(self) -> ConversationId | None:
        """The conversation that was opened, None where none is."""
        return self._marks.displayed.conversation

    def window_active(self, active: bool) -> None:
        """Somebody looks at the window, or no longer."""
        self._marks.displayed.window_active = active
        self.handled()

    def visible(self, conversation: ConversationId, seqs: Collection[int]) -> None:
        """These messages of the open conversation are on the screen now, and no others."""
        if conversation == self._marks.displayed.conversation:
            self._marks.displayed.visible = frozenset(seqs)
            self.handled()

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """Tell the observer what changes, beginning with resets. Returns what ends it."""
        self._tell_observers()  # what happened before is in the resets
        state, rows = self.connection, tuple(self.replica.rows)
        notes: list[Note] = [lambda o: o.connection_changed(state), lambda o: o.rows_changed([Reset(rows)])]
        notes += [_timeline_reset(held, tuple(self.replica.timeline(held))) for held in self.replica.held_timelines]
        return self._audience.add(observer, notes)

    # ---- what the connector asks and tells

    @property
    def told(self) -> Point | None:
        """What the server told last of its history, where something of it is held."""
        return self.replica.told

    def connection_changed(self, state: ConnectionState) -> None:
        """The connection is in another state."""
        self.connection = state
        if state.phase is ConnectionPhase.OFFLINE:
            self._posts.look_after()
            self._tell_observers()
        self._audience.tell([lambda o: o.connection_changed(state)])

    def logged_in(self, frame: f.LoggedIn) -> None:
        """The session is open."""
        former = self.replica.me
        if self.replica.entered(frame.user) and former is not None:
            self._posts.set_aside(former.id)
            self._posts.fail(LoggedOut("another user has logged in"))
            self._marks.forget(LoggedOut("another user has logged in"))
        self._posts.entered(frame.user.id)

    def received(self, frame: f.ServerFrame) -> None:
        """A frame came that answers nothing."""
        match frame:
            case f.Snapshot():
                if self.replica.snapshot(frame):
                    self._marks.forget(NotFound("the server's messages are others than before"))
                if self._entered is not None and not self._entered.done():
                    self._entered.set_result(None)
            case f.MessageEvent() | f.ReadEvent() | f.ReceiptsEvent() | f.UserEvent() | f.PresenceEvent():
                self.replica.event(frame)
            case _:
                pass

    def handled(self) -> None:
        """Something was dealt with: send what is due, and tell the observers what has changed."""
        self._posts.heard(self.replica.take_own())
        self._marks.note_displayed()
        if self._connector.is_online:
            now = self._pacing.now()
            self._posts.send_due(now)
            self._marks.send_due(now)
            self._pulls.send_due(now)
        self._tell_observers()
        self._stirred.set()
        self._end_turn(None)

    def connection_lost(self) -> None:
        """Everything under way is to be sent again."""
        self._posts.connection_lost()
        self._marks.connection_lost()
        self._end_turn(Unreachable("the connection was lost before the answer came"))

    def session_ended(self) -> None:
        """The session is over; the outbox stays, for the case that the same user logs in again."""
        self._connector.token = None
        self._fail_waiting(LoggedOut())

    async def _pace(self) -> None:
        """Send what waits for a time."""
        while True:
            self._stirred.clear()
            times = (self._posts.next_due(), self._marks.next_due(), self._pulls.next_due())
            due = min((at for at in times if at is not None), default=None) if self._connector.is_online else None
            try:
                async with self._clock.timeout(None if due is None else max(0.0, due - self._pacing.now())):
                    await self._stirred.wait()
            except TimeoutError:
                try:
                    self.handled()
                except Exception:
                    log.exception("what was due could not be sent")
                    self._connector.drop()

    async def _query(self, make: Callable[[int], f.Request], kind: type[A]) -> A:
        answered: asyncio.Future[A] = asyncio.get_running_loop().create_future()

        def done(answer: f.Answer | ChatError) -> None:
            if answered.done():
                return
            if isinstance(answer, kind):
                answered.set_result(answer)
            else:
                answered.set_exception(answer if isinstance(answer, ChatError) else BadFrame())

        self._connector.ask(make, done)
        return await answered

    async def _turn(self) -> None:
        """Wait until something was dealt with. Raises Unreachable when the connection is gone before."""
        if not self._connector.is_online:
            msg = "there is no connection to the server"
            raise Unreachable(msg)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._turns.append(turn)
        await turn

    def _end_turn(self, error: ChatError | None) -> None:
        turns, self._turns = self._turns, []
        for turn in turns:
            if not turn.done():
                turn.set_result(None) if error is None else turn.set_exception(error)

    def _fail_waiting(self, error: ChatError) -> None:
        self._posts.fail(error)
        self._marks.fail(error)

    def _tell_observers(self) -> None:
        self._audience.tell(self.replica.take_notes())

    def _check_session(self) -> None:
        """Raise Closed or LoggedOut where nobody would ever send what waits."""
        if self.connection.phase is ConnectionPhase.CLOSED:
            raise Closed
        if self._runner is None or self._runner.done():
            raise LoggedOut

    # ---- tasks

    async def _enter(self, entry: Entry, instead: Entry | None) -> User:
        if self.connection.phase is ConnectionPhase.CLOSED:
            raise Closed
        if self._runner is not None and not self._runner.done():
            raise AlreadyLoggedIn
        self._start(entry, instead)
        try:
            await self._until_entered()
        except asyncio.CancelledError:
            await self._stop()
            raise
        return self.me

    def _start(self, entry: Entry, instead: Entry | None) -> None:
        loop = asyncio.get_running_loop()
        entered = self._entered = loop.create_future()
        self._runner = loop.create_task(self._connector.run(entry, instead))
        # By the time this one's end is told, another one may have been started.
        self._runner.add_done_callback(lambda runner: self._ended(runner, entered))

    def _ended(self, runner: asyncio.Task[None], entered: asyncio.Future[None]) -> None:
        error = None if runner.cancelled() else runner.exception()
        if error is not None and not isinstance(error, ChatError):
            log.error("the connection failed", exc_info=error)
            error = Internal("the client made a mistake; its log says more")
            self._fail_waiting(error)
            self.connection_changed(ConnectionState(ConnectionPhase.LOGGED_OUT, reason=error.message, code=error.code))
        if error is not None and not entered.done():
            entered.set_exception(error)
            entered.exception()  # seen: nobody may wait for it

    async def _until_entered(self) -> None:
        if self._entered is None:
            return
        try:
            async with self._clock.timeout(CONNECT_TIME):
                await asyncio.shield(self._entered)
        except TimeoutError:
            await self._stop()
            error = self._connector.trouble
            self.connection_changed(ConnectionState(ConnectionPhase.LOGGED_OUT, reason=error.message, code=error.code))
            raise error from None

    async def _stop(self) -> None:
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.gather(self._runner, return_exceptions=True)
            self._runner = None

    async def _close(self) -> None:
        await self._connector.close()
        await self._stop()
        if self._pacer is not None:
            self._pacer.cancel()
            await asyncio.gather(self._pacer, return_exceptions=True)
        self._fail_waiting(Closed())
        self._posts.close()
        self.connection_changed(ConnectionState(ConnectionPhase.CLOSED))


def _timeline_reset(conversation: ConversationId, items: tuple[Item, ...]) -> Note:
    return lambda o: o.timeline_changed(conversation, [Reset(items)])
