"""The accounts that somebody has, on whichever servers: one of them is shown, the others stay logged in."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import urlsplit

from chatcore.home.profiles import Profile
from chatcore.view.language import Language
from chatcore.view.text import clean_line

from .popup import add_choice


class Accounts:
    """Fills menus with them."""

    def __init__(
        self,
        language: Language,
        known: Callable[[], Sequence[Profile]],
        is_shown: Callable[[Profile], bool],
        go_to: Callable[[Profile], None],
        add: Callable[[], None],
    ) -> None:
        """`known` gives the accounts, the one used last first; `add` asks for another one."""
        self._language, self._known, self._is_shown = language, known, is_shown
        self._go_to, self._add = go_to, add

    @property
    def may_go_on(self) -> bool:
        """Whether there is one that needs no password."""
        return any(profile.token for profile in self._known())

    def fill(self, menu: tk.Menu) -> None:
        """Add an entry for each, and one for another one."""
        for profile in self._known():
            add_choice(menu, self._label(profile), partial(self._go_to, profile), chosen=self._is_shown(profile))
        if menu.index("end") is not None:
            menu.add_separator()
        menu.add_command(label=self._language.gettext("Another account…"), command=self._add)

    def _label(self, profile: Profile) -> str:
        """Say who it is and where, and whether the password is needed."""
        parts = urlsplit(profile.server)
        words = clean_line(f"{profile.name} · {parts.netloc}{parts.path.rstrip('/')}")
        return words if profile.token else self._language.gettext("{account} (log in)").format(account=words)
