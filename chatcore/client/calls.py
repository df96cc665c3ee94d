"""What a frontend asks of a client without waiting: the client's calls, each with somebody who is told how it ended."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine

from ..domain.ids import ClientId, ConversationId
from ..domain.roster import Row
from ..errors import ChatError, Internal
from .changes import Change
from .client import ChatClient
from .connection_state import ConnectionPhase
from .items import Item
from .marking import read_all
from .observer import Observer

log: logging.Logger = logging.getLogger(__name__)

Done = Callable[[ChatError | None], None]
"""Is told what became of it: None where all is well."""

Count = Callable[[int], None]
"""Is told how many messages are on their way, again whenever that has changed."""

Spawn = Callable[[Coroutine[object, object, None]], object]
"""Runs something beside."""


class Calls:
    """Calls on a client, in its own loop. Each returns at once and raises no ChatError."""

    def __init__(self, client: ChatClient, spawn: Spawn) -> None:
        self._client, self._spawn = client, spawn

    # ---- facts, which nothing answers

    def opened(self, conversation: ConversationId | None) -> None:
        """Another conversation is shown, or none."""
        self._do(lambda: self._client.opened(conversation), _note)

    def window_active(self, active: bool) -> None:
        """Somebody looks at the frontend, or no longer."""
        self._do(lambda: self._client.window_active(active), _note)

    def visible(self, conversation: ConversationId, seqs: Collection[int]) -> None:
        """These messages can be seen now, and no others."""
        self._do(lambda: self._client.visible(conversation, seqs), _note)

    def reconnect(self) -> None:
        """Try at once where the next try to connect is waited for."""
        self._do(self._client.reconnect, _note)

    # ---- messages

    def post(self, conversation: ConversationId, text: str, done: Done) -> None:
        """Put a message into the outbox."""
        self._do(lambda: self._client.post_soon(conversation, text), done)

    def retry(self, client_id: ClientId, done: Done) -> None:
        """Try a refused message again."""
        self._do(lambda: self._client.retry(client_id), done)

    def discard(self, client_id: ClientId, done: Done) -> None:
        """Throw a refused message away."""
        self._do(lambda: self._client.discard(client_id), done)

    def load_older(self, conversation: ConversationId, limit: int, done: Done) -> None:
        """Let the open timeline grow backwards by at most so many messages."""
        self.ask(self._client.load_older(conversation, limit), done)

    def read_all(self, conversation: ConversationId, newest: int, done: Done) -> None:
        """Mark all messages up to this seq as read, however far up the unread ones are."""
        self.ask(read_all(self._client, conversation, newest), done)

    # ---- oneself

    def set_display_name(self, name: str | None, done: Done) -> None:
        """Be shown by another name; None stands for the account's."""
        self.ask(self._client.set_display_name(name), done)

    def change_password(self, password: str, new_password: str, done: Done) -> None:
        """Have another password in place of the one up to now; all other sessions end."""
        self.ask(self._client.change_password(password, new_password), done)

    # ---- questions

    def ask_if_at_beginning(self, conversation: ConversationId, told: Callable[[bool], None]) -> None:
        """Tell whether the first message that is here is known to be the first there is, or that there is none."""
        told(self._client.replica.is_at_beginning(conversation))

    def ask_if_complete(self, told: Callable[[bool], None]) -> None:
        """Tell whether the whole list is there, and not a part of it that has come so far."""
        told(self._client.replica.complete)

    def ask_for(self, name: str, told: Callable[[ConversationId | None, ChatError | None], None]) -> None:
        """Ask the server for the conversation with the user of a name: tell either it, or why there is none."""
        found: list[ConversationId] = []

        async def ask() -> None:
            found.append(await self._client.conversation_with(name))

        self.ask(ask(), lambda error: told(found[0] if found else None, error))

    # ---- the end

    def leave(self, sending: Count, left: Callable[[int, int], None]) -> None:
        """Before the program ends: wait until all is sent, a few seconds at most, and only where there is a connection.

        `left` is told how many messages are not sent in the end: those that go out with the next start, those that are
        lost.
        """

        def tell(_error: ChatError | None) -> None:
            lost = self._client.perishable
            left(self._client.waiting - lost, lost)

        if self._is_sending:
            self.ask(self._flush(sending), tell)
        else:
            tell(None)

    def log_out(self, sending: Count, done: Done) -> None:
        """Send what is on its way in the same manner, and end the session."""

        async def log_out() -> None:
            if self._is_sending:
                await self._flush(sending)
            await self._client.log_out()

        self.ask(log_out(), done)

    # ---- anything else

    def ask(self, answer: Awaitable[object], done: Done) -> None:
        """Wait for something beside."""
        self._spawn(self._answer(answer, done))

    # ---- within

    @property
    def _is_sending(self) -> bool:
        return self._client.waiting > 0 and self._client.connection.phase is ConnectionPhase.ONLINE

    async def _flush(self, sending: Count) -> None:
        undo = self._client.subscribe(_Counting(self._client, sending))
        try:
            await self._client.flush()
        finally:
            undo()

    def _do(self, act: Callable[[], object], done: Done) -> None:
        try:
            act()
        except ChatError as error:
            done(error)
        else:
            done(None)

    async def _answer(self, answer: Awaitable[object], done: Done) -> None:
        try:
            await answer
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for a word
            done(as_told(error))
        else:
            done(None)


def as_told(error: Exception) -> ChatError:
    """Return an error as a person can be told it; a mistake of the program is in its log."""
    if isinstance(error, ChatError):
        return error
    log.error("a call of the client has failed", exc_info=error)
    return Internal("this program made a mistake; its log says more")


def _note(error: ChatError | None) -> None:
    """Pass over what became of a fact: it is refused only where the client is closed, and then nobody needs it."""
    if error is not None:
        log.warning("refused: %s", error.message)


class _Counting(Observer):
    """Tells how many messages are on their way, as long as some are."""

    def __init__(self, client: ChatClient, sending: Count) -> None:
        self._client, self._sending = client, sending

    def rows_changed(self, changes: list[Change[Row]]) -> None:  # noqa: ARG002 - the observer's
        self._sending(self._client.waiting)

    def timeline_changed(self, conversation: ConversationId, changes: list[Change[Item]]) -> None:  # noqa: ARG002
        self._sending(self._client.waiting)
