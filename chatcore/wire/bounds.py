"""What a client believes of what a server says, beyond its form: numbers, names and lengths that it can live with.

A hostile or broken server could else fill the memory of its clients, show times that there are not, write beside its
place on their screens, or have them send what they are cut off for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ..domain.conversations import Conversation
from ..domain.ids import ConversationId, UserId, is_client_id, is_user_id
from ..domain.messages import MAX_TEXT, PREVIEW, Last, Message
from ..domain.read_states import Run
from ..domain.sessions import MAX_LABEL
from ..domain.tallies import Tally
from ..domain.users import User
from ..errors import BadFrame, NotFound
from . import frames as f
from .limits import MAX_PAGE, MAX_SESSIONS, MAX_STRETCH, MAX_TALLIES, MAX_USERS

LAST_MS = 253_402_214_400_000
"""The last time that is believed, in ms since 1970: a day before the end of the year 9999, since zones differ."""

MAX_NAME = 255
"""Code points of any name of a user. Ours are far shorter, but an application may have a policy of its own."""

MAX_WORD = 128
"""Code points of what a server calls its own things: codes, fields, ids, addresses."""

MAX_TOKEN = 256
"""Characters of a token. It is sent back at each connect, in a frame that may not be too long."""

MAX_SENTENCE = 1_000
"""Code points of what an error says."""

# Control characters, ends of lines, and what changes the direction of all that stands beside it.
_never_in_a_name = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]").search


def check(frame: f.ServerFrame, me: UserId | None = None) -> None:
    """Raise BadFrame for what no server of ours says; `me` is who is logged in, once somebody is."""
    for message in _messages(frame):
        _check_message(message)
    for tally in _tallies(frame):
        _check_tally(tally)
    for user in _users(frame):
        _check_user(user)
    if me is not None:
        for conversation in {*_conversations(frame)}:
            _check_conversation(conversation, me)
    _check_rest(frame)


def _check_rest(frame: f.ServerFrame) -> None:
    match frame:
        case f.Page():
            _require(len(frame.messages) <= MAX_PAGE, "messages", f"a page has at most {MAX_PAGE} messages")
            _check_joined(frame.messages)
            _check_runs(frame.read)
            _check_receipts(frame.receipts)
        case f.ReadEvent() | f.Marked():
            _check_runs(frame.read)
        case f.ReceiptsEvent():
            _check_receipts(frame.receipts)
        case f.Posted():
            _check_time(frame.sent_at_ms)
            _require(frame.seq > 0 and frame.live >= 0 and frame.own >= 0, "seq", "numbers of a message are positive")
            _require(len(frame.text or "") <= MAX_TEXT, "text", f"a message has at most {MAX_TEXT} characters")
        case f.Users(_, users, upto, more):
            _check_page(users, MAX_USERS, "users", more=more)
            _require(upto >= 0, "upto", "facts are counted from 1 on")
        case f.Tallies(_, tallies, more):
            _check_page(tallies, MAX_TALLIES, "tallies", more=more)
        case f.Sessions():
            _check_sessions(frame)
        case _:  # perhaps it has words, or users
            _check_words_of(frame)


def _check_words_of(frame: f.ServerFrame) -> None:
    match frame:
        case f.Snapshot():
            _check_words("epoch", frame.epoch, frame.point.generation)
            _require(frame.point.number >= 0 and frame.point.facts >= 0, "point", "a history begins at 0")
            _check_users(frame.active, "active")
        case f.PresenceEvent(active, inactive):
            _check_users(active, "active")
            _check_users(inactive, "inactive")
        case f.LoggedIn():
            _require(len(frame.token or "") <= MAX_TOKEN, "token", f"a token has at most {MAX_TOKEN} characters")
        case f.ErrorFrame() | f.Closing():
            _check_words("code", frame.code, getattr(frame, "field", None) or "")
            _require(len(frame.message) <= MAX_SENTENCE, "message", f"at most {MAX_SENTENCE} characters are said")
        case _:  # nothing else is said in it
            pass


# ---- what stands in a frame


def _messages(frame: f.ServerFrame) -> Sequence[Message]:
    match frame:
        case f.MessageEvent(message):
            return (message,)
        case f.Page():
            return frame.messages
        case _:  # it has none
            return ()


def _tallies(frame: f.ServerFrame) -> Sequence[Tally]:
    match frame:
        case f.Page() | f.ReadEvent() | f.Marked() | f.Counted():
            return (frame.tally,)
        case f.Snapshot():
            return (frame.general, *frame.tallies)
        case f.Tallies():
            return frame.tallies
        case _:  # it has none
            return ()


def _users(frame: f.ServerFrame) -> Sequence[User]:
    match frame:
        case f.LoggedIn() | f.Found() | f.Renamed() | f.UserEvent():
            return (frame.user,)
        case f.Users():
            return frame.users
        case _:  # it has none
            return ()


def _conversations(frame: f.ServerFrame) -> Iterator[ConversationId]:
    yield from (message.conversation for message in _messages(frame))
    yield from (tally.conversation for tally in _tallies(frame))
    if isinstance(frame, f.ReceiptsEvent):
        yield frame.conversation


# ---- what it may be


def _require(is_right: bool, field: str, rule: str) -> None:
    if not is_right:
        raise BadFrame(rule, field=field)


def _check_message(message: Message) -> None:
    _require(message.seq > 0, "messages", "messages are counted from 1 on")
    _require(message.live >= 0 and message.own >= 0, "messages", "numbers of a message are positive")
    _require(bool(is_user_id(message.sender)), "sender", "a sender is a user's id")
    _require(bool(is_client_id(message.client_id)), "client_id", "this is no client id")
    _require(len(message.text) <= MAX_TEXT, "text", f"a message has at most {MAX_TEXT} characters")
    _check_time(message.sent_at_ms)


def _check_tally(tally: Tally) -> None:
    counts = (tally.seq, tally.live, tally.own, tally.read, tally.version + 1)
    _require(min(counts) >= 0, "tally", "numbers of a conversation are positive")
    if tally.last is not None:
        _check_last(tally.last)


def _check_last(last: Last) -> None:
    _require(bool(is_user_id(last.sender)), "sender", "a sender is a user's id")
    _require(len(last.text) <= PREVIEW, "text", f"a row shows at most {PREVIEW} characters")
    _check_time(last.sent_at_ms)


def _check_user(user: User) -> None:
    _check_users((user.id,), "user")
    _require(user.number > 0 and user.fact > 0, "user", "users and facts are counted from 1 on")
    for name in (user.name, user.display_name, user.look):
        is_right = len(name) <= MAX_NAME and not _never_in_a_name(name)
        _require(is_right, "name", f"a name has at most {MAX_NAME} characters, and nothing that moves others")


def _check_users(users: Iterable[UserId], field: str) -> None:
    _require(all(map(is_user_id, users)), field, "this is no user's id")


def _check_conversation(conversation: ConversationId, me: UserId) -> None:
    try:
        Conversation.of(conversation).partner(me)
    except NotFound:
        raise BadFrame("there is no such conversation of this user", field="conversation") from None


def _check_joined(messages: Sequence[Message]) -> None:
    for place, message in enumerate(messages):
        if message.seq != messages[0].seq + place or message.conversation != messages[0].conversation:
            msg = "the messages of a page have seqs without holes"
            raise BadFrame(msg, field="messages")


def _check_runs(runs: Iterable[Run]) -> None:
    covered = 0
    for first, last in runs:
        covered += last - first + 1
        if first < 1 or last < first or covered > MAX_STRETCH:
            msg = f"runs go forwards, from 1 on, and cover {MAX_STRETCH:,} messages at most"
            raise BadFrame(msg, field="read")


def _check_receipts(receipts: Iterable[tuple[int, int]]) -> None:
    _require(all(seq > 0 and readers >= 0 for seq, readers in receipts), "receipts", "readers are counted from 0 on")


def _check_page(page: Sequence[object], most: int, field: str, *, more: bool) -> None:
    _require(len(page) <= most, field, f"a page has at most {most}")
    _require(bool(page) or not more, field, "there is no empty page but the last")


def _check_sessions(frame: f.Sessions) -> None:
    _check_page(frame.sessions, MAX_SESSIONS, "sessions", more=frame.more)
    _check_words("sessions", frame.own, *(word for one in frame.sessions for word in (one.id, one.address)))
    for session in frame.sessions:
        _require(len(session.label) <= MAX_LABEL, "label", f"a label has at most {MAX_LABEL} characters")
        _check_time(session.begun_at_ms)
        _check_time(session.used_at_ms)


def _check_words(field: str, *words: str) -> None:
    _require(all(len(word) <= MAX_WORD for word in words), field, f"it has at most {MAX_WORD} characters")


def _check_time(ms: int) -> None:
    _require(0 <= ms <= LAST_MS, "sent_at_ms", "a time is within the years 1970 to 9999")
