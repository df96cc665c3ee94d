"""What the program tells its user in words: the connection, errors, presence, the window's title."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil

from ..client.connection_state import ConnectionPhase, ConnectionState
from ..domain.conversations import kind_of
from ..domain.display_names import MAX_DISPLAY_NAME
from ..domain.messages import MAX_TEXT
from ..domain.passwords import MAX_PASSWORD, MIN_PASSWORD
from ..domain.roster import Row
from ..errors import BAN_TIME, BadText, Banned, ChatError, NotAllowed, NotFound, Phrase, Unreachable
from ..ports.outbox import OUTBOX
from .language import ENGLISH, Language, gettext_noop
from .text import clean_line

_PHRASES = {
    "wrong_credentials": gettext_noop("the name or the password is wrong"),
    "name_taken": gettext_noop("somebody has this name already"),
    "invalid_name": gettext_noop(
        "this name cannot be used: a name has 2 to 32 letters a–z, digits, dots, hyphens and underscores, "
        "begins with a letter or digit, and is not a reserved word such as “general”"
    ),
    "weak_password": gettext_noop("a password has {min_password} to {max_password} characters"),
    "common_password": gettext_noop("many people have this password, or it is the name itself: take another one"),
    "invitation_needed": gettext_noop("one registers here by invitation: fill in the code that you were given"),
    "invalid_invitation": gettext_noop("this code admits nobody: it is wrong, was used, or has come to its end"),
    "not_allowed": gettext_noop("this is not allowed here"),
    "banned": gettext_noop("this account is banned"),
    "not_found": gettext_noop("there is no such user, conversation or message"),
    "too_long": gettext_noop("it is too long: a message has at most {max_text} characters"),
    "empty": gettext_noop("there is no text in it"),
    "bad_text": gettext_noop("there are characters in it that no message may have"),
    "other_history": gettext_noop("the server has begun another history"),
    "refused": gettext_noop("it is not wanted here"),
    "conflict": gettext_noop("another message was sent under the same id"),
    "busy": gettext_noop("the server is too busy at the moment"),
    "slow_down": gettext_noop("too much in a short time: try again in a moment"),
    "storage_full": gettext_noop("the server's disk is full"),
    "storage_unavailable": gettext_noop("the server cannot get at what is stored"),
    "storage_error": gettext_noop("the server could not store it"),
    "internal": gettext_noop("something went wrong in the server"),
    "logged_out": gettext_noop("the session has ended; log in again"),
    "token_reused": gettext_noop("the session has ended, since a copy of it may have been used; log in again"),
    "bad_frame": gettext_noop("the server and this program do not understand each other"),
    "unsupported_version": gettext_noop("the versions of the server and of this program do not fit together"),
    "already_logged_in": gettext_noop("somebody is logged in here already"),
    "unreachable": gettext_noop("no connection to the server"),
    "closed": gettext_noop("the connection was closed before the answer came"),
    "draining": gettext_noop("the server is going down"),
    "replaced": gettext_noop("this program has connected once more elsewhere"),
}
_OUTBOX_PHRASES = {
    "storage_full": gettext_noop("there is no room on this computer's disk for messages that wait"),
    "storage_error": gettext_noop("messages that wait cannot be kept on this computer"),
}
"What the same codes mean where this program's own outbox fails."
_DISPLAY_NAME_PHRASES = {
    "invalid_name": gettext_noop(
        "this name cannot be used: it has 1 to {most} characters that can be seen, no @ among them, and does not look "
        "like a reserved word such as “general”"
    ),
    "name_taken": gettext_noop("this name looks like the account of somebody else"),
}
"What the same codes mean of a name that others see."
_TOLD_WITH_CAUSE = frozenset({"unreachable", "bad_frame"})
"Codes that have many causes, from a mistyped address to a certificate: they are told with the error's own words."
_OF_THE_SYSTEM = frozenset(
    {
        gettext_noop("connection refused"),
        gettext_noop("connection reset by peer"),
        gettext_noop("connection timed out"),
        gettext_noop("network is unreachable"),
        gettext_noop("no route to host"),
        gettext_noop("name or service not known"),
        gettext_noop("no address associated with hostname"),
        gettext_noop("temporary failure in name resolution"),
    }
)
"What the operating system says of a connection that cannot be had; the catalogue has it."
_FIGURES = {"max_text": MAX_TEXT, "min_password": MIN_PASSWORD, "max_password": MAX_PASSWORD}


def refusal_text(code: str, language: Language) -> str:
    """Say what an error's code means: a phrase that follows a colon, without a capital and a full stop."""
    phrase = _PHRASES.get(code)
    if phrase is None:
        return language.gettext("the server says no ({code})").format(code=clean_line(code))
    return language.gettext(phrase).format_map(_FIGURES)


