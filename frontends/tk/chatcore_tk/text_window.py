"""A window with the text of one message, of which any part can be selected and copied."""

from __future__ import annotations

import tkinter as tk

from chatcore.view.language import Language

from .editing import prepare_text
from .fonts import TEXT
from .look import Look

COLUMNS, MOST_LINES = 60, 20


def show_text(master: tk.Misc, words: str, language: Language, look: Look) -> tk.Toplevel:
    """Show it. `words` is safe to show."""
    window = tk.Toplevel(master)
    window.title(language.gettext("Select and copy"))
    window.transient(master.winfo_toplevel())
    palette = look.palette
    field = tk.Text(
        window,
        width=COLUMNS,
        height=min(MOST_LINES, 2 + sum(1 + len(line) // COLUMNS for line in words.split("\n"))),
        wrap="word",
        font=TEXT,
        borderwidth=0,
        highlightthickness=0,
        padx=look.px(12),
        pady=look.px(12),
        background=palette.background,
        foreground=palette.text,
        selectbackground=palette.primary,
        selectforeground=palette.on_primary,
    )
    prepare_text(field)
    field.insert("1.0", words)
    field.configure(state="disabled")
    field.pack(fill="both", expand=True)
    field.bind("<Escape>", lambda _event: window.destroy())
    field.focus_set()
    return window
