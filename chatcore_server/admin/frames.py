"""What an operator and a running server say to each other, in the encoding of the chat's own frames, one a line."""

from __future__ import annotations

from typing import get_args

import attrs

from chatcore import User, UserId
from chatcore.domain.invitations import InvitationRecord
from chatcore.domain.sessions import SessionRecord
from chatcore.wire.codec import Codec, plain_dumps, plain_loads
from chatcore.wire.frames import ErrorFrame

MAX_LINE = 64 * 1024
"""Bytes; the longest path is far shorter."""


@attrs.frozen
class BackUp:
    """Copy the database to a file of its own."""

    path: str
    "Absolute; the server writes it, with its own rights."
    replace: bool
    "Whether a file that is there already is replaced."


@attrs.frozen
class BackedUp:
    """The copy is whole and on disk."""

    users: int
    messages: int


@attrs.frozen
class Restore:
    """A backup was put in place. Only in the record of what operators did: no server runs meanwhile."""

    path: str


@attrs.frozen
class NewEpoch:
    """All clients load the chat anew. Only in the record, as Restore."""


@attrs.frozen
class Copy:
    """Everything was copied to another database. Only in the records of both, as Restore."""

    source: str
    target: str


@attrs.frozen
class Status:
    """Ask how the server is."""


@attrs.frozen
class Running:
    """How it is."""

    process: int
    "The number that the system knows it by."
    url: str
    "Where clients find it."
    since_ms: int
    active: int
    "How many users are active."


@attrs.frozen
class Stop:
    """End in good order, as SIGTERM would have it."""


@attrs.frozen
class Stopping:
    """It has begun."""

    process: int
    "As in Running."


@attrs.frozen
class ListUsers:
    """Ask for users in the order of registration."""

    after: int
    "The number of the one before the first; 0 for all."


@attrs.frozen
class Ban:
    """That somebody is banned."""

    user: UserId
    until_ms: int | None
    "Since 1970, UTC; null where it has no end."


@attrs.frozen
class ListedUsers:
    """Some users."""

    users: tuple[User, ...]
    bans: tuple[Ban, ...]
    "Of those among them who are banned."
    more: bool
    "Whether there are others behind them."


@attrs.frozen
class AddUser:
    """Make an account."""

    name: str
    password: str = attrs.field(repr=False)


@attrs.frozen
class SetPassword:
    """Give an account another password, and end its sessions."""

    name: str
    password: str = attrs.field(repr=False)


@attrs.frozen
class ListSessions:
    """Ask for the sessions of a user."""

    name: str


@attrs.frozen
class ListedSessions:
    """The sessions, those that began first before the others, as many as an answer may have."""

    sessions: tuple[SessionRecord, ...]


@attrs.frozen
class EndSessions:
    """End sessions of a user."""

    name: str
    session: str | None
    "How the id of the one begins; null for all."


@attrs.frozen
class EndedSessions:
    """They have ended, and their connections within a second."""

    count: int


@attrs.frozen
class RenameUser:
    """Give an account another name. Here and below `name` is the account's name, or the user's id."""

    name: str
    to: str


@attrs.frozen
class ShowUserAs:
    """Have a user shown by another name; an empty one stands for the account's."""

    name: str
    display_name: str


@attrs.frozen
class DisableUser:
    """Keep somebody out."""

    name: str
    reason: str


@attrs.frozen
class BanUser:
    """Keep somebody out, who is told why, and until when."""

    name: str
    reason: str
    until_ms: int | None
    "As in Ban."


@attrs.frozen
class EnableUser:
    """Let somebody in again."""

    name: str


@attrs.frozen
class EraseUser:
    """Forget somebody for good."""

    name: str


@attrs.frozen
class ChangedUser:
    """The user is this one now."""

    user: User
    bans: tuple[Ban, ...]
    "Theirs, where they are banned."


@attrs.frozen
class Invite:
    """Make an invitation."""

    label: str
    uses: int
    ends_at_ms: int | None
    "Since 1970, UTC; null where it has no end."


@attrs.frozen
class Invited:
    """It is made; nobody is told its code again."""

    id: str
    code: str = attrs.field(repr=False)


@attrs.frozen
class ListInvitations:
    """Ask for all invitations."""


@attrs.frozen
class ListedInvitations:
    """The invitations, those that were made first before the others."""

    invitations: tuple[InvitationRecord, ...]


@attrs.frozen
class RevokeInvitation:
    """Let nobody register with an invitation any more."""

    invitation: str
    "How its id begins."


@attrs.frozen
class RevokedInvitation:
    """It is revoked."""

    invitation: InvitationRecord
    "As it was."


Question = Status | ListUsers | ListSessions | ListInvitations
"""What changes nothing."""
Request = (
    Question
    | BackUp
    | Stop
    | AddUser
    | SetPassword
    | EndSessions
    | RenameUser
    | ShowUserAs
    | DisableUser
    | BanUser
    | EnableUser
    | EraseUser
    | Invite
    | RevokeInvitation
)
Answer = (
    BackedUp
    | Running
    | Stopping
    | ListedUsers
    | ChangedUser
    | ListedSessions
    | EndedSessions
    | Invited
    | ListedInvitations
    | RevokedInvitation
)


def requests() -> Codec:
    """Make the codec of what an operator asks."""
    return Codec(get_args(Request), strict=True, loads=plain_loads, dumps=plain_dumps)


def answers() -> Codec:
    """Make the codec of what the server answers."""
    return Codec((*get_args(Answer), ErrorFrame), strict=True, loads=plain_loads, dumps=plain_dumps)
