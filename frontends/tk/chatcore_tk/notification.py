"""Notifications by the desktop's own service, where there is a program that asks it for one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from shutil import which

_NAME = "org.freedesktop.Notifications"
_CALL = ("call", "--session", "--dest", _NAME, "--object-path", "/org/freedesktop/Notifications",
         "--method", f"{_NAME}.Notify")  # fmt: skip
"The desktop's service, which GLib's own program asks, too (Desktop Notifications Specification 1.2)."

MOST = 200
"""Characters of each part."""


class Notifications:
    """Tells the desktop what has come. Nothing waits for it, and where it cannot be told nothing is said."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []

    @property
    def are_possible(self) -> bool:
        """Whether this desktop can be asked."""
        return bool(_command("", ""))

    def show(self, title: str, words: str) -> None:
        """Show one. Both texts are safe to show; none of them is read as an option."""
        self._running = [process for process in self._running if process.poll() is None]
        command = _command(title[:MOST], words[:MOST])
        if command and not self._running:  # one that hangs is enough
            with suppress(OSError):
                self._running.append(_start(command))


def _command(title: str, words: str) -> Sequence[str]:
    """Return how the desktop is asked; empty where it cannot be."""
    if program := which("notify-send"):
        # The service may read markup in the second text.
        plain = words.replace("&", "&amp;").replace("<", "&lt;")
        return (program, "--app-name=chatcore", "--category=im.received", "--", title, plain)
    if (program := which("gdbus")) and "DBUS_SESSION_BUS_ADDRESS" in os.environ:
        plain = words.replace("&", "&amp;").replace("<", "&lt;")
        return (program, *_CALL, *(_literal(value) for value in ("chatcore", 0, "", title, plain)), "[]", "{}", "5000")
    if program := which("osascript"):
        script = "on run texts\ndisplay notification (item 2 of texts) with title (item 1 of texts)\nend run"
        return (program, "-e", script, title, words)
    return ()


def _literal(value: object) -> str:
    """Write a value as GVariant reads it: what JSON escapes it understands, too."""
    return json.dumps(value, ensure_ascii=False)


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    letters = sys.getfilesystemencoding()  # of the locale, which may not have all
    return subprocess.Popen(  # noqa: S603 - the desktop's own program, and no shell
        [command[0], *(word.encode(letters, "replace").decode(letters) for word in command[1:])],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
