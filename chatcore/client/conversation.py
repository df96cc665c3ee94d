"""What a client holds of one conversation: its numbers, how far it has come, and its timeline while there is one."""

from __future__ import annotations

import attrs

from ..domain.ids import ConversationId, UserId
from ..domain.messages import Message
from ..domain.read_states import Run
from ..domain.tallies import Tally
from ..wire import frames as f
from .items import Item
from .outbox import Outbox
from .timeline import DISPLAYED, KEPT, Timeline
from .wishes import WantAfter, WantNewest, WantStretch

MAX_GAP = 1_000
"""A gap of more messages is declared (`skipped`), not replayed."""

LOOKED_THROUGH = 50
"""How many messages before the first that is told of are pulled where news may be among them."""


class HeldConversation:
    """One conversation in a client's copy. Others read it; only its methods change it.

    `has_begun`
        Whether anything was heard of it. Before, it has no position, and nothing is behind.
    `tally`
        The numbers, each half of them as of the greatest that came. `tally.seq <= told`, and
        `tally.version <= told_version`.
    `is_known`
        Whether the tally counts from the first message: it came from the server, or the conversation began here. Where
        it began with an event in the middle, the tally is empty until the server tells it.
    `shown`
        The position: every message up to here was given to the observers, or skipped, or was there before.
    `told`
        The greatest seq heard of from anything, which numbers and position are to reach.
    `told_version`
        The greatest version of the read state heard of, which the timeline's is to reach.
    `is_remembered`
        Whether it is as an earlier program knew it, and the server has told nothing of it since.
    `timeline`
        The newest messages up to `shown`, once they are loaded; None where nobody has opened it lately.
    `is_opened`
        Whether it was opened last, and not closed: its timeline is kept however long. Never without a timeline.
    """

    id: ConversationId
    has_begun: bool
    is_known: bool
    shown: int
    told: int

    def __init__(self, conversation: ConversationId, me: UserId, outbox: Outbox) -> None:
        self.id, self._me, self._outbox = conversation, me, outbox
        self.has_begun = self.is_known = False
        self.tally: Tally = Tally(conversation)
        self.shown = self.told = 0
        self.told_version: int = -1
        self.is_remembered: bool = False
        self.timeline: Timeline | None = None
        self.is_opened: bool = False

    def remember(self, tally: Tally) -> None:
        """An earlier program has come as far as this."""
        self.has_begun = self.is_known = self.is_remembered = True
        self.tally = tally
        self.shown = self.told = tally.seq
        self.told_version = tally.version

    # ---- what is to be pulled

    @property
    def is_behind(self) -> bool:
        """Whether messages or numbers are to be pulled."""
        return self.has_begun and (self.shown < self.told or self.tally.seq < self.told or not self.is_known)

    def missing(self) -> WantAfter | None:
        """Return the wish for messages or numbers; None where nothing is behind."""
        return WantAfter(self.id, self.shown) if self.is_behind else None

    def missing_of_timeline(self) -> WantNewest | WantStretch | None:
        """Return what the timeline wants for itself."""
        if self.timeline is None:
            return None
        if not self.timeline.is_loaded:
            return WantNewest(self.id)
        if self.timeline.is_behind(self.told_version):
            return WantStretch(self.id, self.timeline.next_stretch(), self.timeline.version)
        return None

    # ---- what the server tells

    def hear(self, message: Message, *, was_empty: bool, has_news: bool = False) -> None:
        """There is this message. `was_empty`: had nothing been heard before, then there was nothing before.

        `has_news`: some of the messages before it may be news that no event tells.
        """
        if not self.has_begun:
            self.is_known = was_empty
        self._begin(message.seq - 1, was_empty=was_empty, has_news=has_news)
        self.told = max(self.told, message.seq)

    def take(self, message: Message) -> bool:
        """A message was stored that was heard of. Return whether it is shown now."""
        if message.seq == self.tally.seq + 1:  # the first one, where nothing was counted
            self.is_known = True
            self.tally = self.tally.after(message, self._me)
        return self.show(message)

    def show(self, message: Message) -> bool:
        """A message is there to be shown. Return whether it was the next one, and so is shown now."""
        if message.seq != self.shown + 1:
            return False
        self.shown = message.seq
        if self.timeline is not None:
            self.timeline.show(message)
            self.timeline.trim(DISPLAYED if self.is_opened else KEPT)
        return True

    def count(self, tally: Tally, *, was_empty: bool, has_news: bool = False) -> Run | None:
        """Numbers came from the server. Return the gap where it is too long to be shown: it is skipped.

        `was_empty`: as in `hear`. `has_news`: the last message is news, others before it may be.
        """
        self._begin(tally.seq, was_empty=was_empty, has_news=has_news)
        self.tally = self.tally.merged(tally)
        self.is_known = True
        self.told = max(self.told, tally.seq)
        self.told_version = max(self.told_version, tally.version)
        if self.tally.seq - self.shown <= MAX_GAP:
            return None
        gap = self.shown + 1, self.tally.seq
        self.shown = self.tally.seq
        if self.timeline is not None:
            self.timeline.unload(self._waiting())
        return gap if has_news else None

    def renew(self) -> None:
        """Read states may be others than before: the next one that comes replaces these, whatever its version."""
        self.tally = attrs.evolve(self.tally, version=-1)
        self.told_version = -1
        if self.timeline is not None:
            self.timeline.renew()

    # ---- pages for the timeline

    def learn(self, page: f.Page) -> None:
        """A page came: marks and readers on it are the timeline's, whatever becomes of its messages."""
        if self.timeline is not None:
            self.timeline.mark(page.read)
            self.timeline.receive(page.receipts)

    def load(self, page: f.Page) -> None:
        """The newest page came."""
        if self.timeline is not None:
            self.learn(page)
            version, waiting = page.tally.version, self._waiting()
            self.timeline.load(page.messages, version, more=page.more, shown=self.shown, waiting=waiting)

    def prepend(self, page: f.Page) -> None:
        """An older page came."""
        if self.timeline is not None:
            self.learn(page)
            self.timeline.prepend(page.messages, page.tally.version, more=page.more)

    def refreshed(self, stretch: Run, page: f.Page) -> None:
        """What is read of a stretch came."""
        if self.timeline is not None:
            self.learn(page)
            self.timeline.refreshed(stretch, page.tally.version)

    # ---- what the user does

    def open(self) -> None:
        """Hold a timeline, and tell the whole of it."""
        if self.timeline is None:
            self.timeline = Timeline(self.id, self._me, self._waiting())
        self.is_opened = True
        self.timeline.retell()

    def close(self) -> None:
        """Another one is opened, or none: what was loaded of long ago is let go."""
        self.is_opened = False
        if self.timeline is not None:
            self.timeline.trim()

    def drop_timeline(self) -> None:
        """Hold the numbers and the position only."""
        self.timeline, self.is_opened = None, False

    def _begin(self, there: int, *, was_empty: bool, has_news: bool) -> None:
        """The server tells of it for the first time: messages up to here were there before.

        Or nearly all of them: the list is walked through while people write, and a connection may break before its end.
        What is news is among the last ones, and found out when they are pulled.
        """
        if self.has_begun and not self.is_remembered:
            return
        if has_news:
            there = max(0, there - LOOKED_THROUGH)
        if not self.has_begun:
            self.shown = 0 if was_empty else there
        elif self.timeline is None:
            self.shown = max(self.shown, there)  # nobody shows what lies between: it is history
        self.has_begun, self.is_remembered = True, False

    def _waiting(self) -> list[Item]:
        return [post.item(self._me) for post in self._outbox.of(self.id)]
