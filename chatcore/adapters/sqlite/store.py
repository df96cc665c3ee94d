"""The storage in one SQLite file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import attrs

from ...domain.generations import Generations, Point
from ...domain.ids import ClientId, ConversationId, UserId
from ...domain.invitations import InvitationRecord
from ...domain.leases import Leases
from ...domain.marks import NewMarks
from ...domain.messages import Message
from ...domain.sessions import Ages, Led, SessionRecord
from ...domain.tallies import Tally
from ...domain.users import NewUser, User, UserChange
from ...errors import StorageError, TemporaryError
from ...ports.commits import Altered, Change, CommitListener, Enrolled, Outcome
from ...ports.storage import Account, Happenings, Overview, Page
from ...tasks import to_its_end
from ..sql.telling import Telling, in_order_of
from . import accounts, generations, happenings, invitations, jobs, pages, refusals, tallies
from .counts import Counts
from .database import Database
from .log import Log
from .sessions import Sessions
from .work import Work

T = TypeVar("T")


@attrs.frozen
class _Opened:
    """What there is while the file is open."""

    database: Database
    epoch: str
    generations: Generations
    log: Log
    sessions: Sessions
    counts: Counts


class SqliteStorage:
    """Keeps everything in the file `path`; open while in its `async with`.

    One process at a time may open a file; a second one is told so by a StorageError. After a commit that failed, other
    than for want of room, it is not known what the disk holds: all later writes are refused.
    """

    def __init__(self, path: str | Path, *, readers: int = 2, heads: int = 100_000) -> None:
        """`heads` is for how many conversations and users it remembers what a post needs to know."""
        self.path: Path = Path(path)
        self._reader_count = readers
        self._head_count = heads
        self._telling = Telling()
        self._stack = AsyncExitStack()
        self._open: _Opened | None = None
        self._work = Work(self.path)
        self._leases = Leases()  # no other process has the file

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Open or make the file; raise StorageError with what is wrong. Cancelled, it is closed again."""
        try:
            await to_its_end(self._begin_using())
        except asyncio.CancelledError:
            await self.close()
            raise

    async def _begin_using(self) -> None:
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(Database.open(self.path, self._reader_count))
            try:
                ((epoch,),) = await database.read("select value from meta where name = 'epoch'")
                begun = Generations(await generations.begun(database))
                await accounts.write_looks(database)
                log = Log(database, self._head_count)
                await log.load()
            except TemporaryError as error:
                raise StorageError(error.message) from error
            self._work.begin()
            self._open = _Opened(database, epoch, begun, log, Sessions(database, self._write), Counts(database))
            self._stack = stack.pop_all()

    def check(self) -> None:
        """Raise StorageError where the path does not lead to the open file any more: then nothing is written either."""
        trouble = self._opened.database.hold.trouble()
        if trouble is not None:
            raise self._work.fail(trouble)

    async def close(self) -> None:
        """Finish the writes under way, then close the file, also when cancelled. Nothing happens when it is closed."""
        await to_its_end(self._end_using())

    async def _end_using(self) -> None:
        self._open = None
        await self._work.finish()
        await self._stack.aclose()

    def listen(self, listener: CommitListener) -> Callable[[], None]:
        return self._telling.listen(listener)

    async def begin(self, generation: str) -> Point:
        return await self._write(partial(self._begin, self._opened, generation))

    async def append(self, changes: Sequence[Change], now_ms: int) -> Sequence[Outcome]:
        return await self._write(partial(self._append, self._opened.log, changes, now_ms)) if changes else ()

    async def add_user(self, new: NewUser, now_ms: int) -> User:
        return await self._write(partial(self._enrol, self._opened.database, new, now_ms))

    async def change_user(self, user: UserId, change: UserChange, now_ms: int) -> User:
        return await self._write(partial(self._alter, self._opened.database, user, change, now_ms))

    async def bans_over(self, now_ms: int, limit: int) -> Sequence[UserId]:
        return await self._work.read(accounts.bans_over(self._opened.database, now_ms, limit))

    async def set_password(self, user: UserId, password_hash: str, spare: str = "") -> Sequence[str]:
        return await self._write(partial(accounts.set_password, self._opened.database, user, password_hash, spare))

    async def renew_hash(self, user: UserId, former: str, password_hash: str) -> None:
        await self._write(partial(accounts.renew_hash, self._opened.database, user, former, password_hash))

    async def account(self, folded: str) -> Account | None:
        return await self._work.read(accounts.account(self._opened.database, "folded", folded))

    async def account_of(self, user: UserId) -> Account | None:
        return await self._work.read(accounts.account(self._opened.database, "id", user))

    async def account_with_key(self, key: str) -> Account | None:
        return await self._work.read(accounts.account(self._opened.database, "key", key))

    async def user(self, user: UserId) -> User | None:
        return await self._work.read(accounts.by_id(self._opened.database, user))

    async def users(self, after: int, limit: int) -> Sequence[User]:
        return await self._work.read(accounts.directory(self._opened.database, after, limit))

    async def add_session(
        self, digest: str, user: UserId, now_ms: int, label: str = "", *, lasts_ms: int | None = None
    ) -> None:
        await self._write(partial(self._opened.sessions.begin, digest, user, now_ms, label, lasts_ms))

    async def add_session_like(self, digest: str, other: str, ages: Ages, label: str) -> None:
        await self._write(partial(self._opened.sessions.begin_like, digest, other, ages, label))

    async def enter_session(
        self,
        digest: str,
        user: UserId,
        ages: Ages,
        *,
        lasts_ms: int | None,
        host: str | None,
        address: str,
    ) -> None:
        enter = self._opened.sessions.enter
        await self._write(partial(enter, digest, user, ages, lasts_ms=lasts_ms, host=host, address=address))

    async def sessions_of(self, user: UserId, ages: Ages) -> Sequence[SessionRecord]:
        return await self._work.read(self._opened.sessions.of(user, ages))

    async def session(self, digest: str, ages: Ages, address: str = "") -> User | None:
        return await self._work.read(self._opened.sessions.use(digest, ages, address))

    async def led(self, token: str) -> Led:
        found, first = await self._work.read(self._opened.sessions.led(token))
        if first is not None:
            await self._write(partial(self._opened.sessions.use_first, found.session, first))
        return found

    async def renew_token(self, session: str, token: str, now_ms: int, since_ms: int) -> bool:
        return await self._write(partial(self._opened.sessions.renew_token, session, token, now_ms, since_ms))

    async def end_session(self, digest: str) -> None:
        await self._write(partial(self._opened.sessions.end, digest))

    async def end_sessions_of(self, user: UserId) -> Sequence[str]:
        return await self._write(partial(self._opened.sessions.end_of, user))

    async def end_sessions_of_host(self, host: str) -> Sequence[str]:
        return await self._write(partial(self._opened.sessions.end_of_host, host))

    async def use_sessions(self, used: Sequence[str], now_ms: int) -> None:
        sessions = self._opened.sessions
        due = await self._work.read(sessions.due(used, now_ms))
        if due:
            await self._write(partial(sessions.renew, due, now_ms))

    async def renew_sessions(self, used: Sequence[str], ages: Ages) -> Sequence[str]:
        sessions = self._opened.sessions
        await self._write(partial(sessions.renew, used, ages.now_ms))
        after: str | None = ""
        while after is not None:
            after = await self._write(partial(sessions.forget, after, ages))
        return await self._work.read(sessions.ended(used))

    async def ended_sessions(self, used: Sequence[str]) -> Sequence[str]:
        return await self._work.read(self._opened.sessions.ended(used))

    async def add_invitation(self, invitation: InvitationRecord) -> None:
        await self._write(partial(invitations.add, self._opened.database, invitation))

    async def invitations(self) -> Sequence[InvitationRecord]:
        return await self._work.read(invitations.all_of_them(self._opened.database))

    async def invitation(self, digest: str) -> InvitationRecord | None:
        return await self._work.read(invitations.find(self._opened.database, digest))

    async def revoke_invitation(self, digest: str) -> None:
        await self._write(partial(invitations.revoke, self._opened.database, digest))

    async def overview(self, user: UserId, limit: int, told: Point | None = None) -> Overview:
        opened = self._opened
        return await self._work.read(
            tallies.overview(opened.database, opened.epoch, opened.generations, user, limit, told)
        )

    async def tallies(self, user: UserId, after: str, limit: int) -> Sequence[Tally]:
        return await self._work.read(tallies.tallies(self._opened.database, user, after, limit))

    async def tally(self, user: UserId, conversation: ConversationId) -> Tally:
        return await self._work.read(self._opened.counts.tally(user, conversation))

    async def page(
        self, user: UserId, conversation: ConversationId, *, after: int | None, before: int | None, limit: int
    ) -> Page:
        return await self._work.read(pages.page(self._opened.database, user, conversation, after, before, limit))

    async def is_settled(self, sender: UserId, client_id: ClientId, now_ms: int) -> bool:
        return await self._work.read(refusals.is_settled(self._opened.database, sender, client_id, now_ms))

    async def happenings(self, after: Point | None, limit: int) -> Happenings:
        opened = self._opened
        return await self._work.read(
            happenings.happenings(opened.database, opened.epoch, opened.generations, after, limit)
        )

    async def stretch(self, user: UserId, conversation: ConversationId, first: int, last: int) -> Page:
        return await self._work.read(pages.stretch(self._opened.database, user, conversation, first, last))

    async def positions(self, job: str) -> Mapping[str, int]:
        return await self._work.read(jobs.positions(self._opened.database, job))

    async def take_job(self, job: str, host: str, now_ms: int) -> bool:
        return self._leases.take(job, host, now_ms)

    async def leave_job(self, job: str, host: str) -> None:
        self._leases.leave(job, host)

    async def keep_positions(self, job: str, host: str, positions: Mapping[str, int | None]) -> bool:
        if not self._leases.has(job, host):
            return False
        await self._write(partial(jobs.keep, self._opened.database, job, positions))
        return True

    async def messages_between(
        self, after: int, upto: int, limit: int, *, crowds: bool, unread_by: UserId | None = None
    ) -> Sequence[Message]:
        return await self._work.read(
            jobs.messages_between(self._opened.database, after, upto, limit, unread_by, crowds=crowds)
        )

    async def readers_to_be(self, message: Message, after: str, limit: int) -> Sequence[User]:
        return await self._work.read(jobs.readers_to_be(self._opened.database, message, after, limit))

    @property
    def _opened(self) -> _Opened:
        if self._open is None:
            msg = f"the database {self.path} is not open"
            raise StorageError(msg)
        return self._open

    @staticmethod
    async def _begin(opened: _Opened, generation: str) -> Point:
        begun = await generations.begin(opened.database, generation)
        opened.generations.begin(begun)
        return begun

    async def _append(self, log: Log, changes: Sequence[Change], now_ms: int) -> Sequence[Outcome]:
        posts = [change for change in changes if not isinstance(change, NewMarks)]
        marks = [change for change in changes if isinstance(change, NewMarks)]
        outcomes = await log.append(posts, marks, now_ms)
        self._telling.tell(outcomes)
        return in_order_of(changes, outcomes)

    async def _enrol(self, database: Database, new: NewUser, now_ms: int) -> User:
        user = await accounts.register(database, new, now_ms)
        self._telling.tell((Enrolled(user),))
        return user

    async def _alter(self, database: Database, user: UserId, change: UserChange, now_ms: int) -> User:
        former, changed, ended = await accounts.change(database, user, change, now_ms)
        if changed != former:
            self._telling.tell((Altered(changed, ended),))
        return changed

    async def _write(self, work: Callable[[], Awaitable[T]]) -> T:
        return await self._work.write(self._opened.database, work)
