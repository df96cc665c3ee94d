"""Users, and which names and passwords they may have."""

from __future__ import annotations

import re
from functools import cache
from typing import Protocol

import attrs

from ..errors import InvalidName, NameTaken, NotAllowed, NotFound, RuleError, banned
from .ids import UserId, is_user_id
from .looks import look_of

RESERVED_NAMES = frozenset(
    [
        "general",
        "everybody",
        "everyone",
        "all",
        "here",
        "you",
        "me",
        "system",
        "server",
        "root",
        "admin",
        "administrator",
        "moderator",
        "support",
        "chatcore",
    ]
)


@attrs.frozen
class AccountName:
    """The unique name of an account."""

    name: str
    "As typed."
    folded: str
    "As names are compared."
    look: str = attrs.field(default=attrs.Factory(lambda name: look_of(name.name), takes_self=True))
    "Of all account names that look alike there is one."


@attrs.frozen
class User:
    """Somebody who registered."""

    id: UserId
    name: str
    "The account's, as typed; empty where the account was erased."
    number: int
    "The place in the order of registration: 1, 2, 3, … without holes; it never changes."
    fact: int
    """The number of the newest fact about them. The directory is a log of facts about users: each registration, and
    each later change of a user, takes the next number, 1, 2, 3, …"""
    display_name: str = attrs.field(default=attrs.Factory(lambda user: user.name, takes_self=True))
    "What others see; several users may have the same. The account's name where none is set."
    look: str = attrs.field(default=attrs.Factory(lambda user: look_of(user.display_name), takes_self=True))
    "The same for all whose display names look alike."
    disabled: bool = False
    "Whether they are kept out: they have no sessions, and nobody writes to them."
    erased: bool = False
    "Whether the account is gone for good, and only what it wrote is there; then it is disabled, too."


@attrs.frozen
class NewUser:
    """The request to register somebody."""

    id: UserId
    name: AccountName
    password_hash: str = attrs.field(repr=False)
    display_name: str = attrs.field(default="", kw_only=True)
    "An empty one stands for the account's."
    key: str | None = attrs.field(default=None, kw_only=True)
    "By which an application knows them."
    is_own: bool = attrs.field(default=False, kw_only=True)
    "Whether they ask for it themselves: then they take no name that was given up not long ago."
    invitation: str | None = attrs.field(default=None, kw_only=True)
    "The id of the invitation that is used with it."

    def as_user(self, number: int, fact: int) -> User:
        """Return the user, registered with these numbers."""
        return User(self.id, self.name.name, number, fact, self.display_name or self.name.name)


FOREVER_MS = 2**53 - 1
"""In the place of the end of a ban that has none."""


@attrs.frozen
class Exclusion:
    """Why somebody is kept out."""

    reason: str = ""
    banned_until_ms: int | None = None
    "As in UserChange."


@attrs.frozen(kw_only=True)
class UserChange:
    """What is to be different about a user. What is None stays as it is."""

    name: AccountName | None = None
    display_name: str | None = None
    "An empty one stands for the account's."
    disabled: bool | None = None
    reason: str = ""
    "Why they are disabled: for those who run the chat, and where it is a ban for themselves."
    banned_until_ms: int | None = None
    "The end of a ban, of which they are told; FOREVER_MS where it has none, None where it is no ban."
    over_at_ms: int | None = None
    "Only where a ban ends, and has ended at this moment: else nothing is changed."
    is_own: bool = False
    "Whether they ask for it themselves: then nobody takes a display name that looks like the account of another."
    erased: bool = False

    def of(self, user: User, fact: int) -> User:
        """Return the user as they are from this fact on; just the same where nothing is different."""
        if self.erased:
            return user if user.erased else User(user.id, "", user.number, fact, DELETED, disabled=True, erased=True)
        name = user.name if self.name is None else self.name.name
        # Who has not chosen a display name is shown by the account's.
        shown = name if user.display_name == user.name else user.display_name
        shown = shown if self.display_name is None else self.display_name or name
        disabled = user.disabled if self.disabled is None else self.disabled
        if (name, shown, disabled) == (user.name, user.display_name, user.disabled):
            return user
        look = user.look if shown == user.display_name else look_of(shown)
        return attrs.evolve(user, name=name, display_name=shown, look=look, disabled=disabled, fact=fact)

    def applies(self, exclusion: Exclusion) -> bool:
        """Return whether anything is to be changed about somebody who is kept out so."""
        if self.over_at_ms is None:
            return True
        return exclusion.banned_until_ms is not None and exclusion.banned_until_ms <= self.over_at_ms

    def exclusion(self, changed: User, former: Exclusion) -> Exclusion:
        """Return why somebody is kept out from now on; `changed` is who they are then."""
        if changed.erased or not changed.disabled:
            return Exclusion()
        return Exclusion(self.reason, self.banned_until_ms) if self.disabled else former


