"""What Tk's fields of text do not do by themselves: pasting in place of what is selected, undoing step by step."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from contextlib import suppress
from tkinter import ttk

from chatcore.view.typed import typed, typed_line

from .steps import Steps

_MODIFIERS = ("Shift", "Control", "Alt", "Meta", "Super", "Caps", "ISO")
"What the names of keys begin with that do nothing by themselves."


def prepare_text(field: tk.Text) -> None:
    """Have a field of several lines paste, select and undo as people expect."""

    def paste(selection: str) -> str:
        text = _selection(field, selection)
        if text is not None:
            insert(typed(text))
        return "break"

    def insert(text: str) -> None:
        # With separators of its own, Tk would put one between the deletion and the insertion.
        field.configure(autoseparators=False)
        field.edit_separator()
        with suppress(tk.TclError):  # nothing is selected
            field.delete("sel.first", "sel.last")
        field.insert("insert", text)
        field.edit_separator()
        field.configure(autoseparators=True)
        field.see("insert")

    def paste_there(event: tk.Event[tk.Misc]) -> str | None:
        if _was_dragged(field, "::tk::Priv(mouseMoved)"):
            return None
        field.tag_remove("sel", "1.0", "end")
        field.mark_set("insert", f"@{event.x},{event.y}")
        field.focus_set()
        return paste("PRIMARY")

    def separate(event: tk.Event[tk.Misc]) -> None:
        """Make a step of each word, and of what is typed after going elsewhere."""
        if event.char.isspace() or not (event.char or event.keysym.startswith(_MODIFIERS)):
            field.edit_separator()

    def select_all(_event: object) -> str:
        field.tag_add("sel", "1.0", "end-1c")  # Tk takes the line end that it puts behind every text, too
        field.mark_set("insert", "end-1c")
        return "break"

    field.bind("<<Paste>>", lambda _event: paste("CLIPBOARD"))
    field.bind("<<PasteSelection>>", paste_there)
    field.bind("<<SelectAll>>", select_all)
    field.bind("<Key>", separate, add=True)
    field.bind("<Button-1>", lambda _event: field.edit_separator(), add=True)


def prepare_line(field: ttk.Entry) -> None:
    """Have a field of one line paste and undo as people expect. What is secret is not kept for undoing."""
    steps = Steps()

    def paste(selection: str) -> str:
        text = _selection(field, selection)
        if text is not None:
            steps.cut(field.get())
            with suppress(tk.TclError):  # nothing is selected
                field.delete("sel.first", "sel.last")
            field.insert("insert", typed_line(text))
            field.xview("insert")
            steps.cut(field.get())
        return "break"

    def paste_there(event: tk.Event[tk.Misc]) -> str | None:
        if _was_dragged(field, "::ttk::entry::State(scanMoved)"):
            return None
        field.selection_clear()
        field.icursor(f"@{event.x}")
        field.focus_set()
        return paste("PRIMARY")

    field.bind("<<Paste>>", lambda _event: paste("CLIPBOARD"))
    field.bind("<<PasteSelection>>", paste_there)
    if not field.cget("show"):
        _keep_steps(field, steps)


def _keep_steps(field: ttk.Entry, steps: Steps) -> None:
    def note(event: tk.Event[tk.Misc]) -> None:
        if event.keysym in {"BackSpace", "Delete"}:
            steps.begin(field.get(), "delete")
        elif event.char.isspace() or (_writes(event) and field.selection_present()):
            steps.cut(field.get())
        if _writes(event):
            steps.begin(field.get(), "insert")

    def move(where: Callable[[str], str]) -> str:
        text = where(field.get())
        if text != field.get():
            field.delete(0, "end")
            field.insert(0, text)
        return "break"

    field.bind("<Key>", note, add=True)
    field.bind("<<Cut>>", lambda _event: steps.cut(field.get()), add=True)
    field.bind("<<Undo>>", lambda _event: move(steps.back))
    field.bind("<<Redo>>", lambda _event: move(steps.forth))


def _writes(event: tk.Event[tk.Misc]) -> bool:
    return bool(event.char) and event.char.isprintable()


def _was_dragged(field: tk.Misc, variable: str) -> bool:
    """Return whether the middle button was held to move the text, which Tk notes in a variable of its own."""
    try:
        return field.tk.getboolean(field.tk.call("set", variable))
    except tk.TclError:  # it was not pressed yet
        return False


def _selection(field: tk.Misc, selection: str) -> str | None:
    """Return what the clipboard or the selection of the mouse holds as text; None where there is none."""
    for kind in ("UTF8_STRING", "STRING"):
        with suppress(tk.TclError):
            return str(field.tk.call("selection", "get", "-selection", selection, "-type", kind))
    return None
