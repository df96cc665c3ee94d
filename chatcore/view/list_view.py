"""The list of users and conversations as it is looked at: which rows are shown, and which one is found or open."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import normalize

import attrs

from ..client.changes import Change, apply_changes
from ..domain.conversations import kind_of
from ..domain.ids import ConversationId, UserId
from ..domain.roster import Row
from ..domain.users import User
from .aim import Aim
from .language import Language
from .names import Names, ShownName, deleted_user, general_chat
from .sight import Sight
from .stack import Stack
from .text import clean_line


class ListView:
    """The rows in the core's order, filtered by a text, with a cursor for choosing among them.

    What is chosen by its place (a digit, a click, the row below, the marked row) is looked up in what the person has
    `aimed` at, not in what has come meanwhile.
    """

    def __init__(self, language: Language) -> None:
        """`language` is what names are shown in that are not somebody's own: rows are found by these too."""
        self._rows: list[Row] = []
        self._language = language
        self._me: User | None = None
        self._sought = ""
        self._shown: list[Row] | None = None
        self._by_conversation: dict[ConversationId, Row] | None = None
        self._names: Names | None = None
        self._unread: int | None = None
        self._active: int | None = None
        self._aim: Aim[Sight] = Aim()
        self.cursor: ConversationId | None = None
        "The row that is marked while somebody is choosing; it follows its conversation when rows move."
        self._is_picked = False
        "Whether somebody has moved the cursor; otherwise it is on what the sought text fits best."

    def apply(self, changes: Iterable[Change[Row]]) -> None:
        """Take the changes that the core tells."""
        apply_changes(self._rows, changes)
        self._forget()

    def reset(self) -> None:
        """Begin anew, with no row."""
        self._rows.clear()
        self._sought, self.cursor, self._is_picked = "", None, False
        self._forget()
        self._aim.renew()

    @property
    def rows(self) -> list[Row]:
        """All rows, in order."""
        return self._rows

    @property
    def me(self) -> User | None:
        """The viewer, with whom others may share a look; None before the session is open."""
        return self._me

    @me.setter
    def me(self, user: User | None) -> None:
        self._me, self._names = user, None

    @property
    def sought(self) -> str:
        """The text that is looked for, folded."""
        return self._sought

    @property
    def shown(self) -> list[Row]:
        """The rows with a name that has the sought text in it: the name itself first, then beginnings, each in order.

        A user has two, what others see and the account's.
        """
        if self._shown is None and not self._sought:
            self._shown = list(self._rows)
        elif self._shown is None:
            found = [(fit, row) for row in self._rows if (fit := self._fit(row)) is not None]
            self._shown = [row for _, row in sorted(found, key=lambda pair: pair[0])]
        return self._shown

    def seek(self, text: str) -> None:
        """Show only rows with this text in their name, the one that it fits best marked."""
        sought = _folded(text)
        if sought == self._sought:
            return
        self._sought, self._shown, self._is_picked = sought, None, False
        if sought:
            self.cursor = None
        self.settle()
        self._aim.renew()

    def settle(self) -> None:
        """Put the cursor on the first row where it is on none that is shown, or the first fits better."""
        row = self.row(self.cursor)
        fit = self._fit(row) if row else None
        if self.shown and (fit is None or (not self._is_picked and fit > self._fit_of_first)):
            self.cursor = self.shown[0].conversation
        elif not self.shown:
            self.cursor = None

    def mark(self, conversation: ConversationId | None) -> None:
        """Put the cursor on a row because the person wants it there."""
        self.cursor, self._is_picked = conversation, conversation is not None
        self._aim.renew()

    # ---- what somebody aims at

    def drawn(self, view: Stack[ConversationId], now: float) -> None:
        """The list can be seen from now on as it is, with these rows in view."""
        if self.shown:
            self._aim.seen(attrs.evolve(self.sight, view=view), now)
        else:
            self._aim.renew()

    def turned(self) -> None:
        """The person has scrolled, or put the list out of view: what they saw before no longer counts."""
        self._aim.renew()

    def aimed(self, now: float) -> Sight:
        """Return the list as it was seen by the one who presses a key or a button now."""
        return self._aim.at(now) or self.sight

    def next_unread(self, aimed: Sight, conversation: ConversationId | None) -> Row | None:
        """Return the next row with unread messages below this one as it was seen, but for what was read meanwhile.

        Where nothing was, what has come since counts.
        """
        still = [row for row in aimed.rows if row.conversation == conversation or self._is_unread(row)]
        seen = attrs.evolve(aimed, rows=still).next_unread(conversation)
        return seen or self.sight.next_unread(conversation)

    def _is_unread(self, row: Row) -> bool:
        now = self.row(row.conversation)
        return now is not None and now.unread > 0

    @property
    def sight(self) -> Sight:
        """The list as it is."""
        return Sight(self.shown, self.cursor)

    # ---- one row

    def row(self, conversation: ConversationId | None) -> Row | None:
        """Return the row of a conversation, shown or not."""
        if self._by_conversation is None:
            self._by_conversation = {row.conversation: row for row in self._rows}
        return self._by_conversation.get(conversation) if conversation is not None else None

    @property
    def names(self) -> Names:
        """What everybody is called."""
        if self._names is None:
            self._names = Names(self._rows, self._me, self._language)
        return self._names

    @property
    def both_names(self) -> list[tuple[str, str]]:
        """What each row is called by others than the language, and the account's name: empty for the general chat."""
        return [(clean_line(row.name), clean_line(row.account)) for row in self._rows if not row.is_erased]

    def name_of(self, user: UserId) -> ShownName:
        """Return what a user is called."""
        return self.names.of(user)

    @property
    def unread(self) -> int:
        """The unread messages of all conversations."""
        if self._unread is None:
            self._unread = sum(row.unread for row in self._rows)
        return self._unread

    @property
    def active(self) -> int:
        """How many of the other users are active."""
        if self._active is None:
            self._active = sum(row.active and not row.disabled for row in self._rows if row.user is not None)
        return self._active

    def named(self, name: str) -> list[Row]:
        """Return the rows of a name: of the general chat or an account, which is one, else all that are shown by it."""
        wanted = _folded(name)
        accounts = [row for row in self._rows if row.account and wanted.removeprefix("@") == _folded(row.account)]
        return accounts or [row for row in self._rows if wanted in self._names_of(row)]

    def _forget(self) -> None:
        """The rows have changed: what was found out about them no longer holds."""
        self._shown = self._by_conversation = self._names = self._unread = self._active = None

    def _fit(self, row: Row) -> int | None:
        """Tell how well the sought text fits: 0 is the name, 1 its beginning, 2 a part of it, None not at all."""
        if not self._sought:
            return 0
        names = self._names_of(row)
        fits = (
            self._sought in names,
            any(name.startswith(self._sought) for name in names),
            any(self._sought in name for name in names),
        )
        return fits.index(True) if True in fits else None

    @property
    def _fit_of_first(self) -> int:
        return self._fit(self.shown[0]) or 0

    def _names_of(self, row: Row) -> tuple[str, ...]:
        """Return all names by which a row is found, folded."""
        names = kind_of(row.conversation).names
        if names:
            return (*names, _folded(general_chat(self._language)))
        if row.is_erased:
            return (_folded(deleted_user(self._language)),)
        name, account = _folded(row.name), _folded(row.account)
        return (name, account, f"@{account}", f"{name} @{account}") if account else (name,)


def _folded(text: str) -> str:
    """Return the form in which texts are compared: neither case nor how a keyboard writes a letter matters."""
    return normalize("NFKC", text).strip().casefold()
