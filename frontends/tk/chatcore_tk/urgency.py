"""The hint by which window managers and task bars of X11 show that a window wants to be looked at (ICCCM 4.1.2.4).

Tk has no word for it: it is given over a connection of its own, to the window that Tk puts around the one we know.
"""

from __future__ import annotations

import ctypes
import tkinter as tk
from ctypes.util import find_library
from typing import Any

URGENT = 1 << 8


class _Hints(ctypes.Structure):
    """The beginning of XWMHints: what follows is not looked at."""

    _fields_ = (("flags", ctypes.c_long),)


class Urgency:
    """The hint of one window. Where there is no X11 nothing happens."""

    def __init__(self, root: tk.Tk) -> None:
        self._root = root
        self._is_set = False
        self._opened: tuple[Any, int] | None = None

    @property
    def is_possible(self) -> bool:
        """Whether there is such a hint on this system."""
        return str(self._root.tk.call("tk", "windowingsystem")) == "x11" and find_library("X11") is not None

    def show(self, *, wanted: bool) -> None:
        """Ask for a look, or no longer."""
        if wanted == self._is_set or not self.is_possible:
            return
        library, display = self._opened = self._opened or _open()
        if not display:
            return
        self._is_set = wanted
        window = _parent(library, display, self._root.winfo_id())
        hints = library.XGetWMHints(display, window) or library.XAllocWMHints()
        hints.contents.flags = hints.contents.flags | URGENT if wanted else hints.contents.flags & ~URGENT
        library.XSetWMHints(display, window, hints)
        library.XFree(hints)
        library.XSync(display, 0)  # an error of X would end the program: it is to come while the window is there


def _open() -> tuple[Any, int]:
    library = ctypes.CDLL(find_library("X11"))
    library.XOpenDisplay.restype = ctypes.c_void_p
    library.XGetWMHints.restype = library.XAllocWMHints.restype = ctypes.POINTER(_Hints)
    for name, kinds in {
        "XOpenDisplay": (ctypes.c_char_p,),
        "XGetWMHints": (ctypes.c_void_p, ctypes.c_ulong),
        "XSetWMHints": (ctypes.c_void_p, ctypes.c_ulong, ctypes.POINTER(_Hints)),
        "XFree": (ctypes.c_void_p,),
        "XSync": (ctypes.c_void_p, ctypes.c_int),
        "XQueryTree": (ctypes.c_void_p, ctypes.c_ulong, *[ctypes.c_void_p] * 4),
    }.items():
        getattr(library, name).argtypes = kinds
    return library, library.XOpenDisplay(None)


def _parent(library: Any, display: int, window: int) -> int:  # noqa: ANN401 - a library has no type
    top, parent, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
    children = ctypes.c_void_p()
    library.XQueryTree(display, window, *(ctypes.byref(each) for each in (top, parent, children, count)))
    if children.value:
        library.XFree(children)
    return parent.value
