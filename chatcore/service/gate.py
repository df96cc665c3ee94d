"""The gate between posting and the writer, where an application has a say: it is asked about each post, in order."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Literal

import attrs

from ..domain.ids import ClientId, UserId
from ..domain.marks import NewMarks
from ..domain.messages import NewMessage
from ..domain.refusals import NewRefusal
from ..domain.users import User, account_disabled
from ..errors import Busy, ChatError, Internal, LoggedOut, NotAllowed, Refused, StorageError, TemporaryError
from ..ports import commits
from ..ports.clock import Clock
from ..ports.storage import Storage
from ..tasks import outlast
from .hooks import BeforePost, Draft, Hooks, ask
from .membership import Membership
from .writer import Writer

MAX_WAITING = 10_000
"""Posts at the gate, over all connections."""
MAX_VERDICTS = 10_000
"""Answers of the hook that are remembered, of posts that are not stored or refused yet."""

Key = tuple[UserId, ClientId]

log: logging.Logger = logging.getLogger(__name__)


@attrs.frozen(eq=False)
class Lane:
    """One stream of posts, such as a connection's: they are asked about one after the other."""

    via: Literal["client", "host"]
    session: str = ""
    "The digest of the token by which they came; empty where there is none."


@attrs.define(eq=False)
class _Stream:
    lane: Lane
    posts: deque[NewMessage] = attrs.field(factory=deque)
    is_over: bool = False
    "The session has ended: nothing more of it is stored."


@attrs.frozen
class _Verdict:
    post: NewMessage
    answer: str | Refused | None


class Gate:
    """Asks a hook about posts, and hands them to the writer; nothing is locked meanwhile.

    Answers hang on the commit, as ever; what does not come so far is told to `tell` in the same shape. A StorageError
    is told to `fail`.
    """

    def __init__(
        self,
        hooks: Hooks,
        storage: Storage,
        writer: Writer,
        membership: Membership,
        clock: Clock,
        tell: commits.CommitListener,
        fail: Callable[[Exception], None],
    ) -> None:
        self._hooks, self._storage, self._writer, self._membership = hooks, storage, writer, membership
        self._clock, self._tell, self._fail = clock, tell, fail
        self._streams: dict[Lane, _Stream] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._under_way: dict[Key, asyncio.Event] = {}
        "Posts that are asked about or on their way to the disk: set when it is known what became of them."
        self._verdicts: OrderedDict[Key, _Verdict] = OrderedDict()
        self._is_stopped = False

    @property
    def is_watched(self) -> bool:
        """Whether there is anybody to ask."""
        return self._hooks.before_post is not None

    def submit(self, post: NewMessage, lane: Lane) -> None:
        """Take in a post, behind the others of its lane. Raises Busy when too many wait, and after `stop`."""
        if self._is_stopped or self._waiting >= MAX_WAITING:
            raise Busy
        self._waiting += 1
        stream = self._streams.get(lane)
        if stream is not None:
            stream.posts.append(post)
            return
        stream = self._streams[lane] = _Stream(lane, deque([post]))
        task = asyncio.get_running_loop().create_task(self._pass_all(stream))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def session_ended(self, session: str) -> None:
        """Store nothing more of what came by this session."""
        for stream in self._streams.values():
            if stream.lane.session == session:
                stream.is_over = True

    def told(self, commit: commits.Commit) -> None:
        """It is known what became of these."""
        if not self._under_way:
            return
        for outcome in commit:
            if isinstance(outcome, commits.AboutUser) or isinstance(outcome.change, NewMarks):
                continue
            post = outcome.change.post if isinstance(outcome.change, NewRefusal) else outcome.change
            key = post.sender, post.client_id
            if key in self._under_way:
                self._under_way.pop(key).set()
                if not (isinstance(outcome, commits.Refused) and isinstance(outcome.error, TemporaryError | LoggedOut)):
                    self._verdicts.pop(key, None)

    def stop(self) -> None:
        """Ask about nothing more; what is being asked about still comes to its end."""
        self._is_stopped = True

    async def drained(self) -> None:
        """Return when nothing waits here."""
        await outlast(*self._tasks)

    async def close(self) -> None:
        """Drop what waits."""
        self.stop()
        for task in tuple(self._tasks):
            task.cancel()
        await outlast(*self._tasks)

    async def _pass_all(self, stream: _Stream) -> None:
        try:
            while stream.posts:
                await self._pass(stream, stream.posts[0])
                stream.posts.popleft()
                self._waiting -= 1
        finally:
            self._waiting -= len(stream.posts)
            del self._streams[stream.lane]

    async def _pass(self, stream: _Stream, post: NewMessage) -> None:
        try:
            change = await self._decide(stream, post)
            # From here on nothing waits: whoever has left meanwhile, or was thrown out, is not heard any more.
            self._check(stream)
            self._writer.submit(change)
        except StorageError as error:
            self._fail(error)
        except ChatError as error:
            self._tell([commits.Refused(post, error)])
        except Exception:
            log.exception("a post could not be asked about")
            self._tell([commits.Refused(post, Internal())])

    async def _decide(self, stream: _Stream, post: NewMessage) -> NewMessage | NewRefusal:
        key = post.sender, post.client_id
        while (first := self._under_way.get(key)) is not None:
            await first.wait()
        self._check(stream)
        hook = self._hooks.before_post
        if self._is_stopped or hook is None:
            raise Busy
        self._under_way[key] = asyncio.Event()
        if await self._storage.is_settled(*key, self._clock.now_ms()):
            return NewRefusal(post, Busy())  # answered as before; nothing is kept
        verdict = self._verdicts.get(key)
        if verdict is None or (verdict.post.conversation, verdict.post.text) != (post.conversation, post.text):
            verdict = await self._ask(hook, stream, post)
            self._verdicts[key] = verdict
            if len(self._verdicts) > MAX_VERDICTS:
                self._verdicts.popitem(last=False)
        # It may have taken seconds: everything else is asked anew.
        await self._author(post)
        try:
            await self._membership.check_writer(post.sender, post.conversation)
        except NotAllowed as error:
            return NewRefusal(post, error)
        match verdict.answer:
            case Refused() as refused:
                return NewRefusal(post, refused)
            case str(text) if text != post.text:
                return NewMessage(post.sender, post.conversation, post.client_id, text, post.origin, asked=post.text)
            case _:  # as it was asked
                return post

    async def _ask(self, hook: BeforePost, stream: _Stream, post: NewMessage) -> _Verdict:
        draft = Draft(await self._author(post), post.conversation, post.text, stream.lane.via)
        self._check(stream)
        try:
            return _Verdict(post, await ask(hook, draft, self._clock))
        except Refused as refused:
            return _Verdict(post, refused)

    async def _author(self, post: NewMessage) -> User:
        author = await self._storage.user(post.sender)
        if author is None:
            raise LoggedOut
        if author.disabled:
            raise account_disabled()
        return author

    @staticmethod
    def _check(stream: _Stream) -> None:
        if stream.is_over:
            raise LoggedOut
