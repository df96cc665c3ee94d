"""A row of buttons below a form: as wide as its fields together, one as wide as another."""

from __future__ import annotations

from collections.abc import Sequence
from tkinter import ttk

from .grid import STEP
from .look import Look


def add_button_row(form: ttk.Frame, labels: Sequence[str], look: Look, *, above: int) -> list[ttk.Button]:
    """Add them, `above` pixels of the design below what is there, and give them. Enter presses them, too."""
    row = ttk.Frame(form)
    row.pack(fill="x", pady=(look.px(above), 0))
    half = look.px(STEP / 2)
    buttons = [ttk.Button(row, text=label) for label in labels]
    for column, button in enumerate(buttons):
        row.columnconfigure(column, weight=1, uniform="buttons")
        before, behind = (half if place != edge else 0 for place, edge in ((column, 0), (column, len(labels) - 1)))
        button.grid(row=0, column=column, sticky="ew", padx=(before, behind))
        button.bind("<Return>", lambda _event, button=button: button.invoke())  # type: ignore[misc]
    return buttons
