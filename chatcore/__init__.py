"""Chat for Python applications: users, presence, conversations, order, unread counts and read receipts.

What programs and frontends need stands in `__all__`, and they take it from here: where it is made may change.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .client.changes import Change, Insert, Move, Remove, Reset, Update, apply_changes
from .client.connection_state import ConnectionPhase, ConnectionState
from .client.history_message import HistoryMessage
from .client.items import Item, ItemState
from .client.observer import Observer
from .domain.caps import Caps
from .domain.conversations import GENERAL, Conversation
from .domain.events import Event, MessagePosted, MessagesRead, UserChanged, UserRegistered
from .domain.figures import Figures
from .domain.ids import ClientId, ConversationId, Token, UserId
from .domain.invitations import Invitation
from .domain.messages import Last, Message
from .domain.rates import Rate
from .domain.roster import Row
from .domain.sessions import Session
from .domain.tallies import Tally
from .domain.throttles import Throttles
from .domain.users import User
from .errors import (
    AlreadyLoggedIn,
    BadFrame,
    BadText,
    Banned,
    Busy,
    ChatError,
    Closed,
    CommonPassword,
    Conflict,
    Empty,
    Internal,
    InvalidInvitation,
    InvalidName,
    InvitationNeeded,
    LinkError,
    LoggedOut,
    NameTaken,
    NotAllowed,
    NotFound,
    OtherHistory,
    PeerError,
    Refused,
    RuleError,
    SlowDown,
    StorageError,
    StorageFull,
    StorageUnavailable,
    TemporaryError,
    TokenReused,
    TooLong,
    Unreachable,
    UnsupportedVersion,
    WeakPassword,
    WrongCredentials,
)

if TYPE_CHECKING:
    from .app import connect
    from .chat.chat import Chat, open  # noqa: A004 - as gzip.open
    from .chat.events import ChatEvent
    from .chat.invitations import Invitations
    from .chat.sessions import Sessions
    from .chat.users import Users
    from .client.client import ChatClient
    from .client.message_stream import MessageStream
    from .client.replica import Replica
    from .service.hooks import Draft, NameDraft

__all__ = [
    "GENERAL",
    "AlreadyLoggedIn",
    "BadFrame",
    "BadText",
    "Banned",
    "Busy",
    "Caps",
    "Change",
    "Chat",
    "ChatClient",
    "ChatError",
    "ChatEvent",
    "ClientId",
    "Closed",
    "CommonPassword",
    "Conflict",
    "ConnectionPhase",
    "ConnectionState",
    "Conversation",
    "ConversationId",
    "Draft",
    "Empty",
    "Event",
    "Figures",
    "HistoryMessage",
    "Insert",
    "Internal",
    "InvalidInvitation",
    "InvalidName",
    "Invitation",
    "InvitationNeeded",
    "Invitations",
    "Item",
    "ItemState",
    "Last",
    "LinkError",
    "LoggedOut",
    "Message",
    "MessagePosted",
    "MessageStream",
    "MessagesRead",
    "Move",
    "NameDraft",
    "NameTaken",
    "NotAllowed",
    "NotFound",
    "Observer",
    "OtherHistory",
    "PeerError",
    "Rate",
    "Refused",
    "Remove",
    "Replica",
    "Reset",
    "Row",
    "RuleError",
    "Session",
    "Sessions",
    "SlowDown",
    "StorageError",
    "StorageFull",
    "StorageUnavailable",
    "Tally",
    "TemporaryError",
    "Throttles",
    "Token",
    "TokenReused",
    "TooLong",
    "Unreachable",
    "UnsupportedVersion",
    "Update",
    "User",
    "UserChanged",
    "UserId",
    "UserRegistered",
    "Users",
    "WeakPassword",
    "WrongCredentials",
    "apply_changes",
    "connect",
    "open",
]


_LATER = {
    "Chat": (".chat.chat", "server"),
    "ChatClient": (".client.client", "client"),
    "ChatEvent": (".chat.events", "server"),
    "Draft": (".service.hooks", "server"),
    "NameDraft": (".service.hooks", "server"),
    "MessageStream": (".client.message_stream", "client"),
    "Replica": (".client.replica", "client"),
    "Invitations": (".chat.invitations", "server"),
    "Sessions": (".chat.sessions", "server"),
    "Users": (".chat.users", "server"),
    "open": (".chat.chat", "server"),
    "connect": (".app", "client"),
}
"""What needs asyncio and a driver: where it is made, and the extra that brings what it needs."""


def __getattr__(name: str) -> object:
    """Load what needs asyncio and a driver on first use, so that importing the values stays cheap."""
    if name not in _LATER:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    module, extra = _LATER[name]
    try:
        return getattr(import_module(module, __name__), name)
    except ModuleNotFoundError as missing:
        package = (missing.name or "").partition(".")[0]
        msg = f"chatcore.{name} needs {package}: pip install 'chatcore[{extra}]'"
        raise ImportError(msg, name=missing.name) from missing
