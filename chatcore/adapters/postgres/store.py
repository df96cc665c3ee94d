"""The storage in a PostgreSQL database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

import attrs

from ...domain.generations import Point
from ...domain.hosts import HostSeen
from ...domain.ids import ClientId, ConversationId, UserId
from ...domain.invitations import InvitationRecord
from ...domain.messages import Message
from ...domain.sessions import Ages, Led, SessionRecord
from ...domain.tallies import Tally
from ...domain.users import NewUser, User, UserChange
from ...errors import StorageError, TemporaryError
from ...ports.attendance import Beat
from ...ports.commits import Altered, Change, CommitListener, Enrolled, Outcome
from ...ports.recent_marks import MarksMade
from ...ports.storage import Account, Happenings, Overview, Page
from ...tasks import to_its_end
from ..sql.telling import Telling, in_order_of
from ..sql.uses import Take, Uses
from . import (
    accounts,
    attendance,
    generations,
    happenings,
    invitations,
    jobs,
    leases,
    pages,
    recent_marks,
    refusals,
    sessions,
    tallies,
)
from .address import Address
from .batch import Batch
from .database import Database
from .generations import History
from .log import Log
from .work import Work

T = TypeVar("T")


@attrs.frozen
class _Opened:
    """What there is while the database is open."""

    database: Database
    epoch: str
    history: History
    log: Log
    uses: Uses


class PostgresStorage:
    """Keeps everything in a PostgreSQL database, `postgresql://role@host/database`; open while in its `async with`.

    Each server has an object of its own, and a database as many servers as it has connections for: one for writing and
    `readers` for each. Messages have the time of the database's clock; with `has_given_times` that of each call.
    While the database is away what is posted waits, and all else is refused as Busy; a commit of which it is not known
    whether it has happened is made again.
    """

    def __init__(
        self, url: str, *, password: str | None = None, readers: int = 3, has_given_times: bool = False
    ) -> None:
        """Raises StorageError where `url` is no address of a database, or has the password in it."""
        self.address: Address = Address(url, password)
        self._reader_count = readers
        self._has_given_times = has_given_times
        self._telling = Telling()
        self._stack = AsyncExitStack()
        self._open: _Opened | None = None
        self._work = Work()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Connect, and make the tables where there are none; raise StorageError with what is wrong."""
        try:
            await to_its_end(self._begin_using())
        except asyncio.CancelledError:
            await self.close()
            raise

    async def _begin_using(self) -> None:
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(Database.open(self.address, self._reader_count))
            try:
                ((epoch,),) = await database.read("select value from meta where name = 'epoch'")
                ((secret,),) = await database.read(refusals.SECRET)
            except TemporaryError as error:
                raise StorageError(error.message) from error
            self._work.begin()
            log = Log(database, bytes.fromhex(secret), has_given_times=self._has_given_times)
            self._open = _Opened(database, epoch, History(database), log, Uses(self._note))
            self._stack = stack.pop_all()

    async def close(self) -> None:
        """Finish the writes under way, then leave the database. Nothing happens when it is closed."""
        await to_its_end(self._end_using())

    async def _end_using(self) -> None:
        self._open = None
        await self._work.finish()
        await self._stack.aclose()

    @property
    def is_away(self) -> bool:
        """Whether the database does not answer, as far as that is known."""
        return self._opened.database.is_away

    @property
    def installation(self) -> str:
        """A name that all servers on this database have in common, and no others: the epoch."""
        return self._opened.epoch

    def listen(self, listener: CommitListener) -> Callable[[], None]:
        return self._telling.listen(listener)

    async def begin(self, generation: str) -> Point:
        return await self._write(generations.begin, generation)

    async def append(self, changes: Sequence[Change], now_ms: int) -> Sequence[Outcome]:
        if not changes:
            return ()
        opened = self._opened
        append = partial(self._append, opened.log, Batch(changes, now_ms))
        return await self._work.write(opened.database, append, is_patient=True)

    async def add_user(self, new: NewUser, now_ms: int) -> User:
        return await self._write(self._enrol, new, now_ms)

    async def change_user(self, user: UserId, change: UserChange, now_ms: int) -> User:
        return await self._write(self._alter, user, change, now_ms, list[accounts.Changed]())

    async def bans_over(self, now_ms: int, limit: int) -> Sequence[UserId]:
        return await self._read(accounts.bans_over, now_ms, limit)

    async def set_password(self, user: UserId, password_hash: str, spare: str = "") -> Sequence[str]:
        ended: set[str] = set()
        await self._write(accounts.set_password, user, password_hash, spare, ended)
        return sorted(ended)

    async def renew_hash(self, user: UserId, former: str, password_hash: str) -> None:
        await self._write(accounts.renew_hash, user, former, password_hash)

    async def account(self, folded: str) -> Account | None:
        return await self._read(accounts.account, "folded", folded)

    async def account_of(self, user: UserId) -> Account | None:
        return await self._read(accounts.account, "id", user)

    async def account_with_key(self, key: str) -> Account | None:
        return await self._read(accounts.account, "key", key)

    async def user(self, user: UserId) -> User | None:
        return await self._read(accounts.by_id, user)

    async def users(self, after: int, limit: int) -> Sequence[User]:
        return await self._read(accounts.directory, after, limit)

    async def add_session(
        self, digest: str, user: UserId, now_ms: int, label: str = "", *, lasts_ms: int | None = None
    ) -> None:
        await self._write(sessions.begin, digest, user, now_ms, label, lasts_ms)

    async def add_session_like(self, digest: str, other: str, ages: Ages, label: str) -> None:
        await self._write(sessions.begin_like, digest, other, ages, label)

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
        await self._write(sessions.enter, digest, user, ages, lasts_ms, host, address)

    async def sessions_of(self, user: UserId, ages: Ages) -> Sequence[SessionRecord]:
        return await self._read(sessions.of, user, ages)

    async def session(self, digest: str, ages: Ages, address: str = "") -> User | None:
        found = await self._read(sessions.find, digest, ages)
        if found is not None:
            await self._opened.uses.note(digest, ages.now_ms, address)
        return found

    async def led(self, token: str) -> Led:
        found, first = await self._read(sessions.find_led, token)
        if first is not None:
            await self._write(sessions.use_first, found.session, first)
        return found

    async def renew_token(self, session: str, token: str, now_ms: int, since_ms: int) -> bool:
        return await self._write(sessions.renew_token, session, token, now_ms, since_ms)

    async def end_session(self, digest: str) -> None:
        await self._write(sessions.end, digest)

    async def end_sessions_of(self, user: UserId) -> Sequence[str]:
        ended: set[str] = set()
        await self._write(sessions.end_of, user, ended)
        return sorted(ended)

    async def end_sessions_of_host(self, host: str) -> Sequence[str]:
        ended: set[str] = set()
        await self._write(sessions.end_of_host, host, ended)
        return sorted(ended)

    async def use_sessions(self, used: Sequence[str], now_ms: int) -> None:
        due = await self._read(sessions.due, used, now_ms)
        if due:
            await self._note(lambda: dict.fromkeys(due, (now_ms, "")))

    async def renew_sessions(self, used: Sequence[str], ages: Ages) -> Sequence[str]:
        await self._note(lambda: dict.fromkeys(used, (ages.now_ms, "")))
        after: str | None = ""
        while after is not None:
            after = await self._write(sessions.forget, after, ages)
        return await self._read(sessions.ended, used)

    async def ended_sessions(self, used: Sequence[str]) -> Sequence[str]:
        return await self._read(sessions.ended, used)

    async def add_invitation(self, invitation: InvitationRecord) -> None:
        await self._write(invitations.add, invitation)

    async def invitations(self) -> Sequence[InvitationRecord]:
        return await self._read(invitations.all_of_them)

    async def invitation(self, digest: str) -> InvitationRecord | None:
        return await self._read(invitations.find, digest)

    async def revoke_invitation(self, digest: str) -> None:
        await self._write(invitations.revoke, digest)

    async def overview(self, user: UserId, limit: int, told: Point | None = None) -> Overview:
        opened = self._opened
        return await self._read(tallies.overview, opened.epoch, opened.history, user, limit, told)

    async def tallies(self, user: UserId, after: str, limit: int) -> Sequence[Tally]:
        return await self._read(tallies.tallies, user, after, limit)

    async def tally(self, user: UserId, conversation: ConversationId) -> Tally:
        return await self._read(tallies.tally, user, conversation)

    async def page(
        self, user: UserId, conversation: ConversationId, *, after: int | None, before: int | None, limit: int
    ) -> Page:
        return await self._read(pages.page, user, conversation, after, before, limit)

    async def is_settled(self, sender: UserId, client_id: ClientId, now_ms: int) -> bool:
        return await self._read(refusals.is_settled, sender, client_id, now_ms)

    async def happenings(self, after: Point | None, limit: int) -> Happenings:
        opened = self._opened
        return await self._read(happenings.happenings, opened.epoch, opened.history, after, limit)

    async def marks_after(self, place: int | None, limit: int) -> MarksMade:
        return await self._read(recent_marks.marks_after, place, limit)

    async def stretch(self, user: UserId, conversation: ConversationId, first: int, last: int) -> Page:
        return await self._read(pages.stretch, user, conversation, first, last)

    async def positions(self, job: str) -> Mapping[str, int]:
        return await self._read(jobs.positions, job)

    async def take_job(self, job: str, host: str, now_ms: int) -> bool:  # noqa: ARG002 - the database has a clock
        return await self._read(leases.take, job, host)

    async def leave_job(self, job: str, host: str) -> None:
        await self._read(leases.leave, job, host)

    async def keep_positions(self, job: str, host: str, positions: Mapping[str, int | None]) -> bool:
        return await self._write(jobs.keep, job, host, positions)

    async def messages_between(
        self, after: int, upto: int, limit: int, *, crowds: bool, unread_by: UserId | None = None
    ) -> Sequence[Message]:
        return await self._read(jobs.messages_between, after, upto, limit, crowds, unread_by)

    async def readers_to_be(self, message: Message, after: str, limit: int) -> Sequence[User]:
        return await self._read(jobs.readers_to_be, message, after, limit)

    async def beat(self, beat: Beat) -> Sequence[HostSeen]:
        return await self._read(attendance.beat, beat)

    async def named(self, label: str) -> HostSeen | None:
        return await self._read(attendance.named, label)

    async def leave(self, host: str) -> None:
        await self._read(attendance.leave, host)

    @property
    def _opened(self) -> _Opened:
        if self._open is None:
            msg = f"the database {self.address.url} is not open"
            raise StorageError(msg)
        return self._open

    async def _append(self, log: Log, batch: Batch) -> Sequence[Outcome]:
        outcomes = await log.append(batch)
        self._telling.tell(outcomes)
        return in_order_of(batch.changes, outcomes)

    async def _enrol(self, database: Database, new: NewUser, now_ms: int) -> User:
        user = await accounts.register(database, new, now_ms)
        self._telling.tell((Enrolled(user),))
        return user

    async def _alter(
        self, database: Database, user: UserId, change: UserChange, now_ms: int, doubted: list[accounts.Changed]
    ) -> User:
        former, changed, ended = await accounts.change(database, user, change, now_ms, doubted)
        if changed != former:
            self._telling.tell((Altered(changed, ended),))
        return changed

    async def _note(self, take: Take) -> None:
        await self._write(sessions.note, take)

    async def _read(self, work: Callable[..., Awaitable[T]], *given: object) -> T:
        return await self._work.read(work(self._opened.database, *given))

    async def _write(self, work: Callable[..., Awaitable[T]], *given: object) -> T:
        database = self._opened.database
        return await self._work.write(database, partial(work, database, *given))
