"""A storage in memory: the shortest code that keeps the port's promises, and the model the others are held against."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from itertools import islice
from typing import assert_never

import attrs

from ..domain.conversations import GENERAL, Conversation
from ..domain.events import MessagesRead
from ..domain.generations import Generations, Point
from ..domain.ids import ClientId, ConversationId, UserId
from ..domain.invitations import InvitationRecord, no_invitation
from ..domain.leases import Leases
from ..domain.logs import asked_digest, conflict, next_message
from ..domain.marks import NewMarks
from ..domain.messages import Message, NewMessage
from ..domain.read_states import ReadState
from ..domain.refusals import KEPT_MS, MAX_KEPT, NewRefusal
from ..domain.sessions import Ages, Led, SessionRecord
from ..domain.tallies import Tally
from ..domain.users import NewUser, User, UserChange, check_may_enter
from ..errors import ChatError, NotFound, TemporaryError
from ..ports.commits import (
    Altered,
    Change,
    Commit,
    CommitListener,
    Enrolled,
    Marked,
    Outcome,
    Refused,
    Repeated,
    Stored,
)
from ..ports.recent_marks import MOST_KEPT, MarksMade
from ..ports.storage import Account, Happening, Happenings, Overview, Page
from .memory_accounts import MemoryAccounts
from .memory_log import Log
from .memory_sessions import MemorySessions


class MemoryStorage:
    """Keeps everything until the process ends. No method waits, so each is atomic by itself."""

    def __init__(self, epoch: str = "memory") -> None:
        self._epoch = epoch
        self._listeners: list[CommitListener] = []
        self._logs: dict[ConversationId, Log] = {}
        "In the order of their last messages."
        self._posts: dict[tuple[UserId, ClientId], Message] = {}
        self._asked: dict[tuple[UserId, ClientId], bytes] = {}
        "Digests of what was asked for, where another text is stored."
        self._refusals: dict[tuple[UserId, ClientId], tuple[int, ChatError]] = {}
        "When and why a post was refused, the oldest first."
        self._secret = epoch.encode()
        self._accounts = MemoryAccounts(self._secret)
        self._sessions = MemorySessions()
        self._invitations: dict[str, InvitationRecord] = {}
        self._generations = Generations()
        self._jobs: dict[str, dict[str, int]] = {}
        self._leases = Leases()
        self._number = 0
        "Of the newest message."
        self._marks: deque[MessagesRead] = deque(maxlen=MOST_KEPT)
        self._marks_made = 0

    def listen(self, listener: CommitListener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def begin(self, generation: str) -> Point:
        self._generations.begin(attrs.evolve(self._point, generation=generation))
        return self._point

    async def append(self, changes: Sequence[Change], now_ms: int) -> Sequence[Outcome]:
        # Sorting is stable: messages in their order first, then the marks in theirs.
        in_order = sorted(range(len(changes)), key=lambda at: isinstance(changes[at], NewMarks))
        outcomes = {at: self._apply(changes[at], now_ms) for at in in_order}
        if outcomes:
            self._tell(tuple(outcomes.values()))
        return tuple(outcomes[at] for at in range(len(changes)))

    def seed(self, messages: Sequence[Message]) -> None:
        """Put messages into the log as they are, for tests of what `append` alone cannot bring about."""
        for message in messages:
            self._keep(message)

    def copy(self) -> MemoryStorage:
        """Return a storage that has the same, and is told to nobody, for tests of copies that are put in place."""
        listeners, self._listeners = self._listeners, []
        try:
            return deepcopy(self)
        finally:
            self._listeners = listeners

    async def add_user(self, new: NewUser, now_ms: int) -> User:
        invitation = None if new.invitation is None else self._invitations.get(new.invitation)
        if new.invitation is not None and (invitation is None or not invitation.admits(now_ms)):
            raise no_invitation()
        added = self._accounts.add(new, now_ms, self._number)
        if invitation is not None:
            self._invitations[invitation.id] = attrs.evolve(invitation, used=invitation.used + 1)
        general = self._logs.setdefault(GENERAL, Log(GENERAL))
        general.states[new.id] = ReadState.joining(general.end.seq, general.end.live)
        self._tell((Enrolled(added),))
        return added

    async def change_user(self, user: UserId, change: UserChange, now_ms: int) -> User:
        former, changed = self._accounts.change(user, change, now_ms, self._number)
        if changed != former:
            ended = tuple(self._sessions.end_of(user)) if changed.disabled else ()
            self._tell((Altered(changed, ended),))
        return changed

    async def bans_over(self, now_ms: int, limit: int) -> Sequence[UserId]:
        return tuple(self._accounts.bans_over(now_ms)[:limit])

    async def set_password(self, user: UserId, password_hash: str, spare: str = "") -> Sequence[str]:
        self._accounts.set_password(user, password_hash)
        return self._sessions.end_of(user, spare)

    async def renew_hash(self, user: UserId, former: str, password_hash: str) -> None:
        account = self._accounts.of(user)
        if account is not None and account.password_hash == former:
            self._accounts.set_password(user, password_hash)

    async def account(self, folded: str) -> Account | None:
        return self._accounts.named(folded)

    async def account_of(self, user: UserId) -> Account | None:
        return self._accounts.of(user)

    async def account_with_key(self, key: str) -> Account | None:
        return self._accounts.with_key(key)

    async def user(self, user: UserId) -> User | None:
        account = self._accounts.of(user)
        return None if account is None else account.user

    async def users(self, after: int, limit: int) -> Sequence[User]:
        return tuple(self._accounts.by_fact(after)[:limit])

    async def add_session(
        self, digest: str, user: UserId, now_ms: int, label: str = "", *, lasts_ms: int | None = None
    ) -> None:
        check_may_enter(await self.user(user))
        self._sessions.begin(digest, user, now_ms, label, lasts_ms)

    async def add_session_like(self, digest: str, other: str, ages: Ages, label: str) -> None:
        self._sessions.begin_like(digest, other, ages, label)

    async def enter_session(
        self, digest: str, user: UserId, ages: Ages, *, lasts_ms: int | None, host: str | None, address: str
    ) -> None:
        check_may_enter(await self.user(user))
        self._sessions.enter(digest, user, ages, lasts_ms, host, address)

    async def sessions_of(self, user: UserId, ages: Ages) -> Sequence[SessionRecord]:
        return self._sessions.of(user, ages)

    async def session(self, digest: str, ages: Ages, address: str = "") -> User | None:
        user = self._sessions.use(digest, ages, address)
        return None if user is None else await self.user(user)

    async def led(self, token: str) -> Led:
        return self._sessions.led(token)

    async def renew_token(self, session: str, token: str, now_ms: int, since_ms: int) -> bool:
        return self._sessions.renew_token(session, token, now_ms, since_ms)

    async def end_session(self, digest: str) -> None:
        self._sessions.end(digest)

    async def end_sessions_of(self, user: UserId) -> Sequence[str]:
        return self._sessions.end_of(user)

    async def end_sessions_of_host(self, host: str) -> Sequence[str]:
        return self._sessions.end_of_host(host)

    async def use_sessions(self, used: Sequence[str], now_ms: int) -> None:
        self._sessions.use_due(used, now_ms)

    async def renew_sessions(self, used: Sequence[str], ages: Ages) -> Sequence[str]:
        return self._sessions.renew(used, ages)

    async def ended_sessions(self, used: Sequence[str]) -> Sequence[str]:
        return self._sessions.ended(used)

    async def add_invitation(self, invitation: InvitationRecord) -> None:
        self._invitations[invitation.id] = invitation

    async def invitations(self) -> Sequence[InvitationRecord]:
        return sorted(self._invitations.values(), key=lambda invitation: (invitation.made_at_ms, invitation.id))

    async def invitation(self, digest: str) -> InvitationRecord | None:
        return self._invitations.get(digest)

    async def revoke_invitation(self, digest: str) -> None:
        self._invitations.pop(digest, None)

    async def overview(self, user: UserId, limit: int, told: Point | None = None) -> Overview:
        newest = [log.tally(user) for log in reversed(self._logs_of(user)) if not log.is_for_all][:limit]
        is_same = told is None or self._generations.has(told, self._point)
        return Overview(self._epoch, self._point, is_same, self._log(GENERAL).tally(user), tuple(newest))

    async def tallies(self, user: UserId, after: str, limit: int) -> Sequence[Tally]:
        logs = sorted((log for log in self._logs_of(user) if log.id > after), key=lambda log: log.id)
        return tuple(log.tally(user) for log in logs[:limit])

    async def tally(self, user: UserId, conversation: ConversationId) -> Tally:
        return self._log(conversation).tally(user)

    async def page(
        self, user: UserId, conversation: ConversationId, *, after: int | None, before: int | None, limit: int
    ) -> Page:
        log = self._log(conversation)
        if after is not None:
            after = max(0, after)
            end = min(log.seq, after + limit)
            return attrs.evolve(log.page(user, after + 1, end), more=after < end < log.seq)
        end = log.seq if before is None else min(log.seq, before - 1)
        first = max(1, end - limit + 1)
        return attrs.evolve(log.page(user, first, end), more=1 < first <= end)

    async def is_settled(self, sender: UserId, client_id: ClientId, now_ms: int) -> bool:
        key = sender, client_id
        return key in self._posts or self._refusal(key, now_ms) is not None

    async def happenings(self, after: Point | None, limit: int) -> Happenings:
        if after is not None and not self._generations.has(after, self._point):
            return Happenings(self._epoch, self._point.generation, is_same=False, happened=())
        place = (-1, 0) if after is None else (after.number, after.facts)
        messages = [Happening(m.number, 0, m, None) for log in self._logs.values() for m in log.messages]
        users = [Happening(number, user.fact, None, user) for number, user in self._accounts.happened()]
        happened = sorted((h for h in messages + users if (h.number, h.fact) > place), key=lambda h: (h.number, h.fact))
        return Happenings(self._epoch, self._point.generation, is_same=True, happened=tuple(happened[:limit]))

    async def marks_after(self, place: int | None, limit: int) -> MarksMade:
        end = self._marks_made
        if place is None or place > end:
            return MarksMade(end, ())
        first = max(place, end - len(self._marks))
        made = tuple(islice(self._marks, first - end + len(self._marks), None))[:limit]
        return MarksMade(first + len(made), made)

    async def stretch(self, user: UserId, conversation: ConversationId, first: int, last: int) -> Page:
        return attrs.evolve(self._log(conversation).page(user, first, last), messages=())

    async def positions(self, job: str) -> Mapping[str, int]:
        return dict(self._jobs.get(job, {}))

    async def take_job(self, job: str, host: str, now_ms: int) -> bool:
        return self._leases.take(job, host, now_ms)

    async def leave_job(self, job: str, host: str) -> None:
        self._leases.leave(job, host)

    async def keep_positions(self, job: str, host: str, positions: Mapping[str, int | None]) -> bool:
        if not self._leases.has(job, host):
            return False
        merged = {**self._jobs.get(job, {}), **positions}
        self._jobs[job] = {part: position for part, position in merged.items() if position is not None}
        return True

    async def messages_between(
        self, after: int, upto: int, limit: int, *, crowds: bool, unread_by: UserId | None = None
    ) -> Sequence[Message]:
        logs = [log for log in self._logs.values() if crowds or not log.is_for_all]
        found = [m for log in logs for m in log.messages if after < m.number <= upto]
        if unread_by is not None:
            found = [m for m in found if self._is_unread(m, unread_by)]
        return sorted(found, key=lambda message: message.number)[:limit]

    async def readers_to_be(self, message: Message, after: str, limit: int) -> Sequence[User]:
        users = sorted(self._accounts.by_fact(0), key=lambda user: user.id)
        return [user for user in users if user.id > after and self._is_unread(message, user.id)][:limit]

    def _is_unread(self, message: Message, user: UserId) -> bool:
        log = self._log(message.conversation)
        is_member = user in Conversation.of(log.id).members
        return is_member and user != message.sender and not log.state(user).has(message.seq)

    @property
    def _point(self) -> Point:
        return Point(self._generations.present, self._number, self._accounts.fact)

    def _log(self, conversation: ConversationId) -> Log:
        """Return the log; one that nobody wrote to is not kept."""
        return self._logs.get(conversation) or Log(conversation)

    def _logs_of(self, user: UserId) -> list[Log]:
        return [log for log in self._logs.values() if log.seq and user in Conversation.of(log.id).members]

    def _keep(self, message: Message) -> None:
        log = self._log(message.conversation)
        log.add(message)
        self._number = message.number
        self._logs.pop(log.id, None)
        self._logs[log.id] = log
        self._posts[message.sender, message.client_id] = message

    def _tell(self, commit: Commit) -> None:
        for listener in tuple(self._listeners):
            listener(commit)

    def _apply(self, change: Change, now_ms: int) -> Outcome:
        match change:
            case NewMarks():
                return self._mark(change)
            case NewRefusal(post, error):
                return self._known(change, post, now_ms) or self._refuse(change, error, now_ms)
            case NewMessage():
                return self._known(change, change, now_ms) or self._post(change, now_ms)
            case _:
                assert_never(change)

    def _known(self, change: NewMessage | NewRefusal, post: NewMessage, now_ms: int) -> Outcome | None:
        key = post.sender, post.client_id
        known = self._posts.get(key)
        if known is not None:
            error = conflict(post, known, self._asked.get(key), self._secret)
            return Refused(change, error) if error else Repeated(change, known)
        refused = self._refusal(key, now_ms)
        return Refused(change, refused) if refused else None

    def _refusal(self, key: tuple[UserId, ClientId], now_ms: int) -> ChatError | None:
        at_ms, error = self._refusals.get(key, (0, None))
        return error if at_ms >= now_ms - KEPT_MS else None

    def _refuse(self, change: NewRefusal, error: ChatError, now_ms: int) -> Outcome:
        if not isinstance(error, TemporaryError):
            sender = change.post.sender
            kept = {key: refusal for key, refusal in self._refusals.items() if refusal[0] >= now_ms - KEPT_MS}
            mine = [key for key in kept if key[0] == sender]
            for key in mine[: max(0, len(mine) + 1 - MAX_KEPT)]:
                del kept[key]
            kept[sender, change.post.client_id] = now_ms, error
            self._refusals = kept
        return Refused(change, error)

    def _post(self, change: NewMessage, now_ms: int) -> Outcome:
        log = self._log(change.conversation)
        own = log.own[change.sender]
        message = next_message(change, log.end, own=own, number=self._number + 1, now_ms=now_ms)
        self._keep(message)
        if change.asked is not None:
            digest = asked_digest(self._secret, change.conversation, change.asked)
            self._asked[change.sender, change.client_id] = digest
        return Stored(change, message)

    def _mark(self, change: NewMarks) -> Outcome:
        log = self._log(change.conversation)
        if max(change.seqs) > log.seq:
            return Refused(change, NotFound(field="seqs"))
        new = log.mark(change.reader, change.seqs)
        tally = log.tally(change.reader)
        if not new:
            return Marked(change, tally, None)
        event = MessagesRead(change.reader, tally, new, log.receipts(new))
        self._marks.append(event)
        self._marks_made += 1
        return Marked(change, tally, event)