def check_may_enter(user: User | None, exclusion: Exclusion | None = None) -> None:
    """Raise NotFound where there is no user, NotAllowed where they are disabled, Banned where the exclusion says so."""
    if user is None or user.erased:
        raise NotFound(field="user")
    if user.disabled:
        raise kept_out(exclusion or Exclusion())


def kept_out(exclusion: Exclusion) -> RuleError:
    """Return the error for who is kept out: of a ban they are told why, and until when."""
    if exclusion.banned_until_ms is None:
        return account_disabled()
    has_end = exclusion.banned_until_ms != FOREVER_MS
    return banned(exclusion.reason, exclusion.banned_until_ms if has_end else None)


def account_disabled() -> NotAllowed:
    """Return the error for what somebody asks who is kept out."""
    return NotAllowed("this account is disabled")


def name_taken(name: str) -> NameTaken:
    """Return the error for a name that somebody has, or gave up not long ago."""
    return NameTaken(f"the name {name} is taken", field="name")


def look_taken(name: str, field: str = "name") -> NameTaken:
    """Return the error for a name that looks like the account of another."""
    return NameTaken(f"the name {name} looks like one that is taken", field=field)


def key_taken() -> NameTaken:
    """Return the error for a key that belongs to an account."""
    return NameTaken("there is an account with this key", field="key")


DELETED = "deleted user"
"""The display name of accounts that were erased; frontends say it in their language."""


class NamePolicy(Protocol):
    """Decides which names are allowed and which are the same."""

    def fold(self, name: str) -> str:
        """Return the form under which names are compared; raise InvalidName where nobody can have the name."""

    def check_new(self, folded: str) -> None:
        """Raise InvalidName where nobody may take a folded name any more; who has it already keeps it."""


class AsciiNames:
    """Names of 2 to 32 letters (a-z), digits, `.`, `_` and `-`, beginning with a letter or digit, in any case."""

    _allowed = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}").fullmatch

    def fold(self, name: str) -> str:
        """Return the name in lower case; raise InvalidName where it is not allowed."""
        folded = name.lower() if name.isascii() else name
        if not self._allowed(folded):
            msg = "a name has 2 to 32 letters, digits, '.', '_' or '-', and begins with a letter or digit (a-z only)"
            raise InvalidName(msg, field="name")
        return folded

    def check_new(self, folded: str) -> None:
        """Raise InvalidName where a name is reserved or looks like one that is."""
        if is_user_id(folded):
            msg = "a name is not 16 hexadecimal digits, as the ids of users are"
            raise InvalidName(msg, field="name")
        reserved = reserved_look_alike(folded)
        if reserved == folded:
            msg = f"the name {folded} is reserved"
            raise InvalidName(msg, field="name")
        if reserved is not None:
            msg = f"the name {folded} looks like {reserved}, which is reserved"
            raise InvalidName(msg, field="name")


def reserved_look_alike(folded: str) -> str | None:
    """Return the reserved name that a name in lower case is or looks like (`adm1n`, `rn` for `m`), None for others."""
    plain = folded.replace("rn", "m").replace("vv", "w").replace("0", "o")
    forms = (folded, plain.replace("1", "l"), plain.replace("1", "i"))
    return next((form for form in forms if form in RESERVED_NAMES), None)


def looks_reserved(text: str) -> bool:
    """Return whether a text in any script looks like a reserved name, however that is written."""
    return look_of(text) in _reserved_looks() or reserved_look_alike(text.lower()) is not None


@cache
def _reserved_looks() -> frozenset[str]:
    names = (*RESERVED_NAMES, DELETED)
    return frozenset(look_of(form) for name in names for form in (name, name.upper(), name.capitalize()))
