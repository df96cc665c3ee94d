"""A window with the text of one message, of which any part can be selected and copied."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Sequence

from chatcore.view.bidi import Drawn
from chatcore.view.language import Language
from chatcore.view.text import clean

from .directions import lines_drawn
from .editing import prepare_text
from .fonts import TEXT
from .look import Look

COLUMNS, MOST_LINES = 60, 20


def show_text(master: tk.Misc, words: str, language: Language, look: Look) -> tk.Toplevel:
    """Show it, without what would be unsafe to show."""
    words = clean(words)
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
    room = COLUMNS * look.fonts.rulers[TEXT].width("0")
    lines = lines_drawn(words, lambda paragraph: look.fonts.rulers[TEXT].wrap(paragraph, room).lines)
    if lines:
        _show_drawn(field, words, lines)
    else:
        field.insert("1.0", words)
    field.configure(state="disabled")
    field.pack(fill="both", expand=True)
    field.bind("<Escape>", lambda _event: window.destroy())
    field.focus_set()
    return window


def _show_drawn(field: tk.Text, words: str, lines: Sequence[Drawn]) -> None:
    """Show lines as they are drawn; what is copied from them is the text."""
    field.configure(wrap="none", exportselection=False)
    field.tag_configure("leftwards", justify="right")
    for line in lines:
        field.insert("end", f"{line.text}\n", () if line.is_rightwards else ("leftwards",))
    field.delete("end-1c")

    def copy(_event: object) -> str:
        if field.tag_ranges("sel"):
            start, stop = (tuple(map(int, field.index(at).split("."))) for at in ("sel.first", "sel.last"))
            field.clipboard_clear()
            field.clipboard_append(selected(words, lines, (start[0] - 1, start[1]), (stop[0] - 1, stop[1])))
        return "break"

    field.bind("<<Copy>>", copy)


def selected(words: str, lines: Sequence[Drawn], start: tuple[int, int], stop: tuple[int, int]) -> str:
    """Return the part of a text that is drawn from one place to another: the line and the sign of it, from 0 on."""
    found, at = "", 0
    for number, line in enumerate(lines):
        read = line.read
        begin = words.find(read, at)
        if start[0] < number <= stop[0]:
            found += words[at:begin]
        at = begin + len(read)
        if start[0] <= number <= stop[0]:
            first = start[1] if number == start[0] else 0
            last = stop[1] if number == stop[0] else len(line.text)
            found += "".join(read[a:b] for a, b in line.parts(first, last))
    return found
