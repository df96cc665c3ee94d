"""The chat's screen: the list left, the open conversation right; one of them at a time where it is narrow."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from .banner import Banner, Notice
from .composer import Composer
from .look import Look
from .roster import RosterPane
from .timeline import TimelinePane
from .viewer import Viewer

NARROW = 620
"""Pixels of the design below which list and conversation do not fit beside each other."""

LIST_WIDTH = 264


class Screen(ttk.Frame):
    """Arranges the widgets; what they do is the desk's."""

    def __init__(
        self, master: tk.Misc, viewer: Viewer, look: Look, monotonic: Callable[[], float], send: Callable[[], None]
    ) -> None:
        super().__init__(master)
        self._look, gettext = look, viewer.language.gettext
        self._panes = ttk.Panedwindow(self, orient="horizontal")
        self._panes.pack(fill="both", expand=True)
        self.left, self.right = ttk.Frame(self._panes), ttk.Frame(self._panes)
        self.me = ttk.Label(self.left, style="Title.TLabel", cursor="hand2")
        self.status = ttk.Label(self.left, style="Faint.TLabel")
        self.menu_button = ttk.Button(self.left, text="☰", width=3, takefocus=True)
        self.filter = ttk.Entry(self.left)
        self._filter_hint = ttk.Label(self.filter, text=gettext("Find (Ctrl+F)"), cursor="xterm")
        self.roster = RosterPane(self.left, viewer, look)
        self.back = ttk.Button(self.right, text="‹", width=2, takefocus=True)
        self.name = ttk.Label(self.right, style="Title.TLabel")
        self.presence = ttk.Label(self.right, style="Faint.TLabel")
        self.banner = Banner(self.right, viewer.language, look, monotonic)
        self.list_banner = Banner(self.left, viewer.language, look, monotonic)
        self.timeline = TimelinePane(self.right, viewer, look)
        self.jump = ttk.Button(self.timeline.sheet, takefocus=False)
        self.notice = Notice(self.right, look)
        self.composer = Composer(self.right, viewer.language, look, send)
        self._is_talking = False
        self._was_narrow: bool | None = None
        self._list_width = look.px(LIST_WIDTH)
        self._arrange_left()
        self._arrange_right()
        self._panes.add(self.left, weight=0)
        self._panes.add(self.right, weight=1)
        self.bind("<Configure>", lambda _event: self._fit())
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
        """Pixels of the list."""
        return self._panes.sashpos(0) if len(self._panes.panes()) > 1 else self._list_width

    @list_width.setter
    def list_width(self, pixels: int) -> None:
        self._list_width = pixels
        self._was_narrow = None
        self._fit()

    def turn_to(self, *, talk: bool) -> None:
        """Show the conversation, or the list, where there is room for one only."""
        self._is_talking = talk
        self._was_narrow = None
        self._fit()

    def show_jump(self, words: str) -> None:
        """Offer to jump to the newest message, or do not where there are no words."""
        if words:
            self.jump.configure(text=words)
            self.jump.place(relx=1.0, rely=1.0, x=-self._look.px(14), y=-self._look.px(12), anchor="se")
        else:
            self.jump.place_forget()

    # ---- within

    def _arrange_left(self) -> None:
        px, left = self._look.px, self.left
        left.columnconfigure(0, weight=1)
        left.rowconfigure(4, weight=1)
        self.me.grid(row=0, column=0, sticky="w", padx=(px(12), 0), pady=(px(8), 0))
        self.status.grid(row=1, column=0, sticky="w", padx=(px(12), 0))
        self.menu_button.grid(row=0, column=1, rowspan=2, padx=px(8), pady=(px(8), 0))
        self.filter.grid(row=2, column=0, columnspan=2, sticky="ew", padx=px(8), pady=px(8))
        self.list_banner.grid(row=3, column=0, columnspan=2, sticky="ew")
        self.list_banner.grid_remove()
        self.roster.grid(row=4, column=0, columnspan=2, sticky="nsew")
        self._filter_hint.place(x=px(10), rely=0.5, anchor="w")
        self._filter_hint.bind("<Button-1>", lambda _event: self.filter.focus_set())

    def _arrange_right(self) -> None:
        px, right = self._look.px, self.right
        right.columnconfigure(1, weight=1)
        right.rowconfigure(3, weight=1)
        self.back.grid(row=0, column=0, rowspan=2, padx=(px(8), 0), pady=(px(8), 0))
        self.name.grid(row=0, column=1, sticky="ew", padx=px(12), pady=(px(8), 0))
        self.presence.grid(row=1, column=1, sticky="ew", padx=px(12), pady=(0, px(6)))
        self.banner.grid(row=2, column=0, columnspan=2, sticky="ew")
        self.banner.grid_remove()
        self.timeline.grid(row=3, column=0, columnspan=2, sticky="nsew")
        self.notice.grid(row=4, column=0, columnspan=2, sticky="ew")
        self.notice.grid_remove()
        self.composer.grid(row=5, column=0, columnspan=2, sticky="ew", padx=px(10), pady=px(10))

    def show_filter_hint(self, *, shown: bool) -> None:
        """Say in the filter what it is for, while it is empty."""
        if shown:
            self._filter_hint.place(x=self._look.px(10), rely=0.5, anchor="w")
        else:
            self._filter_hint.place_forget()

    def _fit(self) -> None:
        """Show one pane or both."""
        if self.winfo_width() <= 1:
            return
        narrow = self.is_narrow
        if narrow == self._was_narrow:
            return
        if len(self._panes.panes()) > 1:
            self._list_width = self._panes.sashpos(0) if self._was_narrow is False else self._list_width
        self._was_narrow = narrow
        for pane in self._panes.panes():
            self._panes.forget(pane)
        if narrow:
            self._panes.add(self.right if self._is_talking else self.left, weight=1)
            self.back.grid()
        else:
            self.back.grid_remove()
            self._panes.add(self.left, weight=0)
            self._panes.add(self.right, weight=1)
            self.after_idle(lambda: self._panes.sashpos(0, self._list_width))

    def _restyle(self) -> None:
        palette = self._look.palette
        self._filter_hint.configure(background=palette.field, foreground=palette.faint)
        self._look.theme.style_of(self.jump)
