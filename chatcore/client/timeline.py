"""One unbroken stretch of a conversation as it is shown, with the posts that wait at its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..domain.ids import ClientId, ConversationId, UserId
from ..domain.messages import Message
from ..domain.read_states import Run, runs_of
from .changes import Change, Insert, Move, Remove, Reset, Update
from .items import Item, ItemState
from .timeline_reads import TimelineReads

KEPT = 200
"""How many messages a timeline keeps that is not displayed."""

DISPLAYED = 10_000
"""How many messages a timeline keeps that is displayed, however long; what is older can be loaded again."""


MOST_READS = 4 * DISPLAYED
"""Marks and readers that are known. More are not of the messages here, of which there are twice DISPLAYED at most."""

REMEMBERED = 100
"""How many messages of a timeline a later program begins with."""

REMEMBERED_TEXT = 64_000
"""How many characters these have at most."""


class Timeline:
    """The newest messages of a conversation without a hole, and how far each has come.

    `is_loaded`
        Whether the newest page has come. Before, there are no messages here.
    `messages`
        Stored ones, each the next of the one before it. The last is the last that the conversation has shown.
    `_waiting`
        What the outbox has for this conversation, in its order, without what is among the messages.
    `items`
        What is shown: one for each message, then those that wait. `_changes` lead there from what was told last.
    `_early`
        By seq, what was shown before the newest page has come, at most DISPLAYED; empty once it has.
    `is_at_beginning`
        Whether nothing is older than the messages here.
    `_reads`
        What is known of who has read the messages.
    """

    def __init__(self, conversation: ConversationId, me: UserId, waiting: Sequence[Item]) -> None:
        self.conversation = conversation
        self._me = me
        self.messages: list[Message] = []
        self._waiting: list[Item] = list(waiting)
        self.items: list[Item] = list(waiting)
        self.is_loaded: bool = False
        self.is_at_beginning: bool = False
        self._early: dict[int, Message] = {}
        self._reads = TimelineReads()
        self._changes: list[Change[Item]] = []

    @property
    def version(self) -> int:
        """Every mark up to this one is known here; -1 where none is."""
        return self._reads.version

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

    def newest(self) -> tuple[tuple[Message, ...], tuple[Run, ...], tuple[tuple[int, int], ...], bool]:
        """Return the newest messages, which are read, how many have read one's own, and whether there are older ones.

        They are at most 100 messages, and 64,000 characters.
        """
        first, length = len(self.messages), 0
        while first and len(self.messages) - first < REMEMBERED:
            length += len(self.messages[first - 1].text)
            if length > REMEMBERED_TEXT:
                break
            first -= 1
        messages, items = self.messages[first:], self.items[first : len(self.messages)]
        both = list(zip(messages, items, strict=True))
        read = [message.seq for message, item in both if message.sender != self._me and item.state is ItemState.READ]
        receipts = tuple((message.seq, item.readers) for message, item in both if item.readers)
        return tuple(messages), runs_of(read), receipts, first > 0 or not self.is_at_beginning

    # ---- messages

    def show(self, message: Message) -> None:
        """The next message came."""
        if not self.is_loaded:
            self._early[message.seq] = message
            if len(self._early) > DISPLAYED:  # the newest page is long in coming
                del self._early[next(iter(self._early))]
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
            self._reads.loaded(version)
        stored = {message.client_id for message in self.messages if message.sender == self._me}
        self._waiting = [item for item in waiting if item.client_id not in stored]
        self.items = [*map(self._item, self.messages), *self._waiting]
        self.retell()

    def prepend(self, messages: Sequence[Message], version: int, *, more: bool) -> None:
        """An older page came."""
        self._reads.prepended(version)
        if messages and messages[-1].seq + 1 != self.first:
            return  # the timeline began anew meanwhile
        self.messages[:0] = messages
        items = list(map(self._item, messages))
        self.items[:0] = items
        self._changes.extend(Insert(at, item) for at, item in enumerate(items))
        self.is_at_beginning = not more

    def trim(self, kept: int = KEPT) -> None:
        """Keep this many of the newest messages, once there are twice as many."""
        if len(self.messages) < 2 * kept:
            return
        del self.messages[:-kept], self.items[: -kept - len(self._waiting)]
        self._reads.trim(self.first)
        self.is_at_beginning = False
        self.retell()

    def unload(self, waiting: Sequence[Item]) -> None:
        """Begin anew: what is held does not join to what is to come."""
        self.messages, self._early = [], {}
        self.is_loaded = self.is_at_beginning = False
        self._reads.unload()
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
        self._renew(self._reads.mark(runs))
        self._bound_reads()

    def mark_next(self, runs: Iterable[Run], version: int) -> None:
        """The user has read these, which makes the version; a version in between is missed and asked for later."""
        self._renew(self._reads.mark_next(runs, version))
        self._bound_reads()

    def receive(self, receipts: Iterable[tuple[int, int]]) -> None:
        """So many others have read these."""
        self._renew(self._reads.receive(receipts))
        self._bound_reads()

    def _bound_reads(self) -> None:
        """Forget what was told of messages that are not here, once it is more than any server of ours tells."""
        if self._reads.known > MOST_READS:
            self._reads.trim(self.first, self.last)

    def is_behind(self, told: int) -> bool:
        """Return whether read states are to be asked for, where marks up to the version `told` were made."""
        return bool(self.messages) and self._reads.is_behind(told)

    def refresh(self) -> None:
        """Ask for all read states again: readers may have come while the connection was away."""
        if self.messages:
            self._reads.refresh(self.last)

    def renew(self) -> None:
        """Marks and readers may be others than those that were told: all are asked for, and these then forgotten."""
        self._reads.renew(self.first, self.last)
        self.refresh()

    def next_stretch(self) -> Run:
        """Return the seqs to ask about next."""
        return self._reads.next_stretch(self.first, self.last)

    def refreshed(self, stretch: Run, version: int) -> None:
        """The answer about a stretch came, as of a version. The whole is as of the first answer's."""
        self._renew(self._reads.refreshed(stretch, version, self.first))

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
            readers = self._reads.readers(message.seq)
            state = ItemState.READ if readers else ItemState.SENT
        else:
            state = ItemState.READ if self._reads.is_read(message.seq) else ItemState.UNREAD
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