def unkept_text(code: str, language: Language) -> str:
    """Say why a message does not outlive the program: a phrase that follows a colon."""
    return language.gettext(_OUTBOX_PHRASES.get(code, _OUTBOX_PHRASES["storage_error"]))


def error_text(error: ChatError, language: Language) -> str:
    """Say what is wrong as a whole sentence. A code that we do not know is told in the error's own (English) words."""
    if error.field == OUTBOX and error.code in _OUTBOX_PHRASES:
        return sentence(language.gettext(_OUTBOX_PHRASES[error.code]))
    if isinstance(error, NotFound) and error.field == "name":
        return sentence(language.gettext("there is no user of this name"))
    if isinstance(error, NotAllowed) and error.field == "conversation":
        return sentence(language.gettext("nobody can write to this user: the account is disabled"))
    if error.field == "display_name" and error.code in _DISPLAY_NAME_PHRASES:
        return sentence(language.gettext(_DISPLAY_NAME_PHRASES[error.code]).format(most=MAX_DISPLAY_NAME))
    if isinstance(error, BadText) and isinstance(error.message, Phrase):
        return sentence(error.message, language)  # it says which one
    is_plain = error.message == type(error)().message
    return _told(error.code, "" if is_plain else error.message, language)


def cause_text(error: ChatError, language: Language) -> str:
    """Say what is wrong where it can be seen that a server was looked for: where none was found, the cause alone."""
    return sentence(error.message, language) if isinstance(error, Unreachable) else error_text(error, language)


def not_kept(error: Exception, language: Language) -> str:
    """Say that there is no outbox file, and why."""
    return language.gettext("What is not sent when you leave is lost: {reason}").format(reason=clean_line(str(error)))


def draft_not_kept(error: Exception, language: Language) -> str:
    """Say that there is no file for what is being written, and why."""
    words = language.gettext("What you have begun to write is lost when you leave: {reason}")
    return words.format(reason=clean_line(str(error)))


def server_goes_on(process: int, language: Language) -> str:
    """Say that a server that was started from a client still runs, and how it is ended."""
    words = language.gettext("The server goes on running as process {number}; `chatcore-server stop` ends it.")
    return words.format(number=process)


def sending(count: int, language: Language) -> str:
    """Say why leaving takes a moment."""
    words = language.ngettext("Sending {count} message…", "Sending {count} messages…", count)
    return words.format(count=count)


def would_be_lost(count: int, language: Language) -> str:
    """Say why leaving is to be asked for once more."""
    words = language.ngettext(
        "{count} message would be lost: leave once more.",
        "{count} messages would be lost: leave once more.",
        count,
    )
    return words.format(count=count)


def left_behind(kept: int, lost: int, language: Language) -> str:
    """Say what becomes of messages that are not sent when the user leaves; empty where there are none."""
    wait = language.ngettext(
        "{count} message is not sent yet: it goes out with the next start.",
        "{count} messages are not sent yet: they go out with the next start.",
        kept,
    )
    end = language.ngettext(
        "{count} message was not sent and is lost: it could not be kept on this computer.",
        "{count} messages were not sent and are lost: they could not be kept on this computer.",
        lost,
    )
    said = [words.format(count=count) for count, words in ((kept, wait), (lost, end)) if count]
    return " ".join(said)


def waits_for(name: str, kept: int, language: Language) -> str:
    """Say what becomes of messages that are not sent when the user goes to another account; empty where there are none.

    `name` is whose they are.
    """
    words = language.ngettext(
        "{count} message of {name} is not sent yet: it goes out when you are {name} again.",
        "{count} messages of {name} are not sent yet: they go out when you are {name} again.",
        kept,
    )
    return words.format(count=kept, name=clean_line(name)) if kept else ""


def not_remembered(error: Exception, language: Language) -> str:
    """Say that there is no profile for the next time, and why."""
    reason = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.strerror else str(error)
    return language.gettext("This log-in is not remembered: {reason}").format(reason=clean_line(reason))


def reworded(message: str, language: Language) -> str:
    """Say an error's message in another language, where it is a phrase that the catalogue has."""
    if not isinstance(message, Phrase):
        return message
    values = {name: reworded(value, language) for name, value in message.values.items()}
    return language.gettext(message.template).format_map(values)


def sentence(phrase: str, language: Language = ENGLISH) -> str:
    """Make a safe whole sentence of a phrase such as an error's message: with a full stop, and a capital but for `ws://`."""
    phrase = clean_line(reworded(phrase, language))
    is_address = "://" in phrase.split(" ", 1)[0]
    return f"{phrase[:1] if is_address else phrase[:1].upper()}{phrase[1:].rstrip('.')}."


