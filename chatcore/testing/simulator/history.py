"""Checks that what clients show is what the server knows, when everything is quiet."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ...client.changes import Change, Reset, apply_changes
from ...client.client import ChatClient
from ...client.items import Item, ItemState
from ...client.observer import Observer
from ...domain.conversations import GENERAL, Conversation
from ...domain.ids import ClientId, ConversationId, UserId
from ...domain.jumps import dated
from ...domain.messages import Message
from ...domain.roster import Row, sort_key
from ...domain.users import User
from ...ports.storage import Page, Storage

ALL = 100_000


@attrs.define(eq=False)
class Witness(Observer):
    """An observer that keeps what it was told."""

    rows: list[Row] = attrs.field(factory=list)
    timelines: dict[ConversationId, list[Item]] = attrs.field(factory=dict)
    received: dict[ConversationId, list[Message]] = attrs.field(factory=dict)
    skips: list[tuple[ConversationId, int, int]] = attrs.field(factory=list)
    may_begin_anew: bool = False
    "Whether the client may find out that the server's history is another one: once, then it holds nothing."

    def forget(self) -> None:
        """What was received belongs to a log-in that has ended."""
        self.received.clear()
        self.skips.clear()

    def rows_changed(self, changes: list[Change[Row]]) -> None:
        """See Observer."""
        if self.may_begin_anew and any(isinstance(change, Reset) for change in changes):
            self.may_begin_anew = False
            self.forget()
        apply_changes(self.rows, changes)

    def timeline_changed(self, conversation: ConversationId, changes: list[Change[Item]]) -> None:
        """See Observer."""
        apply_changes(self.timelines.setdefault(conversation, []), changes)

    def message_received(self, message: Message) -> None:
        """See Observer."""
        self.received.setdefault(message.conversation, []).append(message)

    def skipped(self, conversation: ConversationId, first: int, last: int) -> None:
        """See Observer."""
        self.skips.append((conversation, first, last))


class Truth:
    """What the storage says, read once."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.users: dict[UserId, User] = {}
        "In the order of their registration."
        self.logs: dict[ConversationId, tuple[Message, ...]] = {}

    async def read(self) -> None:
        """Read the directory and every log."""
        users = sorted(await self._storage.users(0, ALL), key=lambda user: user.number)
        self.users = {user.id: user for user in users}
        for user in self.users:
            walk = await self._storage.tallies(user, "", ALL)
            for conversation in [GENERAL, *(tally.conversation for tally in walk)]:
                if conversation not in self.logs:
                    page = await self._storage.page(user, conversation, after=0, before=None, limit=ALL)
                    self.logs[conversation] = page.messages

    def is_out(self, user: UserId) -> bool:
        """Return whether a user is not let in."""
        return self.users[user].disabled

    def of(self, user: UserId) -> dict[ConversationId, tuple[Message, ...]]:
        """Return the logs that a user may see."""
        return {c: log for c, log in self.logs.items() if user in Conversation.of(c).members}

    def faults_of_logs(self) -> Iterable[str]:
        """Seqs without holes, no message twice, times that never go backwards, counters that are recounts."""
        seen: set[tuple[UserId, ClientId]] = set()
        for conversation, log in self.logs.items():
            own: dict[UserId, int] = {}
            for place, message in enumerate(log, 1):
                own[message.sender] = own.get(message.sender, 0) + 1
                if message.seq != place or message.live != place or message.own != own[message.sender]:
                    yield f"{conversation}: the counters of {message} are not those of place {place}"
                if place > 1 and message.sent_at_ms != dated(message.sent_at_ms, log[place - 2].sent_at_ms):
                    yield f"{conversation}: time goes backwards at {place}"
                if (message.sender, message.client_id) in seen:
                    yield f"{conversation}: {message.client_id} is stored twice"
                seen.add((message.sender, message.client_id))

    async def faults_of_counts(self) -> list[str]:
        """Tell where an unread count of the storage is not what a recount of the messages gives."""
        faults = []
        for conversation, log in self.logs.items():
            for user in Conversation.of(conversation).members.among(self.users):
                stretch = await self._storage.stretch(user, conversation, 1, max(1, len(log)))
                recount = _unread(log, user, _read(stretch))
                if stretch.tally.unread != recount:
                    faults.append(f"{conversation}: {stretch.tally} of {user}, a recount gives {recount} unread")
        return faults

    async def faults_of(self, client: ChatClient, witness: Witness, active: Iterable[UserId]) -> list[str]:
        """Tell where a client that is online differs from the server."""
        me, replica = client.me, client.replica
        faults: list[str] = []
        if not replica.complete:
            faults.append("the list is not complete")
        if list(replica.users) != list(self.users.values()):
            faults.append(f"the directory is {replica.users}")
        if replica.me != self.users[me.id]:
            faults.append(f"believes to be {replica.me}")
        strange = [row for row in replica.rows if row.user is not None and not _shows(row, self.users[row.user])]
        faults += [f"{row} is none of {replica.users}" for row in strange]
        if witness.rows != list(replica.rows):
            faults.append("the changes of the rows do not lead to the rows")
        if list(replica.rows) != sorted(replica.rows, key=sort_key):
            faults.append("the rows are out of order")
        now = set(active)
        wrong = [row for row in replica.rows if row.user is not None and row.active != (row.user in now)]
        faults += [f"{row.name} is shown as {'active' if row.active else 'inactive'}" for row in wrong]
        blank = [row for row in replica.rows if row.conversation not in self.logs]
        faults += [f"{row} has no messages" for row in blank if row.unread or row.last]
        for conversation, log in self.of(me.id).items():
            faults += await self._faults_of_conversation(client, witness, conversation, log)
        return [f"{me.name}: {fault}" for fault in faults]

    async def _faults_of_conversation(
        self, client: ChatClient, witness: Witness, conversation: ConversationId, log: tuple[Message, ...]
    ) -> list[str]:
        faults = []
        me, replica = client.me.id, client.replica
        stretch = await self._storage.stretch(me, conversation, 1, max(1, len(log)))
        read = _read(stretch)
        tally = stretch.tally
        row = next((row for row in replica.rows if row.conversation == conversation), None)
        recount = _unread(log, me, read)
        if tally.unread != recount:
            faults.append(f"the server counts {tally.unread} unread, a recount gives {recount}")
        if row is None or row.unread != recount or row.last != tally.last:
            faults.append(f"the row is {row}, the server's numbers are {tally}")
        items = list(replica.timeline(conversation))
        faults += [f"{item} still waits" for item in items if item.state is ItemState.WAITING]
        if items:
            faults += _faults_of_timeline(items, log, me, read, dict(stretch.receipts))
            if witness.timelines.get(conversation) != items:
                faults.append("the changes of the timeline do not lead to the timeline")
        faults += _faults_of_received(conversation, log, me, witness)
        return [f"{conversation}: {fault}" for fault in faults]


