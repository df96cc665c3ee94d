"""The client: what a program or frontend calls, over a connection that keeps itself up."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Coroutine
from types import TracebackType
from typing import Self, TypeVar, overload

from ..domain.ids import ClientId, ConversationId, Token, UserId
from ..domain.messages import Message
from ..domain.sessions import Session
from ..domain.users import User
from ..errors import ChatError, LoggedOut
from ..ports.cache import CacheKeeper, NoCache
from ..ports.clock import Clock
from ..ports.given import Given
from ..ports.ids import IdSource
from ..ports.outbox import NoKeeper, OutboxKeeper
from ..ports.tokens import TokenKeeper
from ..ports.transport import Dialer
from ..wire import frames as f
from .admission import Admission, TokenToAsk, enter, log_in, register
from .arguments import check_observer, check_seqs, check_text
from .connection_state import ConnectionState
from .history import History
from .history_message import HistoryMessage
from .message_stream import MessageStream, Since
from .observer import Observer
from .partners import Partners
from .patience import PATIENCE, Patience
from .queries import Queries
from .replica import Replica
from .script import run
from .session import ClientSession
from .upkeep import Upkeep

T = TypeVar("T")

FLUSH_TIME = 3.0
"""Seconds that leaving waits for what is on its way."""


class ChatClient:
    """One user's view of a chat. Use as `async with`; made by `chatcore.connect`.

    All methods belong to the event loop in which it was entered; from elsewhere, and before it was entered, they raise
    RuntimeError. What changes is told to the observers; `replica` can be read at any time. Posts and marks wait while
    the connection is away. What reads waits for it up to `patience` seconds, is asked again, and then raises
    Unreachable; so does at once whatever else asks the server. All raise Closed when the client was left, and LoggedOut
    when the session ends.
    """

    def __init__(  # noqa: PLR0913 - what it is made of, and what a program may choose
        self,
        url: str,
        *,
        dialer: Dialer,
        clock: Clock,
        ids: IdSource,
        token: Given[str] | None = None,
        wait: bool = True,
        keeper: OutboxKeeper | None = None,
        cache: CacheKeeper | None = None,
        must_keep: bool = True,
        patience: float = PATIENCE,
        tokens: TokenKeeper | None = None,
    ) -> None:
        self.url = url
        self._wait, self._must_keep = wait, must_keep
        self._upkeep = Upkeep(url, dialer, clock, ids, keeper or NoKeeper(), cache or NoCache())
        self._session = ClientSession(self._upkeep, clock)
        self._queries = Queries(self._session, self._upkeep)
        self._patience = Patience(self._session, self._upkeep, clock, patience)
        self._history = History(self._queries, self._patience, self._upkeep.replica)
        self._partners = Partners(self._queries, self._patience, self._upkeep.replica)
        self._posts, self._marks = self._upkeep.posts, self._upkeep.marks
        self.replica: Replica = self._upkeep.replica
        self._to_ask = TokenToAsk(token) if callable(token) else None
        self._upkeep.connector.token = None if token is None or callable(token) else Token(token)
        self._upkeep.connector.keeper = tokens

    @property
    def connection(self) -> ConnectionState:
        """What the connection to the server is doing."""
        return self._upkeep.connection

    @property
    def me(self) -> User:
        """Who is logged in. Raises LoggedOut when nobody is."""
        if self.replica.me is None:
            raise LoggedOut
        return self.replica.me

    @property
    def complete(self) -> bool:
        """Whether the whole list is here and every user is known. Not while the connection is away."""
        return self.replica.complete

    @property
    def waiting(self) -> int:
        """How many messages go out by themselves as soon as they can."""
        return len(self._posts.waiting()) + self._posts.left

    @property
    def perishable(self) -> int:
        """How many of them do not outlive this program."""
        return sum(post.unkept is not None for post in self._posts.waiting())

    @property
    def unkept(self) -> ChatError | None:
        """Why what waits does not outlive this program, though it has an outbox file; None where it does."""
        return self._upkeep.keeping.unkept

    @property
    def token(self) -> Token | None:
        """The session's token, for `connect(url, token=…)`; None when there is no session."""
        return self._upkeep.connector.token

    # ---- coming and going

    async def __aenter__(self) -> Self:
        self._session.open(must_keep=self._must_keep)
        entry = self._to_ask if self.token is None else self._upkeep.connector.go_on
        if entry is not None:
            try:
                self._session.begin(entry, token=self.token, insist=not self._wait)
                if self._wait:
                    await self._session.until_entered()
            except BaseException:
                await self._session.close()
                raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    def run(self, main: Callable[[Self], Coroutine[object, object, T]]) -> T | None:
        """Run a whole program: enter this client, `await main(client)`, leave it, and return what `main` returned.

        Ctrl+C (SIGINT) cancels `main`, leaves in peace and returns None. It makes an event loop of its own, so it is no
        call for within one: RuntimeError there.
        """
        return run(self, main)

    async def register(self, name: str, password: str, *, invitation: str | None = None) -> User:
        """Make an account and log in. Cancelled, nobody is logged in; the account may have been made.

        `invitation` is the code that one was given, where the chat is for those who are invited. Raises InvalidName,
        WeakPassword, CommonPassword, NameTaken, InvitationNeeded, InvalidInvitation, NotAllowed where nobody
        registers, Busy, and Unreachable where no server answers within 10 seconds, or one that lets nobody in.
        """
        check_text(name=name, password=password, invitation=invitation or "")
        return await self._enter(register(name, password, invitation), log_in(name, password))

    async def log_in(self, name: str, password: str) -> User:
        """Begin a session. Cancelled, nobody is logged in.

        Raises WrongCredentials, Busy, and Unreachable where no server answers within 10 seconds, or one that lets
        nobody in.
        """
        check_text(name=name, password=password)
        return await self._enter(log_in(name, password), None)

    async def enter(self) -> User:
        """Come in as whom the application behind the server knows, by the handshake's `headers`: by a cookie, say.

        Raises Unreachable where it lets nobody in, or answers within 10 seconds nothing, and NotAllowed where no
        application says who comes. Cancelled, nobody has come in.
        """
        return await self._enter(enter(), None)

    async def log_out(self) -> None:
        """End the session on the server, on all connections that use its token. Raises Unreachable.

        Cancelling stops waiting, not logging out: with the server's answer the session is over. What waits is sent when
        the same user logs in again.
        """
        await self._queries.ask(f.LogOut, f.LoggedOut)

    async def set_display_name(self, display_name: str | None) -> User:
        """Be shown by another name, which others may have, too; None stands for the account's. Return oneself.

        It has 1 to 64 characters that can be seen, and no @. Raises InvalidName, NameTaken where it looks like the
        account of somebody else, Refused where the application wants it so, and Unreachable.
        """
        check_text(display_name=display_name or "")
        name = display_name or ""
        return (await self._queries.ask(lambda number: f.SetDisplayName(number, name), f.Renamed)).user

    async def change_password(self, password: str, new_password: str) -> None:
        """Have another password from now on; all other sessions of the user end at once, and this one goes on.

        Raises WrongCredentials where `password` is not the one up to now, WeakPassword, CommonPassword, NotAllowed
        where no password leads into the account, SlowDown, Busy, and Unreachable: then it may have been changed.
        """
        check_text(password=password, new_password=new_password)
        await self._queries.ask(lambda number: f.ChangePassword(number, password, new_password), f.PasswordChanged)

    async def sessions(self) -> list[Session]:
        """Return the sessions of the user, on all devices, those that began first before the others.

        Raises Unreachable.
        """
        return await self._patience.ask(self._queries.sessions)

    async def begin_session(self, label: str = "") -> Token:
        """Begin another session of the user, for another program on this machine, and return its token.

        It lives no longer than this client's could, and does not end with it; the label tells people what it is for, in
        at most 64 characters. Where the answer is lost, a session may have begun that nobody has the token of. Raises
        TooLong, BadText, NotAllowed where there are too many or the application says who comes, BadFrame from a server
        that does not know how, SlowDown, Busy, and Unreachable.
        """
        check_text(label=label)
        return (await self._queries.ask(lambda number: f.BeginSession(number, label), f.SessionBegun)).token

    async def end_session(self, session: Session | str) -> None:
        """End another session of the user, by its id: its device is logged out at once.

        Raises NotFound where there is none, NotAllowed for the session of this client, which `log_out` ends, and
        Unreachable.
        """
        digest = session.id if isinstance(session, Session) else session
        check_text(session=digest)
        await self._queries.ask(lambda number: f.EndSession(number, digest), f.SessionEnded)

    async def flush(self, seconds: float = FLUSH_TIME) -> int:
        """Before leaving: wait until everything is sent, for at most this long and while there is a connection.

        Return how many messages still wait.
        """
        self._session.check()
        await self._upkeep.flush(seconds)
        return self.waiting

    async def synced(self) -> None:
        """Wait until the whole list is here and every user is known: until `complete`, however long that takes.

        Raises LoggedOut where nobody is logged in.
        """
        await self.wait_for(lambda: self.complete)

    async def wait_for(self, check: Callable[[], T], timeout: float | None = None) -> T:  # noqa: ASYNC109 - see below
        """Wait until `check()` is true, and return what it returned: it is asked at once, and whenever something comes.

        `await client.wait_for(lambda: client.replica.total_unread, 5)`. Raises TimeoutError after `timeout` seconds,
        of the client's own clock; None is for ever.
        """
        self._session.check()
        return await self._patience.until(check, timeout)

    # ---- conversations

    async def conversation_with(self, user: str | UserId | User) -> ConversationId:
        """Return the id of the conversation with a user: by name, by id, or the user themselves.

        Raises NotFound for whom nobody knows and for oneself, and Unreachable.
        """
        self._session.check()
        if not isinstance(user, User):
            check_text(user=user)
        return await self._partners.conversation_with(user)

    def post_soon(self, conversation: ConversationId, text: str, *, client_id: str | None = None) -> ClientId:
        """Put a message into the outbox and return; what becomes of it shows in the timeline.

        Raises Empty, TooLong and BadText at once, LoggedOut where nobody has logged in, and Unreachable before the
        first connection was up. The same `client_id` again is the same message.
        """
        client_id = self._write(conversation, text, client_id)
        self._upkeep.handled()
        return client_id

    async def post(self, conversation: ConversationId, text: str, *, client_id: str | None = None) -> Message:
        """Write a message and return it when it is stored, however often the connection breaks meanwhile.

        Cancelling stops waiting, not sending. Raises NotFound, Empty, TooLong, BadText, Conflict; Closed when the
        client is closed first, LoggedOut when the session ends first.
        """
        self._session.check_alive()
        stored = self._posts.stored(self._write(conversation, text, client_id))
        self._upkeep.handled()  # it may be refused before it is sent
        return await stored

    def retry(self, client_id: ClientId) -> ClientId:
        """Try a refused message again, and return its new client id. Raises NotFound where there is none."""
        self._session.check()
        check_text(client_id=client_id)
        again = self._posts.retry(client_id)
        self._upkeep.handled()
        return again

    def discard(self, client_id: ClientId) -> None:
        """Throw a refused or never-sent message away. Raises NotFound for any other: it may be stored already."""
        self._session.check()
        check_text(client_id=client_id)
        self._posts.discard(client_id)
        self._upkeep.handled()

    async def load_older(self, conversation: ConversationId, limit: int = 50) -> bool:
        """Let an opened timeline grow backwards by at most 200 messages. False when it has the first message.

        False too where it is not held: what is not open does not grow. Raises Unreachable.
        """
        self._session.check()
        check_text(conversation=conversation)
        check_seqs((limit,))
        return await self._patience.ask(lambda: self._queries.load_older(conversation, limit))

    async def history(
        self, conversation: ConversationId, *, before: int | None = None, after: int | None = None, limit: int = 50
    ) -> list[HistoryMessage]:
        """Read messages, oldest first: the last `limit` before seq `before`, or the first `limit` after seq `after`.

        Neither is among them; with both it is the first ones between. Each tells whether it is read. Raises NotFound
        and Unreachable.
        """
        check_text(conversation=conversation)
        check_seqs((limit, *(seq for seq in (before, after) if seq is not None)))
        if after is None:
            return await self._history.before(conversation, before, limit)
        return await self._history.after(conversation, after, before, limit)

    def all_history(
        self, conversation: ConversationId, *, newest_first: bool = False
    ) -> AsyncGenerator[HistoryMessage, None]:
        """Read all messages of a conversation, `async for`, a page at a time: oldest first, or newest first.

        Oldest first, it ends when there is no further one, those included that came meanwhile. Raises NotFound and
        Unreachable.
        """
        check_text(conversation=conversation)
        if newest_first:
            return self._history.backwards(conversation, None)
        return self._history.forwards(conversation, 0)

    def messages(self, conversation: ConversationId | None = None, since: Since = "now") -> MessageStream:
        """Give the messages of others one after another, `async for`, of one conversation or of all.

        `since="now"`: those that come from this call on. `since="unread"`: those before that are unread, too, one
        conversation after another; with `mark_read(message)` after each answer a program answers everything at least
        once, however often it is killed. It ends with Closed or LoggedOut.
        """
        self._session.check_alive()
        check_text(conversation="" if conversation is None else conversation)
        if since not in {"now", "unread"}:
            raise ValueError(f'since is "now" or "unread", not {since!r}')
        return MessageStream(self._upkeep, self._history, self._patience, conversation, since)

    async def unread(self, conversation: ConversationId) -> int:
        """Ask the server how many messages are unread. Raises NotFound, Unreachable."""
        check_text(conversation=conversation)
        return await self._patience.ask(lambda: self._queries.unread(conversation))

    @overload
    async def mark_read(self, conversation: ConversationId, *seqs: int) -> None: ...
    @overload
    async def mark_read(self, conversation: Message, /) -> None: ...
    async def mark_read(self, conversation: ConversationId | Message, *seqs: int) -> None:
        """Mark messages of others as read, one or several, or just this one; returns when it is stored.

        Raises NotFound; Closed when the client is closed first, LoggedOut when the session ends first.
        """
        self._session.check_alive()
        if isinstance(conversation, Message):
            if seqs:
                raise TypeError("either a message is marked, or seqs of a conversation")
            seqs, conversation = (conversation.seq,), conversation.conversation
        check_text(conversation=conversation)
        check_seqs(seqs)
        await self._marks.mark(conversation, seqs, self._upkeep.handled)

    # ---- facts of a frontend

    def opened(self, conversation: ConversationId | None) -> None:
        """Another conversation is shown: its timeline begins, and is told with a reset. None closes."""
        self._session.check_open()
        if conversation is not None:
            check_text(conversation=conversation)
        self._upkeep.follower.open(conversation)
        self._marks.displayed.opened(conversation)
        self._upkeep.handled()

    @property
    def opened_conversation(self) -> ConversationId | None:
        """The conversation that was opened last and is not closed, None where none is."""
        return self._marks.displayed.conversation

    def reconnect(self) -> None:
        """Try to connect at once where the next try is waited for, as `connection.retry_in` tells; else do nothing."""
        self._session.check_open()
        self._upkeep.connector.hurry()

    def window_active(self, active: bool) -> None:
        """Somebody looks at the window, or no longer: after a minute the server is told that nobody does."""
        self._session.check_open()
        self._marks.displayed.window_active = active
        self._upkeep.away.window_active(active)
        self._upkeep.handled()

    def visible(self, conversation: ConversationId, seqs: Collection[int]) -> None:
        """These messages of the open conversation are on the screen now, and no others."""
        self._session.check_open()
        check_seqs(seqs)
        if conversation == self._marks.displayed.conversation:
            self._marks.displayed.visible = frozenset(seqs)
            self._upkeep.handled()

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """Tell the observer what changes, beginning with resets. Returns what ends it.

        Raises TypeError for what is no observer, and for methods that are async.
        """
        self._session.check_loop()
        check_observer(observer)
        return self._upkeep.welcome(observer)

    def _write(self, conversation: ConversationId, text: str, client_id: str | None) -> ClientId:
        self._session.check()
        if self.replica.me is None:
            self._session.check_alive()
        check_text(conversation=conversation, text=text)
        if client_id is not None:
            check_text(client_id=client_id)
        return self._posts.write(conversation, text, None if client_id is None else ClientId(client_id))

    async def _enter(self, entry: Admission, instead: Admission | None) -> User:
        self._session.check()
        self._session.begin(entry, instead)
        await self._session.until_entered()
        return self.me
