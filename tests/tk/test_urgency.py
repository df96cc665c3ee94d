"""The mark of a window that wants to be looked at, as X11 keeps it."""

import tkinter as tk

import pytest
from chatcore_tk.urgency import URGENT, Urgency, _parent

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb")]


def flags_of(urgency: Urgency, root: tk.Tk) -> int:
    """Return what the window's hints say."""
    assert urgency._opened is not None
    library, display = urgency._opened
    hints = library.XGetWMHints(display, _parent(library, display, root.winfo_id()))
    flags: int = hints.contents.flags
    library.XFree(hints)
    return flags


def test_it_is_set_and_taken_back_and_leaves_the_other_hints_as_they_are(root: tk.Tk) -> None:
    urgency = Urgency(root)
    if not urgency.is_possible:
        pytest.skip("there is no library of X11 beside Tk's")

    urgency.show(wanted=True)
    marked = flags_of(urgency, root)
    urgency.show(wanted=False)
    after = flags_of(urgency, root)

    assert (marked & URGENT, after & URGENT) == (URGENT, 0)
    assert marked == after | URGENT
    assert after != 0
