"""Every frame of the protocol: the client's first, then the server's.

A frame is a JSON object; its `type` is the class's name in snake_case, without the ending Event or Frame. Requests
carry an `id` that the client chooses (any positive number, not in use); exactly one frame with that `id` answers each.
"""

from __future__ import annotations

import attrs

from ..domain.generations import Point
from ..domain.ids import ClientId, ConversationId, Token, UserId
from ..domain.messages import Message
from ..domain.read_states import Run
from ..domain.sessions import SessionRecord
from ..domain.tallies import Tally
from ..domain.users import User
from ..domain.value import value

VERSION = 2
"""The version of the protocol that this code speaks."""

# ---- from the client ----------------------------------------------------------------------------------------------


@value
class Hello:
    """The first frame: which versions the client speaks."""

    versions: tuple[int, ...]
    instance: str
    "Random, at most 64 characters, one for each client object: a reconnect replaces its own former connection."


@value
class Register:
    """Make an account and log in. Answer: LoggedIn, then Snapshot."""

    id: int
    name: str
    password: str = attrs.field(repr=False)
    invitation: str | None = attrs.field(default=None, repr=False)
    "The code of an invitation, where one is needed. It may be left out, and is passed over where none is needed."


@value
class LogIn:
    """Begin a session. Answer: LoggedIn, then Snapshot."""

    id: int
    name: str
    password: str = attrs.field(repr=False)
    told: Point | None
    "As in Resume."


@value
class Resume:
    """Go on with a session. Answer: LoggedIn, then Snapshot."""

    id: int
    token: Token = attrs.field(repr=False)
    told: Point | None
    """What the client was told last, where it still holds what it was told: the generation, and the greatest log
    number and fact that it has heard of from anything. Null where it holds nothing."""


@value
class Enter:
    """Come in as whom the application knows by the handshake. Answer: LoggedIn, then Snapshot."""

    id: int
    told: Point | None
    "As in Resume."


@value
class LogOut:
    """End the session and all its connections. Answer: LoggedOut."""

    id: int


@value
class Post:
    """Store a message. Answer: Posted, after the commit."""

    id: int
    conversation: ConversationId
    client_id: ClientId
    text: str


@value
class Mark:
    """Mark at most 500 messages as read. Answer: Marked."""

    id: int
    conversation: ConversationId
    seqs: tuple[int, ...]


@value
class SetAway:
    """Nobody looks at this client, or somebody does again. Answer: Noted.

    A connection begins with somebody who looks. Others are told nothing of it: only an application that is told who
    has missed a message counts those as not there whose clients are all away.
    """

    id: int
    away: bool


@value
class Count:
    """Ask for the numbers of a conversation. Answer: Counted."""

    id: int
    conversation: ConversationId


@value
class FindUser:
    """Ask who has a name. Answer: Found."""

    id: int
    name: str


@value
class ListUsers:
    """Ask for the facts of the directory from a number on. Answer: Users."""

    id: int
    after: int
    "A fact: everything up to it is known."


@value
class ListTallies:
    """Ask for the conversations with messages, in the order of their ids, from an id on. Answer: Tallies."""

    id: int
    after: str


@value
class History:
    """Ask for messages: those after a seq, or those before one, or (both null) the newest. Answer: Page."""

    id: int
    conversation: ConversationId
    after: int | None
    before: int | None
    limit: int
    "At most 200."


@value
class Stretch:
    """Ask which messages between two seqs are read, and by how many. At most 1,000 seqs. Answer: Page."""

    id: int
    conversation: ConversationId
    first: int
    last: int


@value
class SetDisplayName:
    """Be shown by another name; an empty one stands for the account's. Answer: Renamed."""

    id: int
    display_name: str


@value
class ChangePassword:
    """Have another password from now on. All other sessions of the user end. Answer: PasswordChanged."""

    id: int
    password: str = attrs.field(repr=False)
    "The one up to now: whoever finds an open session cannot keep its user out."
    new_password: str = attrs.field(repr=False)


@value
class ListSessions:
    """Ask for one's own sessions, in the order of their ids, from an id on. Answer: Sessions."""

    id: int
    after: str


@value
class BeginSession:
    """Begin another session of one's own, for another program on the same machine. Answer: SessionBegun.

    It lives no longer than this one could: it counts as begun when this one began.
    """

    id: int
    label: str
    "What it is for, in at most 64 characters of one line."


@value
class RenewToken:
    """Ask for another token of the session, to be used from the next connection on. Answer: TokenRenewed."""

    id: int


@value
class EndSession:
    """End another session of one's own, and all its connections. Answer: SessionEnded."""

    id: int
    session: str


Credentials = Register | LogIn | Resume | Enter
Query = Count | FindUser | ListUsers | ListTallies | History | Stretch | ListSessions
Request = (
    Credentials
    | LogOut
    | Post
    | Mark
    | SetDisplayName
    | ChangePassword
    | SetAway
    | BeginSession
    | RenewToken
    | EndSession
    | Query
)
ClientFrame = Hello | Request

# ---- from the server ----------------------------------------------------------------------------------------------


@value
class Welcome:
    """The answer to Hello."""

    version: int


