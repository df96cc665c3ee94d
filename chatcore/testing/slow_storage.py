"""A storage that answers late: what it read is already old when the answer comes, as with any real one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from enum import Enum
from random import Random
from typing import TypeVar

from ..domain.generations import Point
from ..domain.hosts import HostSeen
from ..domain.ids import ClientId, ConversationId, UserId
from ..domain.invitations import InvitationRecord
from ..domain.messages import Message
from ..domain.sessions import Ages, Led, SessionRecord
from ..domain.tallies import Tally
from ..domain.users import NewUser, User, UserChange
from ..errors import Busy, StorageError, StorageFull, StorageUnavailable
from ..ports.attendance import Attendance, Beat
from ..ports.clock import Clock
from ..ports.commits import Change, CommitListener, Outcome
from ..ports.recent_marks import MarksMade, RecentMarks
from ..ports.storage import Account, Happenings, Overview, Page, Storage

T = TypeVar("T")


class Break(Enum):
    """How a write fails: in either case nothing is known about it."""

    BEFORE = "before"
    "It was not done."
    AFTER = "after"
    "It was done, and told."


class SlowStorage:
    """Passes everything on to another storage. Reads wait *after* they have read, writes before they write."""

    inner: Storage

    def __init__(self, storage: Storage, clock: Clock, seed: int, most: float) -> None:
        self.inner, self._clock, self._most = storage, clock, most
        "The other storage; another one may be put in its place while no server runs."
        self._random = Random(seed)
        self.under_way: int = 0
        "How many calls the other storage is working on."
        self.activity: int = 0
        self.commits = 0
        "How many transactions were told."
        self.is_full = False
        "While true, nothing can be written."
        self.is_locked = False
        "While true, another program keeps everybody from writing."
        self.is_damaged = False
        "While true, nothing can be read, nor what a write needs."
        self.breaks: Break | None = None
        "How the next write fails."

    async def _now(self, storage: Storage, call: Callable[[Storage], Awaitable[T]]) -> T:
        self.under_way += 1
        self.activity += 1
        try:
            return await call(storage)
        finally:
            self.under_way -= 1
            self.activity += 1

    async def _read(self, call: Callable[[Storage], Awaitable[T]]) -> T:
        if self.is_damaged:
            raise StorageUnavailable
        answer = await self._now(self.inner, call)
        await self._wait()
        return answer

    async def _write(self, call: Callable[[Storage], Awaitable[T]]) -> T:
        storage = self.inner
        await self._wait()
        breaks, self.breaks = self.breaks, None
        if self.is_full:
            raise StorageFull
        if self.is_locked:
            raise Busy
        if self.is_damaged:
            raise StorageUnavailable
        if breaks is Break.BEFORE:
            raise StorageError
        answer = await self._now(storage, call)
        if breaks is Break.AFTER:
            raise StorageError
        return answer

    async def _wait(self) -> None:
        if self._most:
            await self._clock.sleep(self._random.random() * self._most)

    def listen(self, listener: CommitListener) -> Callable[[], None]:
        """See Storage."""

        def counting(commit: object) -> None:
            self.commits += 1
            self.activity += 1
            listener(commit)  # type: ignore[arg-type]

        return self.inner.listen(counting)

    async def begin(self, generation: str) -> Point:
        """See Storage."""
        return await self._write(lambda to: to.begin(generation))

    async def append(self, changes: Sequence[Change], now_ms: int) -> Sequence[Outcome]:
        """See Storage."""
        return await self._write(lambda to: to.append(changes, now_ms))

    async def add_user(self, new: NewUser, now_ms: int) -> User:
        """See Storage."""
        return await self._write(lambda to: to.add_user(new, now_ms))

    async def change_user(self, user: UserId, change: UserChange, now_ms: int) -> User:
        """See Storage."""
        return await self._write(lambda to: to.change_user(user, change, now_ms))

    async def account_of(self, user: UserId) -> Account | None:
        """See Storage."""
        return await self._read(lambda to: to.account_of(user))

    async def account_with_key(self, key: str) -> Account | None:
        """See Storage."""
        return await self._read(lambda to: to.account_with_key(key))

    async def bans_over(self, now_ms: int, limit: int) -> Sequence[UserId]:
        """See Storage."""
        return await self._read(lambda to: to.bans_over(now_ms, limit))

    async def set_password(self, user: UserId, password_hash: str, spare: str = "") -> Sequence[str]:
        """See Storage."""
        return await self._write(lambda to: to.set_password(user, password_hash, spare))

    async def renew_hash(self, user: UserId, former: str, password_hash: str) -> None:
        """See Storage."""
        await self._write(lambda to: to.renew_hash(user, former, password_hash))

    async def account(self, folded: str) -> Account | None:
        """See Storage."""
        return await self._read(lambda to: to.account(folded))

    async def user(self, user: UserId) -> User | None:
        """See Storage."""
        return await self._read(lambda to: to.user(user))

    async def users(self, after: int, limit: int) -> Sequence[User]:
        """See Storage."""
        return await self._read(lambda to: to.users(after, limit))

    async def add_invitation(self, invitation: InvitationRecord) -> None:
        """See Storage."""
        await self._write(lambda to: to.add_invitation(invitation))

    async def invitations(self) -> Sequence[InvitationRecord]:
        """See Storage."""
        return await self._read(lambda to: to.invitations())

    async def invitation(self, digest: str) -> InvitationRecord | None:
        """See Storage."""
        return await self._read(lambda to: to.invitation(digest))

    async def revoke_invitation(self, digest: str) -> None:
        """See Storage."""
        await self._write(lambda to: to.revoke_invitation(digest))

    async def add_session(
        self, digest: str, user: UserId, now_ms: int, label: str = "", *, lasts_ms: int | None = None
    ) -> None:
        """See Storage."""
        await self._write(lambda to: to.add_session(digest, user, now_ms, label, lasts_ms=lasts_ms))

    async def add_session_like(self, digest: str, other: str, ages: Ages, label: str) -> None:
        """See Storage."""
        await self._write(lambda to: to.add_session_like(digest, other, ages, label))

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
        """See Storage."""
        await self._write(
            lambda to: to.enter_session(digest, user, ages, lasts_ms=lasts_ms, host=host, address=address)
        )

    async def sessions_of(self, user: UserId, ages: Ages) -> Sequence[SessionRecord]:
        """See Storage."""
        return await self._read(lambda to: to.sessions_of(user, ages))

    async def session(self, digest: str, ages: Ages, address: str = "") -> User | None:
        """See Storage."""
        return await self._read(lambda to: to.session(digest, ages, address))

    async def led(self, token: str) -> Led:
        """See Storage."""
        return await self._write(lambda to: to.led(token))

    async def renew_token(self, session: str, token: str, now_ms: int, since_ms: int) -> bool:
        """See Storage."""
        return await self._write(lambda to: to.renew_token(session, token, now_ms, since_ms))

    async def end_session(self, digest: str) -> None:
        """See Storage."""
        await self._write(lambda to: to.end_session(digest))

    async def end_sessions_of(self, user: UserId) -> Sequence[str]:
        """See Storage."""
        return await self._write(lambda to: to.end_sessions_of(user))

    async def end_sessions_of_host(self, host: str) -> Sequence[str]:
        """See Storage."""
        return await self._write(lambda to: to.end_sessions_of_host(host))

    async def use_sessions(self, used: Sequence[str], now_ms: int) -> None:
        """See Storage."""
        await self._write(lambda to: to.use_sessions(used, now_ms))

    async def renew_sessions(self, used: Sequence[str], ages: Ages) -> Sequence[str]:
        """See Storage."""
        return await self._write(lambda to: to.renew_sessions(used, ages))

    async def ended_sessions(self, used: Sequence[str]) -> Sequence[str]:
        """See Storage."""
        return await self._read(lambda to: to.ended_sessions(used))

    async def overview(self, user: UserId, limit: int, told: Point | None = None) -> Overview:
        """See Storage."""
        return await self._read(lambda to: to.overview(user, limit, told))

    async def tallies(self, user: UserId, after: str, limit: int) -> Sequence[Tally]:
        """See Storage."""
        return await self._read(lambda to: to.tallies(user, after, limit))

    async def tally(self, user: UserId, conversation: ConversationId) -> Tally:
        """See Storage."""
        return await self._read(lambda to: to.tally(user, conversation))

    async def page(
        self, user: UserId, conversation: ConversationId, *, after: int | None, before: int | None, limit: int
    ) -> Page:
        """See Storage."""
        return await self._read(lambda to: to.page(user, conversation, after=after, before=before, limit=limit))

    async def is_settled(self, sender: UserId, client_id: ClientId, now_ms: int) -> bool:
        """See Storage."""
        return await self._read(lambda to: to.is_settled(sender, client_id, now_ms))

    async def happenings(self, after: Point | None, limit: int) -> Happenings:
        """See Storage."""
        return await self._read(lambda to: to.happenings(after, limit))

    async def marks_after(self, place: int | None, limit: int) -> MarksMade:
        """See RecentMarks."""

        async def read(to: Storage) -> MarksMade:
            assert isinstance(to, RecentMarks)
            return await to.marks_after(place, limit)

        return await self._read(read)

    async def stretch(self, user: UserId, conversation: ConversationId, first: int, last: int) -> Page:
        """See Storage."""
        return await self._read(lambda to: to.stretch(user, conversation, first, last))

    async def positions(self, job: str) -> Mapping[str, int]:
        """See Storage."""
        return await self._read(lambda to: to.positions(job))

    async def take_job(self, job: str, host: str, now_ms: int) -> bool:
        """See Storage."""
        return await self._write(lambda to: to.take_job(job, host, now_ms))

    async def leave_job(self, job: str, host: str) -> None:
        """See Storage."""
        await self._write(lambda to: to.leave_job(job, host))

    async def keep_positions(self, job: str, host: str, positions: Mapping[str, int | None]) -> bool:
        """See Storage."""
        return await self._write(lambda to: to.keep_positions(job, host, positions))

    async def messages_between(
        self, after: int, upto: int, limit: int, *, crowds: bool, unread_by: UserId | None = None
    ) -> Sequence[Message]:
        """See Storage."""
        return await self._read(lambda to: to.messages_between(after, upto, limit, crowds=crowds, unread_by=unread_by))

    async def readers_to_be(self, message: Message, after: str, limit: int) -> Sequence[User]:
        """See Storage."""
        return await self._read(lambda to: to.readers_to_be(message, after, limit))


class SlowAttendance:
    """Writes at once, and tells what it has read as late as a slow storage."""

    def __init__(self, attendance: Attendance, clock: Clock, seed: int, most: float) -> None:
        self._inner, self._clock, self._most = attendance, clock, most
        self._random = Random(seed)

    async def beat(self, beat: Beat) -> Sequence[HostSeen]:
        """See Attendance."""
        seen = await self._inner.beat(beat)
        await self._clock.sleep(self._random.random() * self._most)
        return seen

    async def named(self, label: str) -> HostSeen | None:
        """See Attendance."""
        return await self._inner.named(label)

    async def leave(self, host: str) -> None:
        """See Attendance."""
        await self._inner.leave(host)
