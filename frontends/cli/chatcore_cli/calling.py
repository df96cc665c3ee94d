"""Calling somebody who does not see what came: by the terminal's bell, and by its notifications where it has them."""

from __future__ import annotations

from prompt_toolkit.output import Output

from chatcore.view.text import clean_line

from .preferences import Preferences

MOST = 200
"""Characters of a notification."""


def call(output: Output, preferences: Preferences, title: str, words: str) -> None:
    """Call. `title` says who wants something, `words` what."""
    if preferences.bell:
        output.bell()
    title, words = clean_line(title)[:MOST], clean_line(words)[:MOST]
    if preferences.notify == "9":  # iTerm2, WezTerm, kitty, Windows Terminal
        output.write_raw(f"\x1b]9;{title}: {words}\x07")
    elif preferences.notify == "777":  # rxvt-unicode, foot, Ghostty, VTE; a semicolon would end the title
        output.write_raw(f"\x1b]777;notify;{title.replace(';', ',')};{words}\x07")
    output.flush()
