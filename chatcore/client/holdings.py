"""The conversations that a client holds: which of them are behind, and which have a timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..domain.ids import ConversationId, UserId
from ..domain.messages import Message
from ..domain.read_states import Run
from ..domain.tallies import Tally
from ..errors import BadFrame
from ..ports.storage import Page
from ..wire import frames as f
from .changes import Change
from .conversation import HeldConversation
from .items import Item
from .list_walk import ListWalk
from .outbox import Outbox
from .timeline import Timeline
from .wishes import WantAfter, WantNewest, WantStretch

MOST_HELD = 1_000_000
"""Conversations that a client holds: as many as users."""

HELD_TIMELINES = 8
"""How many timelines are kept up to date after another one was opened."""


class Holdings:
    """The conversations of which anything was heard, and those that were opened.

    `_me`
        Whose they are; "" before the first log-in, after which a snapshot begins everything anew.
    `_all`
        Each by its id.
    `_behind`
        Just those that are behind, the one that fell behind first at the beginning.
    `_with_timeline`
        Just those with a timeline, the one opened last at the end; never more than HELD_TIMELINES.
    `_opened`
        The last of these while it is not closed; else None.
    `walk`
        How far the list was walked. After its end, what is not held had no messages.
    """

    walk: ListWalk

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._me = UserId("")
        self._forget()

    def _forget(self) -> None:
        self._all: dict[ConversationId, HeldConversation] = {}
        self._behind: dict[ConversationId, HeldConversation] = {}
        self._with_timeline: dict[ConversationId, HeldConversation] = {}
        self._opened: HeldConversation | None = None
        self.walk = ListWalk()

    # ---- to read

    @property
    def total_unread(self) -> int:
        """The unread messages of all conversations."""
        return sum(held.tally.unread for held in self._all.values())

    @property
    def tallies(self) -> Sequence[Tally]:
        """The numbers of each conversation of which anything was heard."""
        return [held.tally for held in self._all.values() if held.has_begun]

    def tally(self, conversation: ConversationId) -> Tally:
        """Return the numbers of a conversation, as far as they are known."""
        held = self._all.get(conversation)
        return held.tally if held else Tally(conversation)

    def timeline(self, conversation: ConversationId) -> Timeline | None:
        """Find the timeline of a conversation."""
        held = self._with_timeline.get(conversation)
        return held.timeline if held else None

    @property
    def with_timeline(self) -> Sequence[ConversationId]:
        """The conversations with a timeline, the one opened last at the end."""
        return list(self._with_timeline)

    def find(self, conversation: ConversationId) -> HeldConversation | None:
        """Find what is held of a conversation."""
        return self._all.get(conversation)

    def take_changes(self) -> Iterator[tuple[ConversationId, list[Change[Item]]]]:
        """Return what has changed of each timeline since the last call."""
        for held in self._with_timeline.values():
            if held.timeline is not None and (changes := held.timeline.take_changes()):
                yield held.id, changes

    # ---- what the user does

    def enter(self, me: UserId) -> None:
        """From now on they are this user's."""
        self._me = me

    def leave(self) -> None:
        """Nobody is logged in any more: nothing stays."""
        self._me = UserId("")
        self._forget()

    def open(self, conversation: ConversationId | None) -> None:
        """Hold a timeline from now on. The ones opened last are kept, without what was loaded of long ago."""
        if self._opened is not None and self._opened.id != conversation:
            self._opened.close()
            self._opened = None
        if conversation is None:
            return
        held = self._opened = self._of(conversation)
        held.open()
        self._with_timeline.pop(conversation, None)
        self._with_timeline[conversation] = held
        while len(self._with_timeline) > HELD_TIMELINES:
            self.drop_timeline(next(iter(self._with_timeline)))

    def drop_timeline(self, conversation: ConversationId) -> None:
        """Hold no timeline of a conversation any more."""
        held = self._with_timeline.pop(conversation, None)
        if held is None:
            return
        held.drop_timeline()
        if held is self._opened:
            self._opened = None
        if not held.has_begun:
            del self._all[conversation]

    # ---- what earlier programs knew

    def remember(self, tally: Tally) -> None:
        """An earlier program has come so far in a conversation."""
        self._of(tally.conversation).remember(tally)

    def reopen(self, page: f.Page) -> None:
        """An earlier program had these as the newest messages of a conversation."""
        self.open(page.tally.conversation)
        self._of(page.tally.conversation).load(page)

    def pages(self) -> Iterator[Page]:
        """Give the newest messages of each timeline, for a later program."""
        for held in self._with_timeline.values():
            if held.timeline is not None:
                messages, read, receipts, more = held.timeline.newest()
                yield Page(held.tally, messages, read, receipts, more)

    # ---- what the server tells

    def begin_anew(self) -> None:
        """Another history begins: nothing stays but which conversations were opened."""
        conversations, is_one_open = self.with_timeline, self._opened is not None
        self._forget()
        for conversation in conversations:
            self.open(conversation)
        if not is_one_open:
            self.open(None)

    def renew(self) -> None:
        """Read states may be others than before."""
        for held in self._all.values():
            held.renew()

    def refresh(self) -> None:
        """Ask for the read states of all timelines again: they may have changed while the connection was away."""
        for held in self._with_timeline.values():
            if held.timeline is not None:
                held.timeline.refresh()

    def hear(self, message: Message, *, has_news: bool = False) -> None:
        """A message is stored; it will be shown when the ones before it have come. `has_news`: among those before."""
        held = self._of(message.conversation)
        held.hear(message, was_empty=self.walk.has_ended, has_news=has_news)
        self._check(held)

    def take(self, message: Message, *, has_news: bool = False) -> bool:
        """A message was stored just now. Return whether it is shown now. `has_news`: as in `hear`."""
        held = self._of(message.conversation)
        held.hear(message, was_empty=self.walk.has_ended, has_news=has_news)
        is_shown = held.take(message)
        self._check(held)
        return is_shown

    def count(self, tally: Tally, *, has_news: bool = False) -> Run | None:
        """Numbers of a conversation came. Return the gap where one is skipped. `has_news`: its last message is."""
        held = self._of(tally.conversation)
        gap = held.count(tally, was_empty=self.walk.has_ended, has_news=has_news)
        self._check(held)
        return gap

    def show(self, message: Message) -> bool:
        """One of the messages after those that were shown came on a page. Return whether it is shown."""
        held = self._of(message.conversation)
        is_shown = held.show(message)
        self._check(held)
        return is_shown

    # ---- what is to be pulled

    def wishes(self) -> Iterator[WantAfter | WantNewest | WantStretch]:
        """Return what is to be pulled of conversations, the most urgent first."""
        if self._opened is not None and self._opened.timeline is not None and not self._opened.timeline.is_loaded:
            yield WantNewest(self._opened.id)
        for held in self._behind.values():
            if wish := held.missing():
                yield wish
        for held in reversed(self._with_timeline.values()):
            if wanted := held.missing_of_timeline():
                yield wanted

    def wants(self, wish: WantAfter | WantNewest | WantStretch) -> bool:
        """Return whether just this is wanted."""
        held = self._all.get(wish.conversation)
        if held is None:
            return False
        return (held.missing() if isinstance(wish, WantAfter) else held.missing_of_timeline()) == wish

    def _of(self, conversation: ConversationId) -> HeldConversation:
        held = self._all.get(conversation)
        if held is None:
            if len(self._all) >= MOST_HELD:
                msg = f"there are not more than {MOST_HELD:,} conversations"
                raise BadFrame(msg, field="conversation")
            held = self._all[conversation] = HeldConversation(conversation, self._me, self._outbox)
        return held

    def _check(self, held: HeldConversation) -> None:
        if held.is_behind:
            self._behind[held.id] = held
        else:
            self._behind.pop(held.id, None)
