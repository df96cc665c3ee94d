"""Chat for Python applications: users, presence, conversations, order, unread counts and read receipts.

What programs and frontends need stands in `__all__`, and they take it from here: where it is made may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .client.changes import Change, Insert, Move, Remove, Reset, Update, apply_changes
from .client.connection_state import ConnectionPhase, ConnectionState
from .client.history_message import HistoryMessage
from .client.items import Item, ItemState
from .client.observer import Observer
from .domain.conversations import GENERAL, Conversation
from .domain.ids import ClientId, ConversationId, Token, UserId
from .domain.messages import Last, Message
from .domain.roster import Row
from .domain.tallies import Tally
from .domain.users import User
from .errors import (
    AlreadyLoggedIn,
    BadFrame,
    BadText,
    Busy,
    ChatError,
    Closed,
    Conflict,
    Empty,
    Internal,
    InvalidName,
    LinkError,
    LoggedOut,
    NameTaken,
    NotAllowed,
    NotFound,
    PeerError,
    RuleError,
    SlowDown,
    StorageError,
    StorageFull,
    StorageUnavailable,
    TemporaryError,
    TooLong,
    Unreachable,
    UnsupportedVersion,
    WeakPassword,
    WrongCredentials,
)

if TYPE_CHECKING:
    from .app import connect
    from .chat.chat import Chat
    from .chat.sessions import Session
    from .client.client import ChatClient

__all__ = [
    "GENERAL",
    "AlreadyLoggedIn",
    "BadFrame",
    "BadText",
    "Busy",
    "Change",
    "Chat",
    "ChatClient",
    "ChatError",
    "ClientId",
    "Closed",
    "Conflict",
    "ConnectionPhase",
    "ConnectionState",
    "Conversation",
    "ConversationId",
    "Empty",
    "HistoryMessage",
    "Insert",
    "Internal",
    "InvalidName",
    "Item",
    "ItemState",
    "Last",
    "LinkError",
    "LoggedOut",
    "Message",
    "Move",
    "NameTaken",
    "NotAllowed",
    "NotFound",
    "Observer",
    "PeerError",
    "Remove",
    "Reset",
    "Row",
    "RuleError",
    "Session",
    "SlowDown",
    "StorageError",
    "StorageFull",
    "StorageUnavailable",
    "Tally",
    "TemporaryError",
    "Token",
    "TooLong",
    "Unreachable",
    "UnsupportedVersion",
    "Update",
    "User",
    "UserId",
    "WeakPassword",
    "WrongCredentials",
    "apply_changes",
    "connect",
]


def __getattr__(name: str) -> object:
    """Load what needs asyncio and a driver on first use, so that importing the values stays cheap."""
    if name == "connect":
        try:
            from .app import connect
        except ModuleNotFoundError as missing:
            package = (missing.name or "").partition(".")[0]
            msg = f"chatcore.connect needs {package}: pip install 'chatcore[client]'"
            raise ImportError(msg, name=missing.name) from missing
        return connect
    if name == "ChatClient":
        from .client.client import ChatClient

        return ChatClient
    if name in {"Chat", "Session"}:
        try:
            from .chat import chat, sessions
        except ModuleNotFoundError as missing:
            package = (missing.name or "").partition(".")[0]
            msg = f"chatcore.{name} needs {package}: pip install 'chatcore[server]'"
            raise ImportError(msg, name=missing.name) from missing
        return chat.Chat if name == "Chat" else sessions.Session
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
