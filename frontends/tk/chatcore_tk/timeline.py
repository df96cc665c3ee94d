"""The open conversation in the window: draws what is in view, scrolls, and tells what can be seen."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from itertools import accumulate
from tkinter import ttk

from chatcore.client.items import Item
from chatcore.view.aim import Aim
from chatcore.view.conversation_view import ConversationView, ItemKey, key_of
from chatcore.view.stack import Stack
from chatcore.view.viewport import Slice

from .blocks import Blocks
from .bubbles import Block
from .fonts import TEXT
from .look import Look
from .redraw import Redraw
from .scrollbar import Scrollbar
from .sheet import Shape, Sheet, level, moved
from .viewer import Viewer
from .wheel import bind_wheel

NEAR_TOP = 30
"""With so few messages above the view, older ones are asked for."""

WHEEL_LINES = 3
LINES_KEPT = 2
"""Lines of text that stay in view when a whole page is scrolled."""

Press = Callable[[Item, str], None]


class TimelinePane(ttk.Frame):
    """Shows a `ConversationView`, or a sentence where none is open."""

    def __init__(self, master: tk.Misc, viewer: Viewer, look: Look, monotonic: Callable[[], float]) -> None:
        super().__init__(master)
        self._viewer, self._look, self._monotonic = viewer, look, monotonic
        self._aim: Aim[Stack[ItemKey]] = Aim()
        self._expects = False
        self._blocks = Blocks(viewer, look)
        self._slices: Sequence[Slice] = ()
        self._empty = ""
        self.view: ConversationView | None = None
        self.on_drawn: Callable[[], None] = lambda: None
        "Is called when the picture has changed."
        self.on_press: Press = lambda _item, _action: None
        "Is told which word of a message was pressed."
        self.redraw = Redraw(self, self._draw)
        self.sheet = Sheet(self)
        self._bar = Scrollbar(self, look, self._move_to, lambda pages: self.page(-pages))
        self._bar.pack(side="right", fill="y")
        self.sheet.pack(side="left", fill="both", expand=True)
        self.sheet.bind("<Configure>", lambda _event: self.redraw())
        self.sheet.bind("<Unmap>", lambda _event: self._aim.renew())
        self.sheet.bind("<Button-1>", self._pressed)
        bind_wheel(self.sheet, self.wheel)
        look.theme.on_change(self._restyle)
        look.fonts.on_change(self._restyle)

    # ---- what is shown

    def show(self, view: ConversationView | None, empty: str) -> None:
        """Show a conversation; `empty` is what to say where there is no message."""
        if view is not self.view:
            self._aim.renew()
        self.view, self._empty = view, empty
        self.redraw()

    @property
    def is_at_end(self) -> bool:
        """Whether new messages come into view by themselves."""
        return self.view is None or self.view.viewport.at_end

    def seen(self, *, displayed: bool, active: bool, is_fetching: bool) -> tuple[int, ...]:
        """Return the seqs of what can be seen since the last drawing."""
        if self.view is None:
            return ()
        return self.view.drawn(
            self._slices, self._height_of, displayed=displayed, active=active, is_fetching=is_fetching
        )

    @property
    def is_near_top(self) -> bool:
        """Whether older messages will soon come into view."""
        return bool(self._slices) and self._slices[0].index < NEAR_TOP

    def item_at(self, y: int) -> Item | None:
        """Return the message that stood at a height of the picture when somebody decided to press there."""
        place = self._place_at(y)
        return self.view.items[place[0]] if place and self.view else None

    # ---- moving about

    def scroll(self, pixels: int) -> None:
        """Go up by so many pixels, down where negative."""
        if self.view:
            self.view.scroll(pixels, self.sheet.winfo_height(), self._height_of)
            self._turned()

    def wheel(self, steps: int) -> None:
        """Go up by so many steps of the mouse wheel."""
        self.scroll(steps * WHEEL_LINES * self._look.fonts.heights[TEXT])

    def page(self, pages: int) -> None:
        """Go up by so many screens."""
        kept = LINES_KEPT * self._look.fonts.heights[TEXT]
        self.scroll(pages * max(kept, self.sheet.winfo_height() - kept))

    def to_newest(self) -> None:
        """Go to the end."""
        if self.view:
            self.view.picked = None
            self.view.to_newest()
            self._turned()

    def to_oldest(self) -> None:
        """Go to the first message that is here; older ones are fetched."""
        if self.view:
            self.view.to_oldest(self.sheet.winfo_height(), self._height_of)
            self._turned()

    def pick(self, steps: int) -> None:
        """Pick the message so many above the picked one, or above the end."""
        if self.view is None:
            return
        self.view.pick(steps)
        place = self.view.index(self.view.picked)
        if place is not None:
            self.view.reveal(place, self.sheet.winfo_height(), self._height_of)
        self._turned()

    def pick_key(self, key: ItemKey | None) -> bool:
        """Pick this message or none; tell whether that changes anything."""
        changes = self.view is not None and self.view.picked != key
        if self.view:
            self.view.picked = key
            self.redraw()
        return changes

    # ---- within

    def _draw(self) -> None:
        width, height = self.sheet.winfo_width(), self.sheet.winfo_height()
        if width <= 1 or height <= 1:
            return
        self._slices = self.view.slices(height, self._height_of) if self.view else ()
        shapes: list[Shape] = []
        y = height - sum(part.stop - part.start for part in self._slices)
        for part in self._slices:
            block = self._block(part.index)
            shapes += [moved(shape, y - part.start) for shape in block.shapes]
            y += part.stop - part.start
        self._seen(height)
        self.sheet.paint(shapes or self._said(width, height))
        self._set_bar()
        self.on_drawn()

    def _seen(self, height: int) -> None:
        """Remember what can be seen where in the window."""
        if self.view is None or not self.sheet.winfo_viewable():
            return
        keys = tuple(key_of(self.view.items[part.index]) for part in self._slices)
        # Each from its own first line, which may be above the view.
        below = [part.stop - (part.start if number else 0) for number, part in enumerate(self._slices)]
        edges = tuple(accumulate(below, initial=level(self.sheet) + height - sum(below)))
        self._aim.seen(Stack(keys, edges), self._monotonic())

    def expect(self) -> None:
        """The person has done something to the messages: as soon as it can be seen, what they saw before is past."""
        self._expects = True

    def changed(self) -> None:
        """The messages have changed."""
        if self._expects:
            self._aim.renew()
        self._expects = False
        self.redraw()

    def _turned(self) -> None:
        """The person has moved about: what they saw before counts no more."""
        self._aim.renew()
        self.redraw()

    def _said(self, width: int, height: int) -> list[Shape]:
        """Draw the sentence of an empty conversation."""
        lines = self._look.fonts.rulers[TEXT].wrap(self._empty, width - self._look.px(40)).lines
        return [("text", width / 2, height / 2, "-text", "\n".join(lines), "-font", TEXT, "-justify", "center",
                 "-fill", self._look.palette.faint)]  # fmt: skip

    def _set_bar(self) -> None:
        """Set the scrollbar by counting messages: their heights are known only where they were seen."""
        count = len(self.view.items) if self.view else 0
        if not self._slices or not count:
            self._bar.show(0.0, 1.0)
            return
        first, last = self._slices[0], self._slices[-1]
        top = first.index + first.start / self._height_of(first.index)
        bottom = last.index + last.stop / self._height_of(last.index)
        self._bar.show(top / count, bottom / count)

    def _move_to(self, place: float) -> None:
        """Go to a place between the beginning, 0, and the end, 1."""
        if self.view and self.view.items:
            count, height = len(self.view.items), self.sheet.winfo_height()
            self.view.scroll(0, height, self._height_of)
            self.view.viewport.show_first(min(int(place * count), count - 1), count, height, self._height_of)
            self._turned()

    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        self.sheet.focus_set()
        place = self._place_at(event.y)
        if place is None or self.view is None:
            self.pick_key(None)
            return
        index, y = place
        item = self.view.items[index]
        for (left, top, right, bottom), action in self._block(index).links:
            if left <= event.x <= right and top <= y <= bottom:
                self.on_press(item, action)
                return
        self.pick_key(None if key_of(item) == self.view.picked else key_of(item))

    def _place_at(self, y: int) -> tuple[int, int] | None:
        """Return the message that was seen at a height of the picture, and how far down in it that is."""
        seen = self._aim.at(self._monotonic()) or Stack()
        height = level(self.sheet) + y
        place = seen.place(height)
        if self.view is None or place is None:
            return None
        index = self.view.index(seen.things[place])
        return None if index is None else (index, height - seen.edges[place])

    def _block(self, index: int) -> Block:
        if self.view is None:
            raise LookupError
        return self._blocks.block(self.view, index, self.sheet.winfo_width())

    def _height_of(self, index: int) -> int:
        return self._block(index).height

    def _restyle(self) -> None:
        self.sheet.configure(background=self._look.palette.background)
        self._blocks.forget()
        self.redraw()
