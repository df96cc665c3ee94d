"""An open conversation as it is looked at: its messages, the part in view, the message picked.

Heights are in whatever a frontend measures by: lines of a terminal, pixels of a window.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable

from ..client.changes import Change, Insert, Move, Remove, Reset, Update, apply_changes
from ..client.items import Item, ItemState
from ..domain.ids import ClientId, ConversationId, UserId
from .unread_line import UnreadLine
from .viewport import HeightOf, Slice, Viewport

ItemKey = tuple[UserId, ClientId]
"""What a message is known by before and after it is stored."""


MAX_SOUGHT = 500
"""How far back the first unread message is looked for when a conversation is opened; else it opens at its end."""


def key_of(item: Item) -> ItemKey:
    """Return what the message is known by."""
    return item.sender, item.client_id


class ConversationView:
    """The messages of one opened conversation, and where among them somebody is."""

    def __init__(self, conversation: ConversationId, *, newest: int, unread: int, watching: bool) -> None:
        """`newest` and `unread` are the row's at the moment of opening."""
        self.conversation = conversation
        self.items: list[Item] = []
        self.unread_line: UnreadLine = UnreadLine(newest, watching=watching)
        self.viewport: Viewport = Viewport()
        self.picked: ItemKey | None = None
        self._has_begun = False
        self._unread_seqs: list[int] = []
        "Of the items, in order."
        self._unread = unread
        "How many unread messages there are to begin with; 0 once the view has begun somewhere."

    def apply(self, changes: Iterable[Change[Item]]) -> None:
        """Take the changes that the core tells; what is in view stays where it is.

        They begin with a Reset. What comes before it (where they are told in another thread) belongs to an earlier
        opening.
        """
        changes = list(changes)
        self._has_begun = self._has_begun or any(isinstance(change, Reset) for change in changes[:1])
        if not self._has_begun:
            return
        self.unread_line.timeline_changed(changes)
        for change in changes:
            held = self._held()
            apply_changes(self.items, [change])
            self._note_unread(change)
            self._follow(change, held)

    def slices(self, height: int, height_of: HeightOf) -> list[Slice]:
        """Return what is in view; to begin with, the first unread message."""
        if self._unread and self.is_loaded:
            self._show_unread(height, height_of)
        return self.viewport.slices(len(self.items), height, height_of)

    def drawn(
        self, slices: Iterable[Slice], height_of: HeightOf, *, displayed: bool, active: bool, is_fetching: bool
    ) -> tuple[int, ...]:
        """Return the seqs that can be seen now that these slices were drawn, as `ChatClient.visible` takes them.

        `displayed`: nothing covers the conversation; `active`: somebody looks at the window; `is_fetching`: older
        messages are on their way.
        """
        self.unread_line.watching(displayed and active and self.viewport.at_end)
        # While the first unread message is looked for, what passes by was not read.
        is_settled = not (self.is_seeking and is_fetching)
        if self.is_loaded and is_settled:
            self.settle()
        return tuple(self._ended_in(slices, height_of)) if displayed and is_settled else ()

    @property
    def is_loaded(self) -> bool:
        """Whether there are stored messages among the items."""
        return bool(self.items) and self.items[0].seq is not None

    @property
    def is_seeking(self) -> bool:
        """Whether the first unread message, with which the view is to begin, is not among the items yet."""
        return bool(self._unread) and self.is_loaded and not self._is_far and self._is_short

    @property
    def _is_short(self) -> bool:
        """Whether unread messages are missing among the items."""
        return self.unread < self._unread

    @property
    def _is_far(self) -> bool:
        """Whether the first unread message is further up than anybody looks for it."""
        return self._unread > MAX_SOUGHT or len(self.items) >= MAX_SOUGHT

    def settle(self) -> None:
        """Look no further for the first unread message."""
        self._unread = 0

    def scroll(self, lines: int, height: int, height_of: HeightOf) -> None:
        """Go up (down where negative)."""
        self._unread = 0
        self.viewport.scroll(lines, len(self.items), height, height_of)

    def to_newest(self) -> None:
        """Go to the end and stay with it."""
        self._unread = 0
        self.viewport.to_end()

    def go_to(self, index: int, height: int, height_of: HeightOf) -> None:
        """Have the message at a place at the top."""
        self._unread = 0
        self.viewport.show_first(index, len(self.items), height, height_of)

    @property
    def unread(self) -> int:
        """How many unread messages are here."""
        return len(self._unread_seqs)

    def unread_from(self, index: int) -> int:
        """Return how many unread messages are here from a place on."""
        seq = self.items[index].seq
        return 0 if seq is None else self.unread - bisect_left(self._unread_seqs, seq)

    @property
    def first_unread(self) -> int | None:
        """The place of the first message that is unread, or was when the line was put; None where none is here."""
        return self._place(self._unread_seqs[0] if self._unread_seqs else self.unread_line.seq)

    @property
    def unread_below(self) -> int:
        """How many unread messages are below the view."""
        if self.viewport.bottom is None:
            return 0
        seq = self.items[self.viewport.bottom].seq
        return 0 if seq is None else len(self._unread_seqs) - bisect_right(self._unread_seqs, seq)

    def index(self, key: ItemKey | None) -> int | None:
        """Return the place of a message, counted from the beginning."""
        places = range(len(self.items) - 1, -1, -1)
        return next((place for place in places if key_of(self.items[place]) == key), None)

    def pick(self, steps: int) -> Item | None:
        """Pick the message so many steps above the picked one; past the newest none is picked."""
        place = self.index(self.picked)
        place = (len(self.items) if place is None else place) - steps
        if not self.items or place >= len(self.items):
            self.picked = None
            return None
        item = self.items[max(0, place)]
        self.picked = key_of(item)
        return item

    def reveal(self, index: int, height: int, height_of: HeightOf) -> None:
        """Scroll just so far that the message at `index` is in view."""
        shown = self.slices(height, height_of)
        if not shown:
            return
        if index < shown[0].index or (index == shown[0].index and shown[0].start):
            self.viewport.show_first(index, len(self.items), height, height_of)
        elif index > shown[-1].index or (index == shown[-1].index and self.viewport.below):
            self.viewport.hold(index, 0, len(self.items))

    def chosen(self, suits: Callable[[Item], bool]) -> Item | None:
        """Return the picked message where it suits, or the newest one that does where none is picked."""
        if self.picked is None:
            return next((item for item in reversed(self.items) if suits(item)), None)
        place = self.index(self.picked)
        return self.items[place] if place is not None and suits(self.items[place]) else None

    def _ended_in(self, slices: Iterable[Slice], height_of: HeightOf) -> list[int]:
        """Return the seqs of the messages that can be seen: those whose last line is in one of the slices."""
        ended = (part.index for part in slices if part.stop == height_of(part.index))
        return [seq for index in ended if (seq := self.items[index].seq) is not None]

    def _show_unread(self, height: int, height_of: HeightOf) -> None:
        if self._is_short and self._is_far:
            self.viewport.to_end()
            return
        index = self._place(self.unread_line.seq)
        if index is not None:
            self.viewport.show_first(index, len(self.items), height, height_of)

    def _place(self, seq: int | None) -> int | None:
        return next((place for place, item in enumerate(self.items) if seq is not None and item.seq == seq), None)

    def _note_unread(self, change: Change[Item]) -> None:
        match change:
            case Reset(items):
                self._unread_seqs = [item.seq for item in items if item.seq and item.state is ItemState.UNREAD]
            case Insert(_, item) | Update(_, item) | Move(_, _, item) if item.seq:
                place = bisect_left(self._unread_seqs, item.seq)
                is_noted = self._unread_seqs[place : place + 1] == [item.seq]
                if item.state is ItemState.UNREAD and not is_noted:
                    self._unread_seqs.insert(place, item.seq)
                elif item.state is not ItemState.UNREAD and is_noted:
                    del self._unread_seqs[place]
            case Insert() | Update() | Move() | Remove():
                pass  # without a seq it is an own one that waits; what was read is not taken away

    def _held(self) -> ItemKey | None:
        bottom = self.viewport.bottom
        return key_of(self.items[bottom]) if bottom is not None and bottom < len(self.items) else None

    def _follow(self, change: Change[Item], held: ItemKey | None) -> None:
        """Keep the view on the message that it is held by."""
        match change:
            case Insert(index, _):
                self.viewport.inserted(index)
            case Remove(index):
                self.viewport.removed(index)
            case Move() | Reset():
                if self.viewport.bottom is not None:
                    self._hold_again(held)
            case Update():
                pass  # it stays where it is

    def _hold_again(self, held: ItemKey | None) -> None:
        place = self.index(held)
        if place is None:
            self.viewport.to_end()
        else:
            self.viewport.bottom = place
