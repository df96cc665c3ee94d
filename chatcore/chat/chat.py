"""The composition root of a chat inside a program: storage, host, users, sessions, and clients over links in memory."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from inspect import iscoroutinefunction
from math import inf
from types import TracebackType
from typing import Self

import attrs

from ..adapters.argon2 import LOW, NORMAL, Argon2Hasher
from ..adapters.memory import MemoryStorage
from ..adapters.memory_link import link_pair
from ..adapters.sqlite import SqliteStorage
from ..adapters.system import SystemClock, SystemIds, label_of
from ..client.client import ChatClient
from ..domain.caps import Caps
from ..domain.conversations import direct
from ..domain.figures import Figures
from ..domain.hosts import is_node_name
from ..domain.ids import ClientId, ConversationId, UserId
from ..domain.invitations import REGISTRATIONS
from ..domain.messages import Message, check_client_id
from ..domain.presence import GRACE
from ..domain.throttles import Throttles
from ..domain.users import User, check_may_enter
from ..errors import StorageError
from ..host.host import Host
from ..host.own_post import OwnPost
from ..host.settings import HostSettings
from ..host.watch import Watched
from ..ports.attendance import Attendance
from ..ports.bus import Bus
from ..ports.guests import Guest
from ..ports.storage import Storage
from ..ports.transport import Link
from ..process.limits import most_files
from ..service import accounts, posting, reading
from ..service.context import Context, SessionLife
from ..service.gate import Lane
from ..service.hooks import AfterCommit, BeforeName, BeforePost, Hooks, MissedHook, WhenMissed, is_inside_hook
from ..tasks import outlast, to_its_end
from .events import ChatEvent, events
from .guests import Identity, admit
from .invitations import Invitations
from .sessions import Sessions
from .users import Users, check_port, check_text, check_type, id_of

IN_MEMORY = ":memory:"
"""In the place of a path: everything is gone when the program ends."""

_URL = "memory:"


@attrs.frozen
class _Running:
    """What there is while a chat is open."""

    host: Host
    stack: AsyncExitStack
    owner: asyncio.Task[object]
    "Runs the block, which ends when the storage fails."
    failing: asyncio.Task[None]
    serving: set[asyncio.Task[None]] = attrs.field(factory=set)
    closing: asyncio.Event = attrs.field(factory=asyncio.Event)
    "The block is being left."

    def check_loop(self) -> None:
        """Raise RuntimeError outside the event loop in which the chat was opened: it would wait for ever."""
        try:
            here = asyncio.get_running_loop()
        except RuntimeError:
            here = None
        if here is not self.owner.get_loop():
            msg = (
                "this chat belongs to another event loop: use it there, from other threads by "
                "asyncio.run_coroutine_threadsafe"
            )
            raise RuntimeError(msg)


class Chat:
    """A whole chat inside a program, open while in its `async with`; it is made before, and may be a global.

    When the block is left everything under way is answered, and clients are told. Where the storage fails the block is
    cancelled and raises its StorageError. Used before it is open or afterwards, or opened twice, it raises
    RuntimeError. All methods belong to the loop in which it was opened; from elsewhere they raise it, too.
    """

    def __init__(  # noqa: PLR0913 - by name, and each for itself
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        storage: Storage | None = None,
        bus: Bus | None = None,
        passwords: bool = True,
        registration: bool | str = True,
        password_cost: str = "normal",  # noqa: S107 - no password
        grace: float = GRACE,
        caps: Caps | None = None,
        throttles: Throttles | None = None,
        node: str | None = None,
        token_age: float = 86_400.0,
    ) -> None:
        """Keep everything in the SQLite file at `path`, in memory where it is ":memory:", or in another `storage`.

        One process has a file open at a time: a second one is told so when it opens the chat. With a storage that
        several processes share, `bus` joins them. A storage or bus that is an `async with` is opened and closed with
        the chat. Without `passwords` nobody logs in with one, and without
        `registration` nobody makes an account: the program makes users and begins their sessions. With the registration
        "invitation" who has the code of an invitation makes one (see `invitations`). `password_cost` is
        "normal", or "low" for tests. For `grace` seconds a user whose connection broke stays active. `caps` say how
        many connections there may be, `throttles` how fast who may do what.
        A client that keeps its token gets another one when it comes back after `token_age` seconds.
        Of the processes that share a storage no two that run may be given one name as `node`.
        """
        if (path is None) == (storage is None):
            msg = "a chat is kept at a path or in a storage: one of the two is given"
            raise TypeError(msg)
        if path is not None:
            check_type("path", path, (str, os.PathLike), "the path of a file")
        if storage is not None:
            check_port("storage", storage, Storage)
        if bus is not None:
            check_port("bus", bus, Bus)
        if password_cost not in {"normal", "low"}:
            msg = f'password_cost is "normal" or "low", not {password_cost!r:.40}'
            raise ValueError(msg)
        if not isinstance(registration, bool) and registration not in REGISTRATIONS:
            msg = f'registration is True, False, "open", "invitation" or "closed", not {registration!r:.40}'
            raise ValueError(msg)
        if node is not None and not is_node_name(node):
            msg = f"node is a name of 1 to 64 letters, digits, '.', '_' and '-', not {node!r:.80}"
            raise ValueError(msg)
        for name, value, kind in (("caps", caps, Caps), ("throttles", throttles, Throttles)):
            check_type(name, value, (kind, type(None)), f"a chatcore.{kind.__name__}")
        self._storage = storage if storage is not None else _storage(path)
        self._bus = bus
        self._cost = LOW if password_cost == "low" else NORMAL  # noqa: S105 - no password
        self._settings = HostSettings(
            grace=grace,
            passwords=passwords,
            registration=_registration(registration),
            caps=caps or Caps(strangers=most_files() // 4),
            throttles=throttles or Throttles(),
            looks=bus is not None,
            label=label_of(node),
            session_life=SessionLife(token_ms=round(token_age * 1000)),
            is_named=node is not None,
        )
        self._clock, self._ids = SystemClock(), SystemIds()
        self._hooks = Hooks()
        self._running: _Running | None = None
        self._was_open = False
        self._failed: Exception | None = None
        self.sessions: Sessions = Sessions(self._context, self._end_session)
        self.invitations: Invitations = Invitations(self._context)
        self.users: Users = Users(self._context, self._end_session)

    # ---- its life

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self._running is not None

    async def __aenter__(self) -> Self:
        if self._running is not None:
            msg = "this chat is open already: it is opened once, and used by everybody who has it"
            raise RuntimeError(msg)
        owner = asyncio.current_task()
        if owner is None:
            msg = "a chat is opened within a task"
            raise RuntimeError(msg)
        async with AsyncExitStack() as stack:
            # What has a life of its own lives as long as the chat.
            parts: tuple[object, ...] = (self._storage, self._bus)
            for part in parts:
                if isinstance(part, AbstractAsyncContextManager):
                    await stack.enter_async_context(part)
            host = Host(
                storage=self._storage,
                bus=self._bus,
                attendance=self._storage if isinstance(self._storage, Attendance) else None,
                clock=self._clock,
                ids=self._ids,
                hasher=await stack.enter_async_context(Argon2Hasher(self._cost)),
                settings=self._settings,
                hooks=self._hooks,
            )
            await stack.enter_async_context(host)
            self._failed, self._was_open = None, True
            failing = asyncio.create_task(self._watch(host, owner))
            self._running = _Running(host, stack.pop_all(), owner, failing)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running is None:
            return
        self._running.check_loop()
        running, self._running = self._running, None
        running.closing.set()
        was_cut = self._failed is not None
        await to_its_end(self._end(running))
        if self._failed is None:
            return
        if was_cut and running.owner.uncancel() > 0:
            return  # somebody else has cancelled it, too
        if error is None or isinstance(error, asyncio.CancelledError):
            raise self._failed from None

    async def _end(self, running: _Running) -> None:
        try:
            if self._failed is None:
                await running.host.drain()
        finally:
            running.failing.cancel()  # first of all: a storage that is being closed has not failed
            await outlast(running.failing)
            await running.stack.aclose()
            for task in running.serving:
                task.cancel()
            await outlast(*running.serving)

    async def _watch(self, host: Host, owner: asyncio.Task[object]) -> None:
        storage = self._storage
        watched = Watched(host, storage.check, self._clock) if isinstance(storage, SqliteStorage) else host
        try:
            await watched.failure()
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing can be promised any more
            self._failed = error
            if self._running is not None:
                owner.cancel()

    # ---- hooks

    def before_post(self, hook: BeforePost) -> BeforePost:
        """Ask `hook` about each post before it is stored: `@chat.before_post` on `async def check(draft)`.

        It returns None to have the draft as it is or another text, and raises `Refused(reason)` to have its author told
        so. `draft` has `author, conversation, text` and `via` ("client" or "host"). It may take two seconds; the posts
        of one connection wait for each other, and nothing else does. A hook that raises anything else, takes longer or
        returns nonsense costs that one post. Raises TypeError, and RuntimeError where there is one already.
        """
        if not is_async(hook):
            msg = f"before_post is for an `async def` with a draft, not for {hook!r:.40}"
            raise TypeError(msg)
        if self._hooks.before_post is not None:
            msg = "there is a hook before_post already: have one, which calls others"
            raise RuntimeError(msg)
        self._hooks.before_post = hook
        return hook

    def before_name(self, hook: BeforeName) -> BeforeName:
        """Ask `hook` about each display name that a user sets: `@chat.before_name` on `async def check(draft)`.

        It returns None to have it set as it is or another one, and raises `Refused(reason)` to have the user told so.
        `draft` has `user` and `display_name`. It may take two seconds, in which the connection waits. A hook that
        raises anything else, takes longer or returns what is no display name has the name refused. Names that the
        program sets itself are not asked about. Raises TypeError, and RuntimeError where there is one already.
        """
        if not is_async(hook):
            msg = f"before_name is for an `async def` with a draft, not for {hook!r:.40}"
            raise TypeError(msg)
        if self._hooks.before_name is not None:
            msg = "there is a hook before_name already: have one, which calls others"
            raise RuntimeError(msg)
        self._hooks.before_name = hook
        return hook

    def after_commit(self, hook: AfterCommit) -> AfterCommit:
        """Call `hook` with each MessagePosted, MessagesRead, UserRegistered and UserChanged after its commit, in order.

        `@chat.after_commit` on `def heard(event)`, once the answers are on their way; everybody waits until it returns.
        What it raises is logged. Nothing is told again: what happened before the program's end may go untold.
        """
        if not callable(hook) or is_async(hook):  # type: ignore[redundant-expr] # whatever a program gives
            msg = f"after_commit is for a `def` with an event, not for {hook!r:.40}"
            raise TypeError(msg)
        self._hooks.after_commit.append(hook)
        return hook

    def missed(self, after: float = 30.0, *, general: bool = False) -> Callable[[MissedHook], MissedHook]:
        """Tell a hook who has missed what, for push and mail: `@chat.missed()` on `async def tell(message, readers)`.

        `after` seconds after its commit a message is looked at: `readers` are the users, at most 500 a call, who are
        inactive then and have neither written nor read it. Those who are active then are told of when they become
        inactive and have not read it yet. Messages of conversations for all are among it only with `general`.

        It is called once for each reader of a message, one call after the other; after a crash the call that was
        under way is made again. It begins with what is stored after the first start with this hook, and after each
        start `after` seconds pass before the first call. A hook that raises, or takes more than 30 seconds, is logged
        and called again after a pause, for ten minutes. Where several hosts share a storage all may have the hook, and
        one at a time calls it; where that one dies another goes on some 20 seconds later, and makes the call that was
        under way again. Raises RuntimeError where there is one already, or the chat is open.
        """
        if isinstance(after, bool) or not isinstance(after, int | float):  # whatever a program gives
            msg = f"missed takes seconds, as in @chat.missed(after=30), not {after!r:.40}"
            raise TypeError(msg)
        if not 0 <= after < inf:
            msg = f"after is a number of seconds, not {after!r:.40}"
            raise ValueError(msg)

        def take(hook: MissedHook) -> MissedHook:
            if not is_async(hook):
                msg = f"missed is for an `async def` with a message and its readers, not for {hook!r:.40}"
                raise TypeError(msg)
            if self._hooks.missed is not None:
                msg = "there is a hook missed already: have one, which calls others"
                raise RuntimeError(msg)
            if self._running is not None:
                msg = "the chat is open: it is told of its hook missed before"
                raise RuntimeError(msg)
            self._hooks.missed = WhenMissed(hook, after, general)
            return hook

        return take

    async def events(self, after: str | None = None) -> AsyncIterator[ChatEvent]:
        """Give each message and each user who registered, in the order of commits, from a cursor on: for ever.

        Store `event.cursor` together with what was made of the event, and begin there after a restart: whatever was
        stored in the chat comes at least once, also after a crash, and a user before their messages. Without a cursor
        it begins with the first event of all. Ends when the chat is closed. Raises OtherHistory where a backup or an
        older copy of the database was put in place since, and ValueError for what is no cursor.
        """
        running = self._opened
        check_text("after", after)
        async for event in events(self._storage, self._clock, after, running.closing):
            yield event

    # ---- what the program does by itself

    async def post(
        self,
        user: User | UserId,
        conversation: ConversationId | User,
        text: str,
        *,
        client_id: str | None = None,
        checked: bool = True,
    ) -> Message:
        """Write a message as a user, and return it when it is stored; everybody hears of it as of any other.

        `conversation` is `chatcore.GENERAL`, a conversation's id, or the user who is written to. With a `client_id`
        (any text of at most 64 characters, unique among the user's) a repeat stores nothing and returns the same
        message. The hook `before_post` is asked, unless it is this that posts, or `checked` is False. Raises Refused
        where the hook refuses it, NotAllowed where author or reader are disabled, NotFound, Empty, TooLong, BadText,
        Conflict, and Busy or another TemporaryError when it may succeed later.
        """
        author = id_of(user)
        where = direct(author, conversation.id) if isinstance(conversation, User) else conversation
        check_type("conversation", where, str, "a conversation's id or a user")
        check_type("text", text, str, "a text")
        context, running = self._context(), self._opened
        check_may_enter(await accounts.known(context, author))
        own = OwnPost()
        by = ClientId(self._ids.client_id(self._clock.now_ms()) if client_id is None else client_id)
        check_client_id(by)
        lane = Lane("host") if checked and not is_inside_hook() else None
        await posting.post(context, author, where, by, text, own, lane)
        await asyncio.wait((own.message, running.failing), return_when=asyncio.FIRST_COMPLETED)
        if not own.message.done():
            raise self._failed or StorageError()
        return own.message.result()

    async def unread(self, user: User | UserId, conversation: ConversationId | None = None) -> int:
        """Return how many messages a user has not read, in one conversation or in all. Raises NotFound."""
        context, reader = self._context(), id_of(user)
        await accounts.known(context, reader)
        if conversation is not None:
            return (await reading.count(context, reader, conversation)).unread
        return await reading.unread(context, reader)

    def active(self) -> frozenset[UserId]:
        """Return the users who are active: somebody is connected for them, or was until a moment ago."""
        return frozenset(self._host.active())

    def figures(self) -> Figures:
        """Tell in numbers how much there is at this moment, and what was done since the chat was opened."""
        return self._host.figures()

    @asynccontextmanager
    async def client(self, user: User | UserId) -> AsyncIterator[ChatClient]:
        """Log a user in within this process: the usual client, over a link in memory. Raises NotFound."""
        token = await self.sessions.begin(user, label="within the program")
        try:
            async with ChatClient(_URL, dialer=self, clock=self._clock, ids=self._ids, token=token) as client:
                yield client
        finally:
            if self._running is not None:
                await to_its_end(self.sessions.end(accounts.digest(token)))

    # ---- for what leads to the network

    async def admit(self, ask: Callable[[], Awaitable[Identity | None]]) -> Guest | None:
        """Return whom the application lets in, for `serve`, by what `ask` says of them; None where they may not come.

        An unknown key makes the user. Raises what `ask` raises, TimeoutError after ten seconds, and what
        `chat.users.ensure` does.
        """
        return await admit(self._context(), self.users, self._clock, ask)

    async def serve(self, link: Link, guest: Guest | None = None) -> None:
        """Serve a link until it ends: what a listener hands over. Never raises for what a peer does."""
        if self._running is None and self._was_open:  # a listener may end after the chat
            await link.close("the chat is closed", restarting=True)
        else:
            await self._host.serve(link, guest)

    async def dial(self, _url: str) -> Link:
        """Open a link within this process: a chat is a client's dialer, too."""
        running = self._opened
        ours, theirs = link_pair()
        task = asyncio.create_task(running.host.serve(theirs))
        running.serving.add(task)
        task.add_done_callback(running.serving.discard)
        return ours

    async def drain(self) -> None:
        """Take no more posts, answer those under way and tell the clients; leaving the block does so by itself."""
        await self._host.drain()

    async def failure(self) -> None:
        """Wait for ever, or raise StorageError when the storage has failed; the block does so by itself."""
        running = self._opened
        await asyncio.wait((running.failing,))
        if self._failed is not None:
            raise self._failed

    # ---- within

    @property
    def _opened(self) -> _Running:
        if self._running is None:
            msg = "this chat is closed" if self._was_open else "this chat is not open yet: use it within `async with`"
            raise RuntimeError(msg)
        self._running.check_loop()
        return self._running

    @property
    def _host(self) -> Host:
        return self._opened.host

    def _context(self) -> Context:
        return self._host.ctx

    def _end_session(self, digest: str) -> None:
        self._host.end_session(digest)


def open(path: str | os.PathLike[str]) -> Chat:  # noqa: A001 - as gzip.open
    """Return `Chat(path)`, for `async with chatcore.open("chat.db") as chat`."""
    return Chat(path)


def _storage(path: str | os.PathLike[str] | None) -> Storage:
    return MemoryStorage() if path is None or os.fspath(path) == IN_MEMORY else SqliteStorage(os.fspath(path))


def _registration(given: bool | str) -> str:
    if isinstance(given, str):
        return given
    return "open" if given else "closed"


def is_async(hook: object) -> bool:
    """Return whether it is an `async def`, or an object that is called as one."""
    return iscoroutinefunction(hook) or iscoroutinefunction(getattr(type(hook), "__call__", None))  # noqa: B004 - its kind
