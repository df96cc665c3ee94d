"""The open conversation on the screen: its lines, moving about in it, and which messages somebody can see."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from itertools import accumulate

from chatcore import ChatClient, ChatError
from chatcore.client.changes import Change
from chatcore.client.connection_state import ConnectionPhase
from chatcore.client.items import Item
from chatcore.domain.ids import ConversationId
from chatcore.domain.roster import Row
from chatcore.view.aim import Aim
from chatcore.view.conversation_view import ConversationView, ItemKey, key_of
from chatcore.view.stack import Stack
from chatcore.view.viewport import Slice

from .painter import Painter
from .render import Line

Spawn = Callable[[Coroutine[object, object, None]], object]

NEAR_TOP = 20
"""With so few messages above the view, older ones are asked for."""


class Talk:
    """Shows one conversation at a time."""

    def __init__(self, client: ChatClient, painter: Painter, spawn: Spawn, monotonic: Callable[[], float]) -> None:
        self._client = client
        self._monotonic = monotonic
        self._aim: Aim[Stack[ItemKey]] = Aim()
        self._expects = False
        self._painter = painter
        self._spawn = spawn
        self.timeline: ConversationView | None = None
        self._cells, self._height = 80, 20
        self._slices: list[Slice] = []
        self._is_shown = False
        "Whether the last drawing of the screen had the conversation in it, not something in its place."
        self._told: tuple[int, ...] | None = None
        self._is_loading = False

    def open(self, row: Row, *, watching: bool) -> None:
        """Show the conversation of a row."""
        newest = row.last.seq if row.last else 0
        self.timeline = ConversationView(row.conversation, newest=newest, unread=row.unread, watching=watching)
        self._slices, self._told = [], None
        self._aim.renew()
        self._client.opened(row.conversation)

    @property
    def conversation(self) -> ConversationId | None:
        """Which conversation is open."""
        return self.timeline.conversation if self.timeline else None

    @property
    def is_empty(self) -> bool:
        """Whether the open conversation is known to have no messages."""
        return self.conversation is not None and self._client.replica.is_at_beginning(self.conversation)

    @property
    def is_at_end(self) -> bool:
        """Whether new messages come into view by themselves."""
        return self.timeline is None or self.timeline.viewport.at_end

    def shows_newest(self, conversation: ConversationId) -> bool:
        """Return whether a message that comes there now will be on the screen."""
        return conversation == self.conversation and self._is_shown and self.is_at_end

    def changed(self, conversation: ConversationId, changes: list[Change[Item]]) -> None:
        """Take the changes of a timeline; those of one that is not open are passed over."""
        if self.timeline and self.timeline.conversation == conversation:
            self.timeline.apply(changes)
            if self._expects:
                self.turned()
            self._expects = False

    def expect(self) -> None:
        """The person has done something to the messages: as soon as it can be seen, what they saw before is past."""
        self._expects = True

    # ---- what is on the screen

    def lines(self, cells: int, height: int) -> list[Line]:
        """Return the lines in view, at most `height` of them; fewer where the conversation is short."""
        timeline = self.timeline
        if timeline is None:
            return []
        self._cells, self._height = cells, height
        self._slices, self._is_shown = timeline.slices(height, self._height_of), height > 0
        self._aim.seen(self._stack(timeline, height), self._monotonic())
        paint = self._painter.lines
        return [line for part in self._slices for line in paint(timeline, part.index, cells)[part.start : part.stop]]

    @property
    def aimed(self) -> Stack[ItemKey]:
        """The messages as they were seen by the one who presses a button now; short conversations end at the bottom."""
        return self._aim.at(self._monotonic()) or Stack()

    def wiped(self) -> None:
        """The screen is about to be drawn anew, with the conversation or with something in its place."""
        self._slices, self._is_shown = [], False

    def drawn(self, *, active: bool) -> None:
        """The screen was drawn: tell what can be seen, and have older messages fetched in time.

        A message counts as visible with its last line. `active`: somebody looks at the terminal.
        """
        if self.timeline is None:
            return
        is_near_top = bool(self._slices) and self._slices[0].index < NEAR_TOP
        is_fetching = (self.timeline.is_seeking or is_near_top) and self._fetch_older()
        visible = self.timeline.drawn(
            self._slices, self._height_of, displayed=self._is_shown, active=active, is_fetching=is_fetching
        )
        if visible != self._told:
            self._told = visible
            self._client.visible(self.timeline.conversation, visible)

    def _stack(self, timeline: ConversationView, height: int) -> Stack[ItemKey]:
        """Return where which message stands."""
        lines = [part.stop - part.start for part in self._slices]
        keys = tuple(key_of(timeline.items[part.index]) for part in self._slices)
        return Stack(keys, tuple(accumulate(lines, initial=height - sum(lines))))

    def _height_of(self, index: int) -> int:
        return len(self._painter.lines(self.timeline, index, self._cells)) if self.timeline else 0

    # ---- moving about

    def scroll(self, lines: int) -> None:
        """Go up by so many lines, down where negative."""
        if self.timeline:
            self.turned()
            self.timeline.scroll(lines, self._height, self._height_of)

    def turned(self) -> None:
        """The person has changed what is on the screen: what they saw before counts no more."""
        self._aim.renew()

    def page(self, pages: int) -> None:
        """Go up by so many screens, down where negative; two lines stay in view."""
        self.scroll(pages * max(1, self._height - 2))

    def to_newest(self) -> None:
        """Go to the end."""
        if self.timeline:
            self.timeline.picked = None
            self.timeline.to_newest()

    def posted(self) -> None:
        """The user posted: the end is where they look now."""
        self.to_newest()
        if self.timeline:
            self.timeline.unread_line.posted()

    def to_oldest(self) -> None:
        """Go to the first message that is here; older ones are fetched."""
        if self.timeline:
            self.timeline.to_oldest(self._height, self._height_of)

    def pick(self, steps: int) -> None:
        """Pick the message so many steps above the picked one, or above the end."""
        if self.timeline is None:
            return
        self.timeline.pick(steps)
        place = self.timeline.index(self.timeline.picked)
        if place is not None:
            self.timeline.reveal(place, self._height, self._height_of)

    def pick_key(self, key: ItemKey) -> None:
        """Pick a message, or let go of it."""
        if self.timeline and self.timeline.index(key) is not None:
            self.timeline.picked = None if self.timeline.picked == key else key

    def unpick(self) -> bool:
        """Let go of the picked message; tell whether there was one."""
        had = self.timeline is not None and self.timeline.picked is not None
        if self.timeline:
            self.timeline.picked = None
        return had

    # ---- older messages

    def _fetch_older(self) -> bool:
        """Have older messages loaded; tell whether some are coming."""
        timeline = self.timeline
        online = self._client.connection.phase is ConnectionPhase.ONLINE
        if timeline is None or not online or not timeline.is_loaded:
            return False
        if self._client.replica.is_at_beginning(timeline.conversation):
            return False
        if not self._is_loading:
            self._is_loading = True
            self._spawn(self._load(timeline))
        return True

    async def _load(self, timeline: ConversationView) -> None:
        try:
            await self._client.load_older(timeline.conversation)
        except ChatError:
            timeline.settle()  # older messages are asked for again with the next drawing of the screen
        finally:
            self._is_loading = False