def _shows(row: Row, user: User) -> bool:
    return (row.name, row.account, row.look, row.disabled) == (user.display_name, user.name, user.look, user.disabled)


def _read(stretch: Page) -> set[int]:
    return {seq for first, end in stretch.read for seq in range(first, end + 1)}


def _unread(log: Iterable[Message], user: UserId, read: set[int]) -> int:
    return sum(1 for message in log if message.sender != user and message.seq not in read)


def _faults_of_timeline(
    items: list[Item], log: tuple[Message, ...], me: UserId, read: set[int], readers: dict[int, int]
) -> Iterable[str]:
    stored = [item for item in items if item.seq is not None]
    seqs = [item.seq for item in stored]
    if seqs != list(range(len(log) - len(seqs) + 1, len(log) + 1)):
        yield f"the timeline has {seqs} of {len(log)}"
        return
    for item, message in zip(stored, log[len(log) - len(seqs) :], strict=True):
        if (item.client_id, item.text, item.sender) != (message.client_id, message.text, message.sender):
            yield f"{item} is not {message}"
        if message.sender == me:
            wanted = ItemState.READ if readers.get(message.seq) else ItemState.SENT
        else:
            wanted = ItemState.READ if message.seq in read else ItemState.UNREAD
        if item.state is not wanted or item.readers != (readers.get(message.seq, 0) if message.sender == me else 0):
            yield f"{item} should be {wanted} with {readers.get(message.seq, 0)} readers"


def _faults_of_received(
    conversation: ConversationId, log: tuple[Message, ...], me: UserId, witness: Witness
) -> Iterable[str]:
    skipped = {seq for where, first, end in witness.skips if where == conversation for seq in range(first, end + 1)}
    received = [message.seq for message in witness.received.get(conversation, [])]
    if not received:
        return
    wanted = [
        message.seq
        for message in log
        if message.sender != me and message.seq >= received[0] and message.seq not in skipped
    ]
    if received != wanted:
        yield f"received {received}, not {wanted}"
