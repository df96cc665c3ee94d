"""A menu that comes up where it is wanted: made in the window's colours, filled, shown."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from .look import Look


def styled_menu(master: tk.Misc, look: Look) -> tk.Menu:
    """Return an empty menu in the window's colours."""
    palette = look.palette
    return tk.Menu(
        master,
        tearoff=False,
        background=palette.field,
        foreground=palette.text,
        activebackground=palette.primary,
        activeforeground=palette.on_primary,
        disabledforeground=palette.faint,
        selectcolor=palette.text,
        borderwidth=1,
        relief="solid",
    )


def add_choice(menu: tk.Menu, label: str, command: Callable[[], object], *, chosen: bool) -> None:
    """Add something that holds or does not, with a sign where it holds."""
    name = f"chatcore: {label}"  # a variable of tkinter's would be gone before the menu is
    menu.setvar(name, str(int(chosen)))
    menu.add_checkbutton(label=label, variable=name, command=command)  # type: ignore[arg-type]


def post(menu: tk.Menu, x: int, y: int) -> None:
    """Show a menu at a place of the screen."""
    try:
        menu.tk_popup(x, y)
    finally:
        menu.grab_release()


def post_below(menu: tk.Menu, button: tk.Misc) -> None:
    """Show a menu below its button."""
    post(menu, button.winfo_rootx(), button.winfo_rooty() + button.winfo_height())
