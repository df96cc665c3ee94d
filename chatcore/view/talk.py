"""The open conversation on a screen: moving about in it, which messages can be seen, and having older ones fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import accumulate

from ..client.changes import Change, Reset
from ..client.connection_state import ConnectionPhase
from ..client.items import Item, ItemState
from ..domain.ids import ConversationId
from ..domain.roster import Row
from .aim import Aim
from .commands import Commands
from .conversation_view import ConversationView, ItemKey, key_of
from .fetching import Fetching
from .language import Language
from .screen import Pane, Screen
from .seeking import Goal, Seeking, beginning, first_unread
from .sentences import no_messages_text
from .stack import Stack
from .viewport import Slice

NEAR_TOP = 30
"""How few messages above the view have older ones asked for."""

WHEEL_LINES = 3
"""How many lines a step of the mouse's wheel scrolls."""

LINES_KEPT = 2
"""Lines that stay in view when a whole page is scrolled."""


class Talk:
    """Shows one conversation at a time. Its pane draws what `draw` gives, then the desk is told that it is `drawn`."""

    def __init__(
        self, commands: Commands, screen: Screen, pane: Pane, language: Language, monotonic: Callable[[], float]
    ) -> None:
        self._commands, self._screen, self._pane = commands, screen, pane
        self._language, self._monotonic = language, monotonic
        self._aim: Aim[Stack[ItemKey]] = Aim()
        self._expects = False
        self.view: ConversationView | None = None
        "The conversation that is open, and where somebody is in it."
        self.phase = ConnectionPhase.CONNECTING
        "What the connection does."
        self._is_empty = False
        "Whether the open conversation is known to have no messages."
        self._slices: Sequence[Slice] = ()
        self._is_stale = True
        "Whether the messages have changed since they were drawn: nobody has seen them as they are now."
        self._told: tuple[int, ...] | None = None
        self._seeking = Seeking(self._fetch_older, self._arrived)
        self._fetching = Fetching(commands, self._fetched, self._seeking.end)

    def open(self, row: Row, *, watching: bool) -> None:
        """Show the conversation of a row. `watching`: somebody looks at the screen."""
        newest = row.last.seq if row.last else 0
        self._begin(ConversationView(row.conversation, newest=newest, unread=row.unread, watching=watching))
        self._commands.opened(row.conversation)

    def close(self) -> None:
        """Show none; the client is not told."""
        self._begin(None)

    @property
    def conversation(self) -> ConversationId | None:
        """Which conversation is open."""
        return self.view.conversation if self.view else None

    def changed(self, conversation: ConversationId, changes: Iterable[Change[Item]]) -> None:
        """Take the changes of a timeline; those of one that is not open are passed over."""
        view = self.view
        if view is None or view.conversation != conversation:
            return
        changes = list(changes)
        view.apply(changes)
        self._is_stale = True
        if any(isinstance(change, Reset) for change in changes):
            self._fetching.begin_anew()
        if self._expects:
            self.turned()
        self._expects = False
        if not view.items:
            self._commands.ask_if_at_beginning(conversation, partial(self._found_out, view))
        self._screen.redraw_talk()

    # ---- what it says

    @property
    def is_at_end(self) -> bool:
        """Whether new messages come into view by themselves."""
        return self.view is None or self.view.viewport.at_end

    def shows_newest(self, conversation: ConversationId) -> bool:
        """Return whether a message that comes there now will be on the screen."""
        return conversation == self.conversation and self._screen.shows_talk and self.is_at_end

    @property
    def empty_text(self) -> str:
        """What stands in an open conversation that has no message, or none yet; empty where none is open."""
        if self.view is None:
            return ""
        return no_messages_text(is_empty=self._is_empty, phase=self.phase, language=self._language)

    @property
    def jump_text(self) -> str:
        """What is offered to somebody who reads older messages, or waits for some: the way to the newest one.

        It is empty at the end.
        """
        if self._seeking.goal is not None:
            return self._language.gettext("↑ loading…")
        if self.is_at_end or self.view is None:
            return ""
        new = self.view.unread_below
        words = self._language.ngettext("↓ {count} new", "↓ {count} new", new).format(count=new)
        return words if new else self._language.gettext("↓ newest")

    def unread_above(self, count: int) -> int:
        """Return how many of so many unread messages are further up than what was drawn last."""
        if self.view is None or not self._slices or self._is_stale or self._seeking.goal is not None:
            return 0
        return max(0, count - self.view.unread_from(self._slices[0].index))

    # ---- drawing

    def draw(self, top: int | None) -> Sequence[Slice]:
        """Return what is in view, from above; short conversations stand at the bottom of the pane.

        `top` is where the pane begins in what presses are measured by, None where it cannot be seen.
        """
        view = self.view
        self._slices = view.slices(self._pane.height, self._pane.height_of) if view else ()
        self._is_stale = False
        if view is not None and top is not None:
            self._aim.seen(self._stack(view, top), self._monotonic())
        return self._slices

    def drawn(self, *, active: bool) -> None:
        """It was drawn, or somebody looks or no longer: tell what can be seen, have older messages fetched in time.

        A message counts as visible with its last line.
        """
        view, displayed = self.view, self._screen.shows_talk
        if view is None or (displayed and self._is_stale):
            return
        is_fetching = (view.is_seeking or (displayed and self._is_near_top)) and self._fetch_older(view)
        visible = view.drawn(
            self._slices, self._pane.height_of, displayed=displayed, active=active, is_fetching=is_fetching
        )
        if visible != self._told:
            self._told = visible
            self._commands.visible(view.conversation, visible)

    # ---- what somebody aims at

    @property
    def aimed(self) -> Stack[ItemKey]:
        """The messages as they were seen by the one who presses a button now, each from its own first line."""
        return self._aim.at(self._monotonic()) or Stack()

    def place_at(self, height: int) -> tuple[int, int] | None:
        """Return the index of the message that somebody presses at a height, and how far down in it that is."""
        aimed = self.aimed
        place = aimed.place(height)
        index = self.view.index(aimed.things[place]) if self.view and place is not None else None
        return None if index is None or place is None else (index, height - aimed.edges[place])

    def expect(self) -> None:
        """The person has done something to the messages: as soon as it can be seen, what they saw before is past."""
        self._expects = True

    def turned(self) -> None:
        """The person has changed what is on the screen: what they saw before no longer counts."""
        self._aim.renew()

    # ---- moving about

    def scroll(self, amount: int) -> None:
        """Go up by so much, down where negative."""
        self._seeking.end()
        if self.view:
            self.view.scroll(amount, self._pane.height, self._pane.height_of)
            self._moved()

    def wheel(self, steps: int) -> None:
        """Go up by so many steps of the mouse's wheel."""
        self.scroll(steps * WHEEL_LINES * self._pane.line)

    def page(self, pages: int) -> None:
        """Go up by so many screens; two lines stay in view."""
        line = self._pane.line
        self.scroll(pages * max(line, self._pane.height - LINES_KEPT * line))

    def to_newest(self) -> None:
        """Go to the end, or stay there where older messages were waited for."""
        self._seeking.end()
        if self.view:
            self.view.picked = None
            self.view.to_newest()
            self._moved()

    def to_oldest(self) -> None:
        """Go to the very first message."""
        self.seek(beginning)

    def to_unread(self, count: int) -> bool:
        """Go to the first of so many unread messages, or the line where they were; tell whether there is either."""
        found = self.view is not None and (count > 0 or self.view.first_unread is not None)
        if found:
            self.seek(first_unread(count))
        return found

    def seek(self, goal: Goal) -> None:
        """Go to a place that may not be here yet; offline, as near to it as what is here leads."""
        if self.view:
            self._seeking.begin(self.view, goal)
            self._screen.redraw_talk()

    def to_place(self, place: float) -> None:
        """Go to a place between the beginning, 0, and the end, 1."""
        self._seeking.end()
        if self.view and self.view.items:
            count, height = len(self.view.items), self._pane.height
            self.view.scroll(0, height, self._pane.height_of)
            self.view.viewport.show_first(min(int(place * count), count - 1), count, height, self._pane.height_of)
            self._moved()

    def posted(self) -> None:
        """The person has posted: the end is where they look now."""
        if self.view:
            self.view.unread_line.posted()
            self.to_newest()

    # ---- picking a message

    def pick(self, steps: int) -> None:
        """Pick the message so many steps above the picked one, or above the end."""
        if self.view is None:
            return
        self.view.pick(steps)
        place = self.view.index(self.view.picked)
        if place is not None:
            self.view.reveal(place, self._pane.height, self._pane.height_of)
        self._moved()

    def press(self, key: ItemKey | None) -> None:
        """Pick the message that was pressed; let go where it was picked already, or where nothing was pressed."""
        if self.view and (key is None or self.view.index(key) is not None):
            self.view.picked = None if self.view.picked == key else key
            self._screen.redraw_talk()

    def unpick(self) -> bool:
        """Let go of the picked message; tell whether there was one."""
        had = self.view is not None and self.view.picked is not None
        if had:
            self.press(None)
        return had

    @property
    def chosen(self) -> Item | None:
        """The picked message, or else the newest."""
        return self.view.chosen(lambda _item: True) if self.view else None

    @property
    def refused(self) -> Item | None:
        """The picked message where it was refused, or else the newest that was."""
        return self.view.chosen(lambda item: item.state is ItemState.REFUSED) if self.view else None

    # ---- within

    def _begin(self, view: ConversationView | None) -> None:
        self.view, self._is_empty = view, False
        self._slices, self._is_stale, self._told, self._expects = (), True, None, False
        self._fetching.begin_anew()
        self._seeking.end()
        self.turned()
        self._screen.redraw_talk()

    def _moved(self) -> None:
        self.turned()
        self._screen.redraw_talk()

    def _found_out(self, view: ConversationView, is_at_beginning: bool) -> None:
        if view is self.view:
            self._is_empty = is_at_beginning
            self._screen.redraw_talk()

    def _stack(self, view: ConversationView, top: int) -> Stack[ItemKey]:
        """Return where which message stands."""
        keys = tuple(key_of(view.items[part.index]) for part in self._slices)
        # Each from its own first line, which may be above the view.
        below = [part.stop - (part.start if number else 0) for number, part in enumerate(self._slices)]
        return Stack(keys, tuple(accumulate(below, initial=top + self._pane.height - sum(below))))

    def _arrived(self, view: ConversationView, place: int) -> None:
        if view is self.view:
            view.go_to(place, self._pane.height, self._pane.height_of)
            self._moved()

    @property
    def _is_near_top(self) -> bool:
        return bool(self._slices) and self._slices[0].index < NEAR_TOP

    def _fetch_older(self, view: ConversationView) -> bool:
        """Have older messages loaded; tell whether some are coming."""
        return self.phase is ConnectionPhase.ONLINE and self._fetching.ask(view)

    def _fetched(self, view: ConversationView) -> None:
        """There may be room for more."""
        if view is self.view:
            self._seeking.go_on(view)
            self._screen.redraw_talk()
