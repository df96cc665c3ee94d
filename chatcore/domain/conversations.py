"""Conversations: the kinds there are, with all in which they differ, and what the id of each says.

Only here is a conversation's kind asked, and only here are ids taken apart. Everywhere else code asks for a property
that a kind has: a new kind is one more row of the table `KINDS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

import attrs

from ..errors import NotFound
from .ids import ConversationId, UserId

GENERAL = ConversationId("general")

_USER = r"([0-9a-f]{16})"

_T = TypeVar("_T", bound=Iterable[UserId])


@attrs.frozen(kw_only=True, eq=False)
class Kind:
    """What all conversations of a kind have in common."""

    prefix: str
    "How their ids begin."
    rest: str = ""
    """What follows, as a regular expression. Its groups are the ids of those who belong to it, or several with dots
    between, all in order."""
    names: tuple[str, ...] = ()
    "What people call it, folded: its own name first. Nothing where each has another name."
    is_for_all: bool = False
    "All users belong to it from when they register, with what was there before as history; each has a row of it."
    has_partner: bool = False
    "It is between two: each has a row with the other's name and presence, and what one wrote, the other reads."
    counts_readers: bool = False
    "Each message has a number of readers; else it is read when the partner has read it."
    names_senders: bool = False
    "The list says who wrote the last message: the name of the row does not."
    is_crowd: bool = False
    "Many read the same message at the same moment, so their marks should not come at the same moment."
    ids: re.Pattern[str] = attrs.field(init=False)
    "Prefix and rest: what an id of this kind is, whole."

    @ids.default
    def _ids(self) -> re.Pattern[str]:
        return re.compile(re.escape(self.prefix) + self.rest)


KINDS = (
    Kind(
        prefix="general",
        names=("general", "everybody"),
        is_for_all=True,
        counts_readers=True,
        names_senders=True,
        is_crowd=True,
    ),
    Kind(prefix="d.", rest=rf"{_USER}\.{_USER}", has_partner=True),
)
"""The kinds. No id is of two of them."""

_PLAIN = Kind(prefix="")


@attrs.frozen
class Members:
    """Those who belong to a conversation: everybody, or some users."""

    users: tuple[UserId, ...] = ()
    "Nobody where everybody belongs to it: these are not counted up."
    is_everybody: bool = False

    def __contains__(self, user: UserId) -> bool:
        return self.is_everybody or user in self.users

    def among(self, users: _T) -> _T | tuple[UserId, ...]:
        """Return who they are, given all users there are."""
        return users if self.is_everybody else self.users


EVERYBODY = Members(is_everybody=True)


@attrs.frozen
class Conversation:
    """A conversation, as its id describes it."""

    id: ConversationId
    kind: Kind
    name: str
    "Its own, as people type it; empty where it is called as the partner is."
    members: Members

    @staticmethod
    @lru_cache(maxsize=65_536)  # asked at every turn of every message
    def of(conversation: ConversationId) -> Conversation:
        """Return what an id says. Raises NotFound for what is not the id of a conversation."""
        for kind in KINDS:
            if found := kind.ids.fullmatch(conversation):
                users = tuple(map(UserId, ".".join(found.groups()).split("."))) if found.groups() else ()
                if all(low < high for low, high in pairwise(users)):
                    name = kind.names[0] if kind.names else ""
                    return Conversation(conversation, kind, name, EVERYBODY if kind.is_for_all else Members(users))
        raise NotFound(field="conversation")

    def partner(self, user: UserId) -> UserId | None:
        """Return the other one of a conversation between two, None for other kinds.

        Raises NotFound where `user` does not belong to it: whether the conversation exists is not told.
        """
        if self.kind.has_partner:
            low, high = self.members.users
            if user == low:
                return high
            if user == high:
                return low
        elif user in self.members:
            return None
        raise NotFound(field="conversation")


@lru_cache(maxsize=65_536)  # asked for each row and message that is drawn
def kind_of(conversation: ConversationId) -> Kind:
    """Return the kind for whoever shows something, which is to fail for no id: of what is none, nothing special."""
    try:
        return Conversation.of(conversation).kind
    except NotFound:
        return _PLAIN


def direct(one: UserId, other: UserId) -> ConversationId:
    """Return the id of the conversation of two users: a pure function of the two, whoever asks."""
    if one == other:
        msg = "there is no conversation with oneself"
        raise NotFound(msg, field="conversation")
    low, high = sorted((one, other))
    return ConversationId(f"d.{low}.{high}")


def named(name: str) -> ConversationId | None:
    """Return the conversation that has this name for everybody, in any case; None where there is none."""
    folded = name.strip().casefold()
    return next((ConversationId(kind.prefix) for kind in KINDS if folded in kind.names), None)
