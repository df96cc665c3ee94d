"""What people are called on a screen: their display name, and the account's beside it where two look alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import attrs

from ..domain.conversations import kind_of
from ..domain.ids import UserId
from ..domain.roster import Row
from ..domain.users import User
from .language import Language
from .text import clean_line


@attrs.frozen
class ShownName:
    """What somebody, or a conversation, is called. It is safe to show."""

    name: str
    account: str = ""
    "The account's name with an `@` before it, where another one of the list looks the same; else empty."

    def __str__(self) -> str:
        """Return both on one line, for where they cannot be told apart by their style."""
        return f"{self.name} {self.account}".rstrip()


class Names:
    """What those of a list are called, and the viewer among them."""

    def __init__(self, rows: Iterable[Row], me: User | None, language: Language) -> None:
        self._language = language
        people = [row for row in rows if row.user is not None]
        looks = Counter(row.look for row in people if row.look)
        if me is not None:
            looks[me.look] += 1
        self._of = {row.user: self._shown(row.name, row.account, looks[row.look]) for row in people if row.user}
        self._of |= {row.user: ShownName(deleted_user(language)) for row in people if row.user and row.is_erased}
        if me is not None:
            self._of[me.id] = self._shown(me.display_name, me.name, looks[me.look])

    def of(self, user: UserId) -> ShownName:
        """Return what a user is called: the id while the directory has not come that far, as every user has a row."""
        return self._of.get(user) or ShownName(user)

    def of_row(self, row: Row) -> ShownName:
        """Return what a conversation is called: the general chat in the viewer's language, else as its partner."""
        if kind_of(row.conversation).is_for_all:
            return ShownName(general_chat(self._language))
        known = self._of.get(row.user) if row.user is not None else None
        return known or ShownName(clean_line(row.name))

    def _shown(self, name: str, account: str, alike: int) -> ShownName:
        return ShownName(clean_line(name), f"@{clean_line(account)}" if account and alike > 1 else "")


def general_chat(language: Language) -> str:
    """Say what the general chat is called."""
    return language.gettext("General chat")


def deleted_user(language: Language) -> str:
    """Say what everybody is called whose account was erased."""
    return language.gettext("deleted user")
