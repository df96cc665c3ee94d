"""Every error of chatcore, each with a wire code that never changes.

ChatError
 ├─ RuleError            the user broke a rule; trying the same again is refused again
 │   ├─ WrongCredentials, NameTaken, InvalidName, WeakPassword, CommonPassword
 │   ├─ InvitationNeeded, InvalidInvitation
 │   ├─ NotAllowed, Banned, NotFound, TooLong, Empty, BadText, Conflict, Refused, OtherHistory
 ├─ TemporaryError       the same again later may succeed
 │   ├─ Busy, SlowDown, StorageFull, StorageUnavailable
 ├─ LoggedOut            the session has ended
 ├─ TokenReused          it has ended because a token came that had been replaced
 ├─ PeerError            the other side does not keep to the protocol
 │   ├─ BadFrame, UnsupportedVersion
 ├─ LinkError            the client's own, never on the wire
 │   ├─ Unreachable, AlreadyLoggedIn, Closed
 ├─ Internal             a fault of the server; its log says more
 └─ StorageError         the storage failed; nothing is known about the last write
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar, Self


class Phrase(str):
    """A text with what is filled in still apart, so that it can be said in another language.

    `Phrase("cannot reach {where}: {cause}", where=…, cause=…)`; a value may be a phrase, too.
    """

    __slots__ = ("template", "values")

    template: str
    values: dict[str, str]

    def __new__(cls, template: str, /, **values: str) -> Self:
        """Fill in the values."""
        phrase = super().__new__(cls, template.format_map(values))
        phrase.template, phrase.values = template, values
        return phrase

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, str]]:
        return (self.template,), self.values


class ChatError(Exception):
    """The root of all errors that chatcore raises."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str = "", *, field: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip().split("\n")[0].rstrip("."))
        self.field = field

    @property
    def message(self) -> str:
        """What is wrong, as one sentence for the person who meets it."""
        message: object = self.args[0]
        return message if isinstance(message, str) else str(message)


class RuleError(ChatError):
    """A rule was broken; the same request is refused every time."""


class WrongCredentials(RuleError):
    """The name or the password is wrong."""

    code = "wrong_credentials"


class NameTaken(RuleError):
    """Somebody has this name already."""

    code = "name_taken"


class InvalidName(RuleError):
    """This cannot be a user's name."""

    code = "invalid_name"


class WeakPassword(RuleError):
    """The password is too short or too long."""

    code = "weak_password"


class CommonPassword(RuleError):
    """Many people have this password, or it is the account's name: it is among the first that somebody would try."""

    code = "common_password"


class InvitationNeeded(RuleError):
    """To register here, one needs an invitation: its code."""

    code = "invitation_needed"


class InvalidInvitation(RuleError):
    """Nobody can register with this invitation: the code is wrong, was used, or has come to its end."""

    code = "invalid_invitation"


class NotAllowed(RuleError):
    """This is not allowed here."""

    code = "not_allowed"


class Banned(RuleError):
    """This account is banned.

    `reason` says why, empty where nobody has said it; at `until`, an aware datetime in UTC, they are let in again by
    themselves, None is for no such time.
    """

    code = "banned"
    reason: str = ""
    until: datetime | None = None


def banned(reason: str, until_ms: int | None) -> Banned:
    """Return the error, with a sentence that says it; `until_ms` is since 1970, UTC."""
    until = None
    if until_ms is not None and 0 <= until_ms <= _LAST_MS:
        until = datetime.fromtimestamp(until_ms / 1000, UTC)
    error = Banned(_said(reason, "" if until is None else until.strftime(BAN_TIME)))
    error.reason, error.until = reason, until
    return error


def _said(reason: str, until: str) -> Phrase:
    if until and reason:
        return Phrase("this account is banned until {until}: {reason}", until=until, reason=reason)
    if until:
        return Phrase("this account is banned until {until}", until=until)
    if reason:
        return Phrase("this account is banned: {reason}", reason=reason)
    return Phrase("this account is banned")


BAN_TIME = "%Y-%m-%d %H:%M UTC"
"""How the sentence has the end of a ban: to the minute in which it ends."""
_LAST_MS = 253_402_214_400_000
"""In the year 9999: later ends are none."""


class NotFound(RuleError):
    """There is no such user, conversation or message for you."""

    code = "not_found"


class TooLong(RuleError):
    """The text or list is longer than allowed."""

    code = "too_long"


class Empty(RuleError):
    """The text says nothing."""

    code = "empty"


