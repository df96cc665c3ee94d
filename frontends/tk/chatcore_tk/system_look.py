"""Whether the system is set to dark, where that can be known: asked in a thread, because it is another program."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from shutil import which
from threading import Thread

PATIENCE = 2.0
"""Seconds that the answer may take."""

_QUESTIONS = {
    "darwin": (("defaults", "read", "-g", "AppleInterfaceStyle"),),
    "linux": (("gsettings", "get", "org.gnome.desktop.interface", "color-scheme"),),
}


def ask_system(told: Callable[[bool], None]) -> None:
    """Have it found out; `told` is told in another thread, and only where the system says something."""

    def ask() -> None:
        is_dark = system_is_dark()
        if is_dark is not None:
            told(is_dark)

    Thread(target=ask, name="system look", daemon=True).start()


def system_is_dark() -> bool | None:
    """Return what the system says; None where nothing is known."""
    if sys.platform == "win32":
        return _by_registry()
    for question in _QUESTIONS.get(sys.platform, ()):
        if which(question[0]):
            answer = _asked(question)
            return None if answer is None or "default" in answer else "dark" in answer.lower()
    return None


def _asked(question: tuple[str, ...]) -> str | None:
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(  # noqa: S603 - the system's own program, and no shell
            question, capture_output=True, check=False, encoding="utf-8", errors="replace", timeout=PATIENCE
        )
        return done.stdout.strip() if done.returncode == 0 else None
    return None


def _by_registry() -> bool | None:
    import winreg  # noqa: PLC0415 - there is none elsewhere

    place = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
    with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, place) as key:  # type: ignore[attr-defined, unused-ignore]
        return not winreg.QueryValueEx(key, "AppsUseLightTheme")[0]  # type: ignore[attr-defined, unused-ignore]
    return None
