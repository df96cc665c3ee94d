"""The client without `await`: each method does what that of `chatcore.ChatClient` does, and waits for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from types import TracebackType
from typing import Self, TypeVar, overload

from ..client import client as awaited
from ..client.client import FLUSH_TIME
from ..client.connection_state import ConnectionState
from ..client.history_message import HistoryMessage
from ..client.message_stream import Since
from ..client.observer import Observer
from ..client.replica import Replica
from ..domain.ids import ClientId, ConversationId, Token, UserId
from ..domain.messages import Message
from ..domain.sessions import Session
from ..domain.users import User
from ..errors import ChatError
from .iterators import Messages, Pages
from .loop_thread import LoopThread
from .replica import DistantReplica

T = TypeVar("T")


class ChatClient:
    """One user's view of a chat. Use as `with`; made by `chatcore.blocking.connect`.

    It lives in a thread of its own, and all its methods may be called from any other: several threads may use one
    client at once. What waits can be interrupted by Ctrl+C. Observers, and what `wait_for` checks, are called in the
    client's thread: there, what does not wait may be called, and the rest raises RuntimeError. A program that ends
    without leaving it does not hang; one that was forked from it has to connect anew.
    """

    def __init__(self, client: awaited.ChatClient) -> None:
        self._client = client
        self._thread = LoopThread(f"chatcore client of {client.url}")
        self.url: str = client.url
        self.replica: Replica = DistantReplica(client.replica, self._thread)

    # ---- facts

    @property
    def connection(self) -> ConnectionState:
        """See `chatcore.ChatClient.connection`."""
        return self._client.connection

    @property
    def me(self) -> User:
        """See `chatcore.ChatClient.me`."""
        return self._client.me

    @property
    def complete(self) -> bool:
        """See `chatcore.ChatClient.complete`."""
        return self._thread.do(lambda: self._client.complete)

    @property
    def waiting(self) -> int:
        """See `chatcore.ChatClient.waiting`."""
        return self._thread.do(lambda: self._client.waiting)

    @property
    def perishable(self) -> int:
        """See `chatcore.ChatClient.perishable`."""
        return self._thread.do(lambda: self._client.perishable)

    @property
    def unkept(self) -> ChatError | None:
        """See `chatcore.ChatClient.unkept`."""
        return self._client.unkept

    @property
    def token(self) -> Token | None:
        """See `chatcore.ChatClient.token`."""
        return self._client.token

    @property
    def opened_conversation(self) -> ConversationId | None:
        """See `chatcore.ChatClient.opened_conversation`."""
        return self._client.opened_conversation

    # ---- coming and going

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self._thread.wait_for(self._client.__aenter__)
        except BaseException:
            self._thread.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread.is_elsewhere:
            return  # the other process leaves it
        try:
            self._thread.wait_for(lambda: self._client.__aexit__(kind, error, trace))
        finally:
            self._thread.stop()

    def run(self, main: Callable[[Self], T]) -> T | None:
        """See `chatcore.ChatClient.run`: Ctrl+C ends `main` where it waits, leaves in peace and returns None."""
        try:
            with self:
                return main(self)
        except KeyboardInterrupt:
            return None

    def register(self, name: str, password: str, *, invitation: str | None = None) -> User:
        """See `chatcore.ChatClient.register`."""
        return self._thread.wait_for(lambda: self._client.register(name, password, invitation=invitation))

    def log_in(self, name: str, password: str) -> User:
        """See `chatcore.ChatClient.log_in`."""
        return self._thread.wait_for(lambda: self._client.log_in(name, password))

    def enter(self) -> User:
        """See `chatcore.ChatClient.enter`."""
        return self._thread.wait_for(self._client.enter)

    def log_out(self) -> None:
        """See `chatcore.ChatClient.log_out`."""
        self._thread.wait_for(self._client.log_out)

    def set_display_name(self, display_name: str | None) -> User:
        """See `chatcore.ChatClient.set_display_name`."""
        return self._thread.wait_for(lambda: self._client.set_display_name(display_name))

    def change_password(self, password: str, new_password: str) -> None:
        """See `chatcore.ChatClient.change_password`."""
        self._thread.wait_for(lambda: self._client.change_password(password, new_password))

    def sessions(self) -> list[Session]:
        """See `chatcore.ChatClient.sessions`."""
        return self._thread.wait_for(self._client.sessions)

    def begin_session(self, label: str = "") -> Token:
        """See `chatcore.ChatClient.begin_session`."""
        return self._thread.wait_for(lambda: self._client.begin_session(label))

    def end_session(self, session: Session | str) -> None:
        """See `chatcore.ChatClient.end_session`."""
        self._thread.wait_for(lambda: self._client.end_session(session))

    def flush(self, seconds: float = FLUSH_TIME) -> int:
        """See `chatcore.ChatClient.flush`."""
        return self._thread.wait_for(lambda: self._client.flush(seconds))

    def synced(self) -> None:
        """See `chatcore.ChatClient.synced`."""
        self._thread.wait_for(self._client.synced)

    def wait_for(self, check: Callable[[], T], timeout: float | None = None) -> T:
        """See `chatcore.ChatClient.wait_for`."""
        return self._thread.wait_for(lambda: self._client.wait_for(check, timeout))

    # ---- conversations

    def conversation_with(self, user: str | UserId | User) -> ConversationId:
        """See `chatcore.ChatClient.conversation_with`."""
        return self._thread.wait_for(lambda: self._client.conversation_with(user))

    def post_soon(self, conversation: ConversationId, text: str, *, client_id: str | None = None) -> ClientId:
        """See `chatcore.ChatClient.post_soon`."""
        return self._thread.do(lambda: self._client.post_soon(conversation, text, client_id=client_id))

    def post(self, conversation: ConversationId, text: str, *, client_id: str | None = None) -> Message:
        """See `chatcore.ChatClient.post`."""
        return self._thread.wait_for(lambda: self._client.post(conversation, text, client_id=client_id))

    def retry(self, client_id: ClientId) -> ClientId:
        """See `chatcore.ChatClient.retry`."""
        return self._thread.do(lambda: self._client.retry(client_id))

    def discard(self, client_id: ClientId) -> None:
        """See `chatcore.ChatClient.discard`."""
        self._thread.do(lambda: self._client.discard(client_id))

    def load_older(self, conversation: ConversationId, limit: int = 50) -> bool:
        """See `chatcore.ChatClient.load_older`."""
        return self._thread.wait_for(lambda: self._client.load_older(conversation, limit))

    def history(
        self, conversation: ConversationId, *, before: int | None = None, after: int | None = None, limit: int = 50
    ) -> list[HistoryMessage]:
        """See `chatcore.ChatClient.history`."""
        return self._thread.wait_for(
            lambda: self._client.history(conversation, before=before, after=after, limit=limit)
        )

    def all_history(self, conversation: ConversationId, *, newest_first: bool = False) -> Iterator[HistoryMessage]:
        """See `chatcore.ChatClient.all_history`."""
        return Pages(self._thread, self._client.all_history(conversation, newest_first=newest_first))

    def messages(self, conversation: ConversationId | None = None, since: Since = "now") -> Messages:
        """See `chatcore.ChatClient.messages`."""
        return Messages(self._thread, self._thread.do(lambda: self._client.messages(conversation, since)))

    def unread(self, conversation: ConversationId) -> int:
        """See `chatcore.ChatClient.unread`."""
        return self._thread.wait_for(lambda: self._client.unread(conversation))

    @overload
    def mark_read(self, conversation: ConversationId, *seqs: int) -> None: ...
    @overload
    def mark_read(self, conversation: Message, /) -> None: ...
    def mark_read(self, conversation: ConversationId | Message, *seqs: int) -> None:
        """See `chatcore.ChatClient.mark_read`."""
        self._thread.wait_for(lambda: self._client.mark_read(conversation, *seqs))

    # ---- facts of a frontend

    def opened(self, conversation: ConversationId | None) -> None:
        """See `chatcore.ChatClient.opened`."""
        self._thread.do(lambda: self._client.opened(conversation))

    def reconnect(self) -> None:
        """See `chatcore.ChatClient.reconnect`."""
        self._thread.do(self._client.reconnect)

    def window_active(self, active: bool) -> None:
        """See `chatcore.ChatClient.window_active`."""
        self._thread.do(lambda: self._client.window_active(active))

    def visible(self, conversation: ConversationId, seqs: Collection[int]) -> None:
        """See `chatcore.ChatClient.visible`."""
        self._thread.do(lambda: self._client.visible(conversation, seqs))

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """See `chatcore.ChatClient.subscribe`. It is told in the client's thread."""
        undo = self._thread.do(lambda: self._client.subscribe(observer))
        return lambda: self._thread.do(undo)
