"""The crossing into the window's thread: other threads hand over calls, which are made there in order."""

from __future__ import annotations

import logging
import socket
import tkinter as tk
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue

log = logging.getLogger(__name__)

Call = Callable[[], None]

SLICE = 0.008
"""Seconds that calls may take in one go; then keys, the mouse and the picture have their turn."""

POLL_MS = 25
"""How often to look for calls where this Tk cannot watch a socket (Windows)."""


class Bridge:
    """A queue into the thread of a Tk window. Handing over never waits for the window, nor the window for others."""

    def __init__(self, root: tk.Misc, monotonic: Callable[[], float]) -> None:
        self._root = root
        self._monotonic = monotonic
        self._calls: SimpleQueue[Call] = SimpleQueue()
        self._is_signalled = False
        self._is_open = False
        self._ends: tuple[socket.socket, socket.socket] | None = None

    def open(self) -> None:
        """Begin to make the calls."""
        self._is_open = True
        if not hasattr(self._root.tk, "createfilehandler"):
            self._poll()
            return
        self._ends = socket.socketpair()
        for end in self._ends:
            end.setblocking(False)
        self._root.tk.createfilehandler(self._ends[0], tk.READABLE, self._readable)
        self._signal()

    @property
    def waker(self) -> int | None:
        """The descriptor to which any byte has the window's thread run; None where it looks by itself."""
        return self._ends[1].fileno() if self._ends else None

    def close(self) -> None:
        """Make no more calls. The window must still be there."""
        self._is_open = False
        if self._ends and hasattr(self._root.tk, "deletefilehandler"):
            self._root.tk.deletefilehandler(self._ends[0])
            for end in self._ends:
                end.close()

    def hand_over(self, call: Call) -> None:
        """Have a call made in the window's thread. Any thread may do this, at any time."""
        self._calls.put(call)
        if not self._is_signalled:
            self._signal()

    def _signal(self) -> None:
        self._is_signalled = True
        if self._ends:
            with suppress(OSError):  # closed meanwhile, or full: then it is readable anyway
                self._ends[1].send(b"\0")

    def _readable(self, end: object, mask: int) -> None:  # noqa: ARG002 - Tk's signature
        if self._ends:
            with suppress(BlockingIOError):
                self._ends[0].recv(64)
        self._drain()

    def _drain(self) -> None:
        if not self._is_open:
            return
        self._is_signalled = False
        until = self._monotonic() + SLICE
        while self._make_next():
            if self._monotonic() >= until:
                self._is_signalled = True  # so that nobody wakes us before the picture is drawn
                self._root.after(1, self._drain)
                return

    def _make_next(self) -> bool:
        try:
            call = self._calls.get_nowait()
        except Empty:
            return False
        try:
            call()
        except Exception:
            log.exception("what was handed over to the window failed")
        return self._is_open

    def _poll(self) -> None:
        if self._is_open:
            self._drain()
            self._root.after(POLL_MS, self._poll)
