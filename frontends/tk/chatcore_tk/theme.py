"""How the window looks: its palette, the style of ttk's widgets, and where those that draw themselves ask."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from .optional import optional
from .palette import DARK, LIGHT, Palette

Changed = Callable[[], None]


class Theme:
    """Light or dark, for the whole window."""

    def __init__(self, root: tk.Tk, *, dark: bool) -> None:
        self._root = root
        self._changed: list[Changed] = []
        self._bootstrap = optional("ttkbootstrap")
        self._style: ttk.Style = self._bootstrap.Style(theme=_name(dark=dark)) if self._bootstrap else ttk.Style(root)
        self.palette = LIGHT
        self.use(dark=dark)

    def on_change(self, changed: Changed) -> None:
        """Call this now and whenever the colours change."""
        self._changed.append(changed)
        changed()

    def use(self, *, dark: bool) -> None:
        """Change over to light or dark."""
        self.palette = DARK if dark else LIGHT
        if self._bootstrap:
            self._style.theme_use(_name(dark=dark))
        else:
            self._style.theme_use("clam")
            _plain(self._style, self.palette)
        self._configure()
        for changed in self._changed:
            changed()

    def style_of(self, widget: ttk.Button, *, is_default: bool = True) -> None:
        """Make a button the one that is meant to be pressed, or one like others."""
        widget.configure(style="Primary.TButton" if is_default else "TButton")

    def _configure(self) -> None:
        """Set what is ours in either style."""
        palette, style = self.palette, self._style
        self._root.configure(background=palette.background)
        self._root.option_add("*Menu.background", palette.field)
        style.configure("Faint.TLabel", background=palette.background, foreground=palette.faint)
        style.configure("Error.TLabel", background=palette.background, foreground=palette.danger)
        style.configure("Title.TLabel", background=palette.background, foreground=palette.text, font="ChatcoreTitle")
        style.configure("Primary.TButton", background=palette.primary, foreground=palette.on_primary)
        for name in ("TButton", "Banner.TButton", "TEntry"):
            style.configure(name, foreground=palette.text)
        style.map("Primary.TButton", foreground=[("disabled", palette.background)])
        style.map("TButton", foreground=[("disabled", palette.faint)])
        style.configure("Banner.TLabel", background=palette.warning, foreground=palette.on_warning)
        style.configure("Banner.TFrame", background=palette.warning)


def _name(*, dark: bool) -> str:
    return "bootstrap-dark" if dark else "bootstrap-light"


def _plain(style: ttk.Style, palette: Palette) -> None:
    """Give plain ttk our colours."""
    style.configure(
        ".",
        background=palette.background,
        foreground=palette.text,
        fieldbackground=palette.field,
        bordercolor=palette.border,
        lightcolor=palette.background,
        darkcolor=palette.background,
        troughcolor=palette.background,
        insertcolor=palette.text,
        selectbackground=palette.primary,
        selectforeground=palette.on_primary,
        focuscolor=palette.primary,
    )
    style.map(".", foreground=[("disabled", palette.faint)])
    style.configure("TButton", padding=6)
    style.map("TButton", background=[("active", palette.hovered)])
    style.map("Primary.TButton", background=[("disabled", palette.border), ("active", palette.primary)])
    style.configure("TEntry", padding=5)
    style.map("TEntry", bordercolor=[("focus", palette.primary)])
    style.configure("Vertical.TScrollbar", background=palette.thumb)