def connection_line(state: ConnectionState, seconds_left: float | None, language: Language) -> str:
    """Say what the connection is doing. `seconds_left`: until the next try, where it is known."""
    match state.phase:
        case ConnectionPhase.LOGGED_OUT:
            return language.gettext("not logged in")
        case ConnectionPhase.CONNECTING:
            return _with_left(language.gettext("connecting…"), state.left, language)
        case ConnectionPhase.ONLINE:
            return language.gettext("online")
        case ConnectionPhase.OFFLINE:
            return _with_left(_offline(seconds_left, language), state.left, language)
        case ConnectionPhase.CLOSED:
            return language.gettext("closed")


def connection_reason(state: ConnectionState, language: Language) -> str:
    """Say why the connection is not up, as a whole sentence; empty where nothing is known."""
    return _told(state.code, state.reason, language) if state.code else ""


def connection_cause(state: ConnectionState, language: Language) -> str:
    """Say why the connection is not up, beside words that say that it is not; empty where nothing is known."""
    if state.code == Unreachable.code and state.reason:
        return sentence(state.reason, language)
    return connection_reason(state, language)


def presence_text(active: bool, language: Language) -> str:
    """Say whether a user is active."""
    return language.gettext("active") if active else language.gettext("inactive")


def attendance(row: Row, others: int, language: Language) -> str:
    """Say who of a row's conversation is there: whether the partner is or can be, or how many of all.

    `others` is how many are active beside the viewer.
    """
    if row.disabled:
        return language.gettext("account deleted") if row.is_erased else language.gettext("account disabled")
    if not kind_of(row.conversation).is_for_all:
        return presence_text(row.active, language)
    active = 1 + others
    return language.ngettext("{count} active", "{count} active", active).format(count=active)


def cannot_write_text(row: Row, language: Language) -> str:
    """Say why nobody can write in a row's conversation, as a whole sentence; empty where people can."""
    if not row.disabled:
        return ""
    if row.is_erased:
        return language.gettext("Nobody can write to them: the account was deleted.")
    return language.gettext("Nobody can write to them: the account is disabled.")


def unread_line_text(language: Language) -> str:
    """Say what the line before the first unread message says."""
    return language.gettext("Unread messages")


def no_messages_text(*, is_empty: bool, phase: ConnectionPhase, language: Language) -> str:
    """Say what stands where no message of an open conversation is. `is_empty`: it is known to have none."""
    if is_empty:
        return language.gettext("No messages yet. Write the first one.")
    if phase is ConnectionPhase.ONLINE:
        return language.gettext("Loading…")
    return language.gettext("The messages come with the connection.")


def no_rows_text(*, has_rows: bool, language: Language) -> str:
    """Say what stands where no row of the list is shown. `has_rows`: there are some, but they were not looked for."""
    if has_rows:
        return language.gettext("Nobody has this in the name.")
    return language.gettext("The list comes with the connection.")


def title(unread: int) -> str:
    """Return the title of the window, with the number of all unread messages."""
    return f"({unread}) chatcore" if unread > 0 else "chatcore"


def _with_left(words: str, left: int, language: Language) -> str:
    """Add how many messages of an earlier start wait: no timeline shows them yet."""
    if not left:
        return words
    return f"{words} · " + language.ngettext("{count} message waits", "{count} messages wait", left).format(count=left)


def _offline(seconds_left: float | None, language: Language) -> str:
    if seconds_left is None:
        return language.gettext("offline")
    seconds = max(0, ceil(seconds_left))
    return language.gettext("offline: trying again in {seconds} s").format(seconds=seconds)


def _in_local_time(message: Phrase) -> Phrase:
    """Say the end of a ban as the clock on the wall will show it."""
    if "until" not in message.values:
        return message
    until = datetime.strptime(message.values["until"], BAN_TIME).replace(tzinfo=UTC).astimezone()
    return Phrase(message.template, **message.values | {"until": until.strftime("%Y-%m-%d %H:%M")})


def _told(code: str, own_words: str, language: Language) -> str:
    if code == Banned.code and isinstance(own_words, Phrase):
        return sentence(_in_local_time(own_words), language)
    phrase = refusal_text(code, language)
    if own_words and code not in _PHRASES:
        return sentence(own_words, language)
    if code in _TOLD_WITH_CAUSE and own_words not in {"", _PHRASES[code]}:
        return sentence(f"{phrase}: {reworded(own_words, language)}")
    return sentence(phrase)
