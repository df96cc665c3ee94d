"""The chat's screen: the list left, the open conversation right; one of them at a time where it is narrow."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from chatcore.view.viewer import Viewer

from .avatar import Portrait
from .banner import Banner, Notice
from .composer import Composer
from .editing import prepare_line
from .grid import EDGE, STEP, WIDEST, aside
from .heading import Heading
from .look import Look
from .menu_sign import MenuSign
from .question import Question
from .roster_pane import RosterPane
from .timeline import TimelinePane

NARROW = 620
"""Pixels of the design below which list and conversation do not fit beside each other."""

LIST_WIDTH, LEAST = 272, 160
MOST_OF_WIDTH = 0.6
"""Of the window that the list takes at most."""


class ChatPane(ttk.Frame):
    """Arranges the widgets; what they do is the desk's."""

    def __init__(self, master: tk.Misc, viewer: Viewer, look: Look) -> None:
        super().__init__(master)
        self._look = look
        say = viewer.language.gettext
        self.left, self.right = ttk.Frame(self), ttk.Frame(self)
        self._sash = tk.Frame(self, width=look.px(5), cursor="sb_h_double_arrow")
        self._seam = tk.Frame(self._sash, width=1)
        self._seam.place(relx=0.5, rely=0, relheight=1)
        self.me = Heading(self.left, look)
        self.status = ttk.Label(self.left, style="Faint.TLabel")
        self.my_portrait = Portrait(self.left, look)
        self._menu_sign = MenuSign(self, look)
        self.menu_button = ttk.Button(self.left, image=self._menu_sign.picture, takefocus=True)
        self.sought = tk.StringVar(self)
        self.filter = ttk.Entry(self.left, textvariable=self.sought)
        prepare_line(self.filter)
        self._filter_hint = ttk.Label(self.filter, text=say("Find (Ctrl+F)"), cursor="xterm")
        self.roster = RosterPane(self.left, viewer, look)
        self.back = ttk.Button(self.right, text="‹", width=2, takefocus=True)
        self.portrait = Portrait(self.right, look)
        self.name = Heading(self.right, look)
        self.presence = ttk.Label(self.right, style="Faint.TLabel")
        self.to_unread = ttk.Button(self.right, takefocus=False)
        self.read_all = ttk.Button(self.right, text=say("Mark all as read"), takefocus=False)
        self.banner = Banner(self, viewer.language, look)
        self.day = Question(self.right, look, say("Day:"), say("Go"))
        self.timeline = TimelinePane(self.right, viewer, look)
        self.jump = ttk.Button(self.timeline.sheet, takefocus=False)
        self.notice = Notice(self, look)
        self.own_name = Question(self, look, say("Others see you as"), say("Save"), width=28)
        self.composer = Composer(self.right, viewer.language, look)
        self._copied = ""
        "What was put into the clipboard here, the last time."
        self._is_talking = False
        self._pads: dict[tk.Widget, tuple[int, int]] = {}
        "What stays free beside the parts of the conversation, as they were placed last."
        self._list_width = look.px(LIST_WIDTH)
        self._arrange_left()
        self._arrange_right()
        self.rowconfigure(1, weight=1)
        for row, strip, beside in ((0, self.banner, 0), (2, self.notice, 0), (3, self.own_name, look.px(EDGE))):
            strip.grid(row=row, column=0, columnspan=3, sticky="ew", padx=beside)
            strip.grid_remove()
        self.left.grid_propagate(False)
        self.grid_propagate(False)
        for part in (self._sash, self._seam):
            part.bind("<B1-Motion>", self._dragged)
        self.bind("<Configure>", lambda _event: self._fit())
        self.timeline.sheet.bind("<Configure>", lambda _event: self._align(), add=True)
        for event in ("<<Copy>>", "<<Cut>>"):
            self.bind_all(event, lambda _event: self._note_copied(), add="+")  # after the widget has done it
        look.theme.on_change(self._restyle)

    @property
    def is_narrow(self) -> bool:
        """Whether list and conversation take turns."""
        return self.winfo_width() < self._look.px(NARROW)

    @property
    def shows_talk(self) -> bool:
        """Whether the open conversation can be seen."""
        return self._is_talking or not self.is_narrow

    @property
    def list_width(self) -> int:
        """Pixels of the list, where there is room for both."""
        return self._list_width

    @list_width.setter
    def list_width(self, pixels: int) -> None:
        self._list_width = pixels
        self._fit()

    def turn_to(self, *, talk: bool) -> None:
        """Show the conversation, or the list, where there is room for one only."""
        self._is_talking = talk
        self._fit()

    def copy(self, text: str) -> None:
        """Put a text into the clipboard."""
        self.clipboard_clear()
        self.clipboard_append(text)
        self._note_copied()

    def forget_copied(self) -> None:
        """Empty the clipboard where what is in it was copied here."""
        copied, self._copied = self._copied, ""
        if copied and self._in_clipboard() == copied:
            self.clipboard_clear()

    def _note_copied(self) -> None:
        self._copied = self._in_clipboard()

    def _in_clipboard(self) -> str:
        try:
            return self.clipboard_get()
        except tk.TclError:  # empty, or nothing that is text
            return ""

    def show_composer(self, *, shown: bool) -> None:
        """Offer to write, or do not where no conversation is open."""
        if shown:
            self.composer.grid()
            self._align()
        else:
            self.composer.grid_remove()

    def show_unread(self, words: str) -> None:
        """Offer to go to the first unread message further up and to mark all, or do not where there are no words."""
        if words:
            self.to_unread.configure(text=words)
        for column, button in enumerate((self.to_unread, self.read_all), 3):
            is_offered = bool(words) and not (button is self.read_all and self.is_narrow)  # where the menu has it
            if is_offered == bool(button.winfo_manager()):
                continue
            if is_offered:
                button.grid(row=0, column=column, rowspan=2, pady=(self._look.px(STEP), 0))
            else:
                button.grid_remove()
            self._pads.pop(button, None)
            self._align()

    def show_jump(self, words: str) -> None:
        """Offer to jump to the newest message, or do not where there are no words."""
        if words:
            self.jump.configure(text=words)
            edge = self._look.px(EDGE) + self._aside[1]
            self.jump.place(relx=1.0, rely=1.0, x=-edge, y=-self._look.px(STEP), anchor="se")
        else:
            self.jump.place_forget()

    # ---- within

    def _arrange_left(self) -> None:
        px, left = self._look.px, self.left
        left.columnconfigure(1, weight=1)
        left.rowconfigure(4, weight=1)
        self.my_portrait.grid(row=0, column=0, rowspan=2, padx=(px(EDGE), 0), pady=(px(STEP), 0))
        self.me.grid(row=0, column=1, sticky="ew", padx=(px(STEP), 0), pady=(px(STEP), 0))
        self.status.grid(row=1, column=1, sticky="w", padx=(px(STEP), 0))
        self.menu_button.grid(row=0, column=2, rowspan=2, padx=(px(STEP), px(EDGE)), pady=(px(STEP), 0))
        self.filter.grid(row=2, column=0, columnspan=3, sticky="ew", padx=px(EDGE), pady=px(STEP))
        self.roster.grid(row=4, column=0, columnspan=3, sticky="nsew")
        self._filter_hint.place(x=px(STEP), rely=0.5, anchor="w")
        self._filter_hint.bind("<Button-1>", lambda _event: self.filter.focus_set())

    def _arrange_right(self) -> None:
        px, right = self._look.px, self.right
        right.columnconfigure(2, weight=1)
        right.rowconfigure(3, weight=1)
        self.back.grid(row=0, column=0, rowspan=2, padx=(px(STEP), 0), pady=(px(STEP), 0))
        self.portrait.grid(row=0, column=1, rowspan=2, padx=(px(EDGE), 0), pady=(px(STEP), 0))
        self.name.grid(row=0, column=2, sticky="ew", padx=px(STEP), pady=(px(STEP), 0))
        self.presence.grid(row=1, column=2, sticky="ew", padx=px(STEP))
        self.day.grid(row=2, column=0, columnspan=5, sticky="ew")
        self.day.grid_remove()
        self.timeline.grid(row=3, column=0, columnspan=5, sticky="nsew", pady=(px(STEP), 0))
        self.composer.grid(row=4, column=0, columnspan=5, sticky="ew", padx=px(EDGE), pady=px(STEP))
        self.composer.grid_remove()

    @property
    def _aside(self) -> tuple[int, int]:
        return aside(self.timeline.sheet.winfo_width(), self._look.px(WIDEST))

    def _align(self) -> None:
        """Have heading and composer begin where the messages do, and end there."""
        bar = self.timeline.winfo_width() - self.timeline.sheet.winfo_width()
        start, end = (self._look.px(EDGE) + free for free in self._aside)
        end += bar
        shown = [button for button in (self.to_unread, self.read_all) if button.winfo_manager()]
        step = self._look.px(STEP)
        pads: dict[tk.Widget, tuple[int, int]] = {self.portrait: (start, 0), self.name: (step, step if shown else end)}
        pads |= dict.fromkeys(shown, (0, step))
        if shown:
            pads[shown[-1]] = (0, end)
        # To configure is to show: only where they are.
        pads |= {part: (start, end) for part in (self.composer, self.day) if part.winfo_manager()}
        for widget, pad in pads.items():
            if pad != self._pads.get(widget):
                self._pads[widget] = pad
                widget.grid_configure(padx=pad)

    def show_filter_hint(self, *, shown: bool) -> None:
        """Say in the filter what it is for, while it is empty."""
        if shown:
            self._filter_hint.place(x=self._look.px(STEP), rely=0.5, anchor="w")
        else:
            self._filter_hint.place_forget()

    def _fit(self) -> None:
        """Show one pane or both."""
        if self.winfo_width() <= 1:
            return
        narrow = self.is_narrow
        self._place(self.left, 0, shown=not narrow or not self._is_talking)
        self._place(self._sash, 1, shown=not narrow)
        self._place(self.right, 2, shown=not narrow or self._is_talking)
        self._place_back(shown=narrow)
        self.columnconfigure(0, weight=1 if narrow and not self._is_talking else 0)
        self.columnconfigure(2, weight=0 if narrow and not self._is_talking else 1)
        most = int(self.winfo_width() * MOST_OF_WIDTH)
        self.left.configure(width=min(max(self._list_width, self._look.px(LEAST)), most))

    def _place(self, pane: tk.Frame | ttk.Frame, column: int, *, shown: bool) -> None:
        """Show a pane, or do not. What is as it should be stays untouched: each call makes Tk arrange all anew."""
        if shown != bool(pane.grid_info()):
            # Not forgotten: with that Tk would also forget that the pane's width is not its contents' affair.
            pane.grid(row=1, column=column, sticky="nsew") if shown else pane.grid_remove()

    def _place_back(self, *, shown: bool) -> None:
        if shown != bool(self.back.grid_info()):
            self.back.grid() if shown else self.back.grid_remove()

    def _dragged(self, event: tk.Event[tk.Misc]) -> None:
        self.list_width = event.x_root - self.winfo_rootx()

    def _restyle(self) -> None:
        palette = self._look.palette
        self._sash.configure(background=palette.background)
        self._seam.configure(background=palette.seam)
        self._filter_hint.configure(background=palette.field, foreground=palette.faint)
        self._look.theme.style_of(self.jump)
