"""Buttons and fields with the corner that all of the window has, where there is Pillow to draw it."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

import attrs

from .grid import PAD, RADIUS, STEP
from .look import Look
from .palette import Palette

FIELD, BUTTON, PRIMARY = "ChatcoreField", "ChatcoreButton", "ChatcorePrimary"


@attrs.frozen
class _Box:
    """What a box looks like: its ground and its edge."""

    ground: str
    edge: str


def round_corners(root: tk.Misc, look: Look) -> None:
    """Have buttons and fields drawn with them from now on, in whatever colours there are."""
    if look.pictures.are_smooth:
        look.theme.on_change(lambda: _use(ttk.Style(root), look))


def _use(style: ttk.Style, look: Look) -> None:
    """Put them in the place of what the theme in use has. Elements are a theme's: each needs its own, once."""
    kinds = _kinds(look.palette)
    for kind, states in kinds.items():
        name = f"{kind}{style.theme_use()}"
        if name not in style.element_names():
            normal, *others = [
                (state, look.pictures.frame(look.px(RADIUS), box.ground, box.edge)) for state, box in states
            ]
            pad = (look.px(STEP if kind == FIELD else PAD), look.px(STEP - 2))
            style.element_create(name, "image", normal[1], *others, border=look.px(RADIUS), padding=pad, sticky="nsew")
    field, button, primary = (f"{kind}{style.theme_use()}" for kind in (FIELD, BUTTON, PRIMARY))
    style.layout("TEntry", [(field, {"sticky": "nswe", "children": [("Entry.textarea", {"sticky": "nswe"})]})])
    style.layout("Field.TFrame", [(field, {"sticky": "nswe"})])
    for name, element in (("TButton", button), ("Banner.TButton", button), ("Primary.TButton", primary)):
        style.layout(name, [(element, {"sticky": "nswe", "children": [("Button.label", {"sticky": "nswe"})]})])
        ground = look.palette.warning if name == "Banner.TButton" else look.palette.background
        style.configure(name, padding=0, anchor="center", background=ground)
        style.map(name, background=[("", ground)])  # in any state: it is what is seen outside the corners


def _kinds(palette: Palette) -> dict[str, tuple[tuple[str, _Box], ...]]:
    """Return what each looks like by itself, and in states: the first that holds is drawn."""
    plain, primary = _Box(palette.field, palette.border), _Box(palette.primary, palette.primary)
    return {
        FIELD: (("", plain), ("focus", _Box(palette.field, palette.primary))),
        BUTTON: (
            ("", plain),
            ("disabled", _Box(palette.background, palette.seam)),
            ("focus", _Box(palette.hovered, palette.primary)),
            ("active", _Box(palette.hovered, palette.border)),
        ),
        PRIMARY: (
            ("", primary),
            ("disabled", _Box(palette.border, palette.border)),
            ("focus", _Box(palette.primary, palette.text)),
            ("active", _Box(palette.primary, palette.text)),
        ),
    }
