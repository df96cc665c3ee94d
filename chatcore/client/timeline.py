"""One unbroken stretch of a conversation as it is shown, with the posts that wait at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..domain.ids import ClientId, ConversationId, UserId
from ..domain.messages import Message
from ..domain.read_states import Run
from .changes import Change, Insert, Move, Remove, Reset, Update
from .items import Item, ItemState

KEPT = 200
"""How many messages a timeline keeps that is not displayed."""

DISPLAYED = 10_000
"""How many messages a timeline keeps that is displayed, however long; what is older can be loaded again."""

STRETCH = 1_000
"""How many seqs are asked about at once."""


class Timeline:
    """The newest messages of a conversation without a hole, and how far each has come.

    Which messages are read is as of a version: `version` is the one up to which every mark is known here. Marks and
    readers only ever grow, so what is told early or twice does no harm.
    """

    def __init__(self, conversation: ConversationId, me: UserId, waiting: Sequence[Item]) -> None:
        self.conversation = conversation
        self._me = me
        self.messages: list[Message] = []
        self._waiting: list[Item] = list(waiting)
        self.items: list[Item] = list(waiting)
        "Stored messages, then waiting ones."
        self.is_loaded = False
        self.is_at_beginning = False
        self.version = -1
        self._early: dict[int, Message] = {}
        self._read: set[int] = set()
        self._readers: dict[int, int] = {}
        self._former_read: set[int] = set()
        self._former_readers: dict[int, int] = {}
        "What the server told before it began another generation: shown until it has told this anew."
        self._refreshing: tuple[int, int] | None = None
        "The seq up to which read states are still to be asked for (downwards), and the version of the first answer."
        self._changes: list[Change[Item]] = []

    @property
    def last(self) -> int:
        """The newest seq that is held; 0 where there is none."""
        return self.messages[-1].seq if self.messages else 0

    @property
    def first(self) -> int:
        """The oldest seq that is held; 0 where there is none."""
        return self.messages[0].seq if self.messages else 0

    def take_changes(self) -> list[Change[Item]]:
        """Return what has changed since the last call."""
        changes, self._changes = self._changes, []
        return changes

    def retell(self) -> None:
        """Tell the whole again."""
        self._changes = [Reset(tuple(self.items))]

    # ---- messages

    def show(self, message: Message) -> None:
        """The next message came."""
        if not self.is_loaded:
            self._early[message.seq] = message
        elif message.seq == self.last + 1:
            self._append(message)

    def bind(self, message: Message) -> None:
        """An own message was stored: where it is shown already, or older than all that is, it waits no more."""
        if self.is_loaded and message.seq <= self.last:
            self.drop_waiting(message.client_id)

    def load(
        self, messages: Sequence[Message], version: int, *, more: bool, shown: int, waiting: Sequence[Item]
    ) -> None:
        """The newest page came; `shown` is how far the conversation was shown already."""
        held = self._early | {message.seq: message for message in messages}
        newest = max(held, default=0)
        if newest < shown:
            return  # what came meanwhile does not join: ask again
        first = newest
        while first - 1 in held:
            first -= 1
        self._early = {}
        self.messages = [held[seq] for seq in range(first, newest + 1)] if held else []
        self.is_loaded = True
        self.is_at_beginning = not more or first == 1 or not held
        if {message.seq for message in messages} >= {message.seq for message in self.messages}:
            self.version = max(self.version, version)
        stored = {message.client_id for message in self.messages if message.sender == self._me}
        self._waiting = [item for item in waiting if item.client_id not in stored]
        self.items = [*map(self._item, self.messages), *self._waiting]
        self.retell()

    def prepend(self, messages: Sequence[Message], *, more: bool) -> None:
        """An older page came."""
        if messages and messages[-1].seq + 1 != self.first:
            return  # the timeline began anew meanwhile
        self.messages[:0] = messages
        items = list(map(self._item, messages))
        self.items[:0] = items
        self._changes.extend(Insert(at, item) for at, item in enumerate(items))
        self.is_at_beginning = not more

    def trim(self, kept: int = KEPT) -> None:
        """Let go of what is older than so many messages, once there are twice as many."""
        if len(self.messages) < 2 * kept:
            return
        del self.messages[:-kept], self.items[: -kept - len(self._waiting)]
        self._read = {seq for seq in self._read if seq >= self.first}
        self._readers = {seq: readers for seq, readers in self._readers.items() if seq >= self.first}
        self._forget_former(lambda seq: seq >= self.first)
        self.is_at_beginning = False
        if self._refreshing is not None and self._refreshing[0] < self.first:
            self.version, self._refreshing = max(self.version, self._refreshing[1]), None
        self.retell()

    def unload(self, waiting: Sequence[Item]) -> None:
        """Begin anew: what is held does not join to what is to come."""
        self.messages, self._early = [], {}
        self.is_loaded = self.is_at_beginning = False
        self.version, self._refreshing = -1, None
        self._forget_former(lambda _: False)
        self._waiting, self.items = list(waiting), list(waiting)
        self.retell()

    def _append(self, message: Message) -> None:
        at = len(self.messages)
        self.messages.append(message)
        item = self._item(message)
        place = self._place_waiting(message.client_id) if message.sender == self._me else None
        if place is None:
            self.items.insert(at, item)
            self._changes.append(Insert(at, item))
            return
        del self._waiting[place]
        del self.items[at + place]
        self.items.insert(at, item)
        self._changes.append(Move(at + place, at, item) if place else Update(at, item))

    def unread_among(self, seqs: Iterable[int]) -> list[int]:
        """Return those of the seqs that are held here, of others, and not read."""
        at = {seq: seq - self.first for seq in seqs} if self.messages else {}
        held = (self.items[i] for i in at.values() if 0 <= i < len(self.messages))
        return [item.seq for item in held if item.state is ItemState.UNREAD and item.seq is not None]

    # ---- posts that wait

    def wait(self, item: Item) -> None:
        """A post was written."""
        self._waiting.append(item)
        self.items.append(item)
        self._changes.append(Insert(len(self.items) - 1, item))

    def change_waiting(self, item: Item) -> None:
        """A waiting post has changed (refused, or to be tried again)."""
        place = self._place_waiting(item.client_id)
        if place is not None:
            self._waiting[place] = item
            self._set(len(self.messages) + place, item)

    def drop_waiting(self, client_id: ClientId) -> None:
        """A waiting post was discarded."""
        place = self._place_waiting(client_id)
        if place is not None:
            del self._waiting[place]
            at = len(self.messages) + place
            del self.items[at]
            self._changes.append(Remove(at))

    def _place_waiting(self, client_id: ClientId) -> int | None:
        return next((i for i, item in enumerate(self._waiting) if item.client_id == client_id), None)

    # ---- what is read

    def mark(self, runs: Iterable[Run]) -> None:
        """The user has read these."""
        new = {seq for first, end in runs for seq in range(first, end + 1)} - self._read
        self._read |= new
        self._renew(new)

    def receive(self, receipts: Iterable[tuple[int, int]]) -> None:
        """So many others have read these."""
        new = [(seq, readers) for seq, readers in receipts if readers > self._readers.get(seq, 0)]
        self._readers.update(new)
        self._renew(seq for seq, _ in new)

    def mark_next(self, runs: Iterable[Run], version: int) -> None:
        """The user has read these, which makes the version; a version in between is missed and asked for later."""
        self.mark(runs)
        if version == self.version + 1:
            self.version = version

    def is_behind(self, told: int) -> bool:
        """Return whether read states are to be asked for, where marks up to the version `told` were made."""
        return self.is_loaded and bool(self.messages) and (self.version < told or self._refreshing is not None)

    def refresh(self) -> None:
        """Ask for all read states again: readers may have come while the connection was away."""
        if self.is_loaded and self.messages:
            self._refreshing = (self.last, -1)

    def renew(self) -> None:
        """Marks and readers may be others than those that were told: all are asked for, and these then forgotten."""
        self._former_read |= self._read
        self._former_readers |= self._readers
        self._forget_former(lambda seq: self.first <= seq <= self.last)
        self._read, self._readers = set(), {}
        self.version = -1
        self.refresh()

    def next_stretch(self) -> Run:
        """Return the seqs to ask about next."""
        if self._refreshing is None:
            self._refreshing = (self.last, -1)
        end = self._refreshing[0]
        return max(self.first, end - STRETCH + 1), end

    def refreshed(self, stretch: Run, version: int) -> None:
        """The answer about a stretch came, as of a version. The whole is as of the first answer's."""
        self._renew(self._forget_former(lambda seq: not stretch[0] <= seq <= stretch[1]))
        if self._refreshing is None or self._refreshing[0] != stretch[1]:
            return
        as_of = version if self._refreshing[1] < 0 else self._refreshing[1]
        if stretch[0] <= self.first:
            self._refreshing = None
            self.version = max(self.version, as_of)
        else:
            self._refreshing = (stretch[0] - 1, as_of)

    def _forget_former(self, stays: Callable[[int], bool]) -> set[int]:
        """Keep only some of what was told of another generation; give what is forgotten."""
        gone = {seq for seq in self._former_read | self._former_readers.keys() if not stays(seq)}
        self._former_read -= gone
        for seq in gone:
            self._former_readers.pop(seq, None)
        return gone

    def _renew(self, seqs: Iterable[int]) -> None:
        for seq in seqs:
            at = seq - self.first
            if self.messages and 0 <= at < len(self.messages):
                self._set(at, self._item(self.messages[at]))

    def _set(self, at: int, item: Item) -> None:
        if self.items[at] != item:
            self.items[at] = item
            self._changes.append(Update(at, item))

    def _item(self, message: Message) -> Item:
        readers = 0
        if message.sender == self._me:
            readers = max(self._readers.get(message.seq, 0), self._former_readers.get(message.seq, 0))
            state = ItemState.READ if readers else ItemState.SENT
        else:
            is_read = message.seq in self._read or message.seq in self._former_read
            state = ItemState.READ if is_read else ItemState.UNREAD
        return Item(
            self.conversation,
            message.seq,
            message.client_id,
            message.sender,
            message.text,
            message.sent_at_ms,
            state,
            readers,
        )