class BadText(RuleError):
    """The text has characters that no message may have."""

    code = "bad_text"


class Conflict(RuleError):
    """This client id was used before for another message."""

    code = "conflict"


class Refused(RuleError):
    """The application has refused the message.

    The words say why, in at most 200 code points; a hook of the application raises it. With the field "hook" the hook
    itself has failed.
    """

    code = "refused"


class OtherHistory(RuleError):
    """This place belongs to another history: an older copy of the database, or a backup, was put in place."""

    code = "other_history"


class TemporaryError(ChatError):
    """Not now; the same request may succeed later."""

    wait: float | None = None
    "Seconds after which it may succeed, where that is known."


class Busy(TemporaryError):
    """The server has too much to do at the moment."""

    code = "busy"


class SlowDown(TemporaryError):
    """This is more in a short time than is allowed.

    `wait` says after how many seconds the same may succeed.
    """

    code = "slow_down"

    def __init__(self, message: str = "", *, field: str | None = None, wait: float | None = None) -> None:
        super().__init__(message, field=field)
        self.wait = wait


class StorageFull(TemporaryError):
    """The server's disk is full."""

    code = "storage_full"


class StorageUnavailable(TemporaryError):
    """The server cannot get at what is stored; its log says more."""

    code = "storage_unavailable"


class LoggedOut(ChatError):
    """The session has ended; log in again."""

    code = "logged_out"


class TokenReused(ChatError):
    """A token came that had been replaced by another one: two have it, and so nobody has the session; log in again."""

    code = "token_reused"


class PeerError(ChatError):
    """The other side does not keep to the protocol."""


class BadFrame(PeerError):
    """The frame is not one that may come here."""

    code = "bad_frame"
    request_id: int | None = None
    "The request that the frame would have been, where it could be told."


class UnsupportedVersion(PeerError):
    """No protocol version is known to both sides."""

    code = "unsupported_version"


class LinkError(ChatError):
    """The client's own errors; they are never sent."""


class Unreachable(LinkError):
    """The server does not answer.

    With `field` "url" the address is one that cannot be used: trying again is of no use. With "server" somebody answers
    there who is no chat server or lets nobody in: trying again is of no use until somebody changes something there.
    """

    code = "unreachable"


class AlreadyLoggedIn(LinkError):
    """Somebody is logged in with this client: log out first."""

    code = "already_logged_in"


class Closed(LinkError):
    """The client was closed before the answer came."""

    code = "closed"


class Internal(ChatError):
    """The server made a mistake; its log says more."""

    code = "internal"


class StorageError(ChatError):
    """The storage failed."""

    code = "storage_error"


def _leaves(root: type[ChatError]) -> list[type[ChatError]]:
    return [leaf for child in root.__subclasses__() for leaf in (_leaves(child) or [child])]


_BY_CODE = {leaf.code: leaf for leaf in _leaves(ChatError) if not issubclass(leaf, LinkError)}
"""Made once, of the errors above: what a program derives from one of them never comes from the wire.

Nor does a client's own error: a server that sent one could have a client wait for a connection that it has.
"""


MAX_REASON = 200
"""Code points of the reason why somebody is disabled or banned."""
MAX_WAIT = 300.0
"""Seconds that a client waits at most because a server says so."""


def said_by_peer(message: str) -> str:
    """Return what the other side says as one line that moves no cursor, wherever it is logged or printed."""
    if message.isprintable():
        return message
    return "".join(_as_printed(character) for character in message)


def _as_printed(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    if character.isspace():
        return " "
    return chr(_PICTURES + ord(character)) if character < " " else "\ufffd"


_PICTURES = 0x2400
"""Where the pictures of control characters begin: of ESC it is ␛."""

_JOINERS = "\u200c\u200d"
"""What shows nothing and is part of words and emoji all the same."""


def from_wire(
    code: str,
    message: str,
    field: str | None = None,
    wait_ms: int | None = None,
    reason: str | None = None,
    until_ms: int | None = None,
) -> ChatError:
    """Return the error that a wire code names; any other (of a newer server) is a plain ChatError."""
    if code == Banned.code and (reason is not None or until_ms is not None):
        return banned(said_by_peer((reason or "")[:MAX_REASON]), until_ms)
    error = _BY_CODE.get(code, ChatError)(said_by_peer(message), field=field)
    if isinstance(error, TemporaryError) and wait_ms is not None:
        error.wait = min(max(0, wait_ms) / 1000, MAX_WAIT)
    return error
