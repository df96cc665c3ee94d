"""The open conversation in the window: draws what is in view."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from chatcore import Item
from chatcore.view.conversation_view import key_of
from chatcore.view.talk import Talk
from chatcore.view.viewer import Viewer
from chatcore.view.viewport import Slice

from .blocks import Blocks
from .bubbles import Block
from .fonts import TEXT
from .grid import WIDEST, aside
from .look import Look
from .redraw import Redraw
from .scrollbar import Scrollbar
from .sheet import Shape, Sheet, level, moved
from .wheel import bind_wheel


class TimelinePane(ttk.Frame):
    """Shows the desk's `Talk`, whose `Pane` it is; or a sentence where no conversation is open. Heights are pixels."""

    def __init__(self, master: tk.Misc, viewer: Viewer, look: Look) -> None:
        super().__init__(master)
        self._look = look
        self._talk: Talk | None = None
        self._blocks = Blocks(viewer, look)
        self._none_open = viewer.language.gettext("Choose somebody in the list to read and write.")
        self.on_drawn: Callable[[], None] = lambda: None
        "Is called when the picture has changed."
        self.on_retry: Callable[[Item], None] = lambda _item: None
        self.on_discard: Callable[[Item], None] = lambda _item: None
        "Are told of which message the word was pressed."
        self.on_open: Callable[[str], None] = lambda _address: None
        "Is told which link was pressed."
        self.redraw = Redraw(self, self._draw)
        self.sheet = Sheet(self)
        self._bar = Scrollbar(self, look, self._move_to, lambda pages: self.talk.page(-pages))
        self._bar.pack(side="right", fill="y")
        self.sheet.pack(side="left", fill="both", expand=True)
        self.sheet.bind("<Configure>", lambda _event: self.redraw())
        self.sheet.bind("<Unmap>", lambda _event: self.talk.turned())
        self.sheet.bind("<Button-1>", self._pressed)
        self.sheet.bind("<Motion>", self._pointed)
        bind_wheel(self.sheet, self._wheel)
        look.theme.on_change(self._restyle)
        look.fonts.on_change(self._restyle)

    def show(self, talk: Talk) -> None:
        """Show this from now on, and tell it what is pressed and turned here. Nothing is drawn before."""
        self._talk = talk

    @property
    def talk(self) -> Talk:
        """What is shown."""
        if self._talk is None:
            raise LookupError
        return self._talk

    # ---- what the desk needs

    @property
    def height(self) -> int:
        """Pixels that there are for messages."""
        return self.sheet.winfo_height()

    @property
    def line(self) -> int:
        """Pixels of a line of text."""
        return self._look.fonts.heights[TEXT]

    def height_of(self, index: int) -> int:
        """Return the pixels of a message, in the present width."""
        return self._block(index).height

    def item_at(self, y: int) -> Item | None:
        """Return the message that stood at a height of the picture when somebody decided to press there."""
        place = self._place_at(y)
        return self.talk.view.items[place[0]] if place and self.talk.view else None

    def link_at(self, x: int, y: int) -> str:
        """Return the address of the link at a place of the picture; empty where none is."""
        place = self._place_at(y)
        action = self._action_at(x, place) if place else ""
        return "" if action in {"retry", "discard"} else action

    # ---- within

    def _draw(self) -> None:
        width, height = self.sheet.winfo_width(), self.sheet.winfo_height()
        if width <= 1 or height <= 1:
            return
        slices = self.talk.draw(level(self.sheet) if self.sheet.winfo_viewable() else None)
        shapes: list[Shape] = []
        y = height - sum(part.stop - part.start for part in slices)
        for part in slices:
            block = self._block(part.index)
            shapes += [moved(shape, y - part.start, self._aside) for shape in block.shapes]
            y += part.stop - part.start
        self.sheet.paint(shapes or self._said(width, height))
        self._set_bar(slices)
        self.on_drawn()

    def _said(self, width: int, height: int) -> list[Shape]:
        """Draw the sentence of an empty conversation."""
        sentence = self.talk.empty_text or self._none_open
        lines = self._look.fonts.rulers[TEXT].wrap(sentence, width - self._look.px(40)).lines
        return [("text", width / 2, height / 2, "-text", "\n".join(lines), "-font", TEXT, "-justify", "center",
                 "-fill", self._look.palette.faint)]  # fmt: skip

    def _set_bar(self, slices: Sequence[Slice]) -> None:
        """Set the scrollbar by counting messages: their heights are known only where they were seen."""
        if not slices or not self.talk.view:
            self._bar.show(0.0, 1.0)
            return
        count, first, last = len(self.talk.view.items), slices[0], slices[-1]
        top = first.index + first.start / self.height_of(first.index)
        bottom = last.index + last.stop / self.height_of(last.index)
        self._bar.show(top / count, bottom / count)

    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        self.sheet.focus_set()
        place = self._place_at(event.y)
        if place is None or self.talk.view is None:
            self.talk.press(None)
            return
        item = self.talk.view.items[place[0]]
        action = self._action_at(event.x, place)
        if not action:
            self.talk.press(key_of(item))
        elif action in {"retry", "discard"}:
            {"retry": self.on_retry, "discard": self.on_discard}[action](item)
        else:
            self.on_open(action)

    def _action_at(self, x: int, place: tuple[int, int]) -> str:
        """Return what a press there does; empty where it only picks the message."""
        index, y = place
        for (left, top, right, bottom), action in self._block(index).links:
            if left <= x - self._aside <= right and top <= y <= bottom:
                return action
        return ""

    def _pointed(self, event: tk.Event[tk.Misc]) -> None:
        """Show by the pointer what can be pressed."""
        place = self._place_at(event.y) if self._talk is not None else None
        cursor = "hand2" if place and self._action_at(event.x, place) else ""
        if str(self.sheet.cget("cursor")) != cursor:
            self.sheet.configure(cursor=cursor)

    def _wheel(self, steps: int) -> None:
        self.talk.wheel(steps)

    def _move_to(self, place: float) -> None:
        self.talk.to_place(place)

    def _place_at(self, y: int) -> tuple[int, int] | None:
        """Return the message that was seen at a height of the picture, and how far down in it that is."""
        return self.talk.place_at(level(self.sheet) + y)

    def _block(self, index: int) -> Block:
        if self.talk.view is None:
            raise LookupError
        return self._blocks.block(self.talk.view, index, self._width)

    @property
    def _width(self) -> int:
        """Pixels that messages have."""
        return min(self.sheet.winfo_width(), self._look.px(WIDEST))

    @property
    def _aside(self) -> int:
        """Pixels that are free at each side of them."""
        return aside(self.sheet.winfo_width(), self._look.px(WIDEST))[0]

    def _restyle(self) -> None:
        self.sheet.configure(background=self._look.palette.background)
        self._blocks.forget()
        self.redraw()