@value
class LoggedIn:
    """The session is open. The token is null when the client has it already, or entered without one."""

    id: int
    user: User
    token: Token | None = attrs.field(repr=False)


@value
class Snapshot:
    """Where things stand; everything later is told by events."""

    epoch: str
    "Changes when the server's database was restored: then nothing held before is valid."
    point: Point
    "The present generation, and how far log and directory have come."
    is_same: bool
    """Whether what the client was told last belongs to this history. If not, an older copy of the database was put in
    place, and nothing held before is valid."""
    active: tuple[UserId, ...]
    general: Tally
    tallies: tuple[Tally, ...]
    "The newest other conversations."


@value
class LoggedOut:
    """The session has ended."""

    id: int


@value
class Posted:
    """The message is stored. Together with the post this is the whole message: no MessageEvent comes beside it."""

    id: int
    seq: int
    sent_at_ms: int
    live: int
    own: int
    number: int
    "The message's place in the order of all commits."
    repeated: bool
    "Whether it was stored before, by an earlier post with the same client id: then others may have read it since."
    text: str | None
    "The text that is stored, where it is another one than was posted: an application may change texts."


@value
class Marked:
    """Messages are marked as read. On the connection that asked, it stands for the event."""

    id: int
    tally: Tally
    read: tuple[Run, ...]
    "Those that were not read at `tally.version - 1`; none where all of them were read before."


@value
class Noted:
    """It is noted."""

    id: int


@value
class Counted:
    """The numbers of a conversation."""

    id: int
    tally: Tally


@value
class Found:
    """The user who has the name."""

    id: int
    user: User


@value
class Renamed:
    """The user as they are shown from now on. Everybody hears of it by a UserEvent, the one who asked too."""

    id: int
    user: User


@value
class PasswordChanged:
    """The new password is the only one, and this is the only session."""

    id: int


@value
class Users:
    """A page of the directory: users as they are now, by the newest fact about each; superseded facts are left out."""

    id: int
    users: tuple[User, ...]
    upto: int
    "The page tells everything from `after` up to this fact."
    more: bool


@value
class Tallies:
    """A page of the list."""

    id: int
    tallies: tuple[Tally, ...]
    more: bool


@value
class Page:
    """A stretch of a conversation. At most 48 KiB; `more` tells whether the log goes on in the asked direction."""

    id: int
    tally: Tally
    messages: tuple[Message, ...]
    read: tuple[Run, ...]
    "Runs of seqs, within the stretch, that the member has read."
    receipts: tuple[tuple[int, int], ...]
    "For own messages that somebody has read: seq and number of readers."
    more: bool


@value
class Sessions:
    """A page of one's own sessions."""

    id: int
    sessions: tuple[SessionRecord, ...]
    own: str
    "The id of the one that asks."
    more: bool


@value
class SessionBegun:
    """The other session has begun. Nobody is told its token again."""

    id: int
    token: Token = attrs.field(repr=False)


@value
class TokenRenewed:
    """Another token of the session; null where the one there is is young enough, or was renewed for another program.

    The tokens before it lead in until it is used for the first time. From then on, one of those ends the session.
    """

    id: int
    token: Token | None = attrs.field(repr=False)


@value
class SessionEnded:
    """The session has ended, and its token is worth nothing any more."""

    id: int


@value
class ErrorFrame:
    """A request was refused, or (id null) a frame was not understood."""

    id: int | None
    code: str
    "The same word as the error's `code`."
    message: str
    field: str | None
    wait_ms: int | None
    "After how many ms the same may succeed, where the server knows."
    reason: str | None = None
    "Of `banned`: why, in the words of whoever runs the chat, where they have said it."
    until_ms: int | None = None
    "Of `banned`: when it ends, where it does."


@value
class MessageEvent:
    """A message was stored."""

    message: Message


@value
class ReadEvent:
    """The user read messages, on this or another device."""

    tally: Tally
    read: tuple[Run, ...]
    "Those that were not read at `tally.version - 1`."


@value
class ReceiptsEvent:
    """Others read messages of this user: seq and number of readers by now."""

    conversation: ConversationId
    receipts: tuple[tuple[int, int], ...]


@value
class UserEvent:
    """A fact about a user: somebody registered, or is known otherwise from now on."""

    user: User


@value
class PresenceEvent:
    """Who became active and who inactive."""

    active: tuple[UserId, ...]
    inactive: tuple[UserId, ...]


@value
class Closing:
    """The server ends the connection: the code says why, as in an error."""

    code: str
    "`draining`, `logged_out`, `replaced`, `crowded`, `slow_entry`, or an error's code."
    message: str
    reason: str | None = None
    until_ms: int | None = None
    "Both as in ErrorFrame: with `banned` the session has ended, as with `logged_out`."


Answer = (
    LoggedIn
    | LoggedOut
    | Posted
    | Marked
    | Noted
    | Counted
    | Found
    | Renamed
    | PasswordChanged
    | Users
    | Tallies
    | Page
    | Sessions
    | SessionBegun
    | TokenRenewed
    | SessionEnded
    | ErrorFrame
)
PushEvent = MessageEvent | ReadEvent | ReceiptsEvent | UserEvent | PresenceEvent
ServerFrame = Welcome | Snapshot | Closing | Answer | PushEvent
