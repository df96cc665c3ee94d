"""The subcommands for scripts: register, send, history, tail, list."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import attrs

from chatcore import ChatClient, Conversation, ConversationId, Message, Row, Unreachable, UserId
from chatcore.domain.conversations import named
from chatcore.errors import Phrase
from chatcore.ports.clock import Clock
from chatcore.view.text import clean, clean_line

from .cells import cut, wrap
from .records import message_record, sender_record

PATIENCE = 30.0
"""Seconds that a script waits for its answer."""

_INDENT = "    "
"""Before each line of a message but its first."""


@attrs.frozen
class Script:
    """A client without a screen, and where its lines go."""

    client: ChatClient
    clock: Clock
    local: Callable[[datetime], datetime]
    "Brings a moment into the user's zone."
    write: Callable[[str], None] = print
    "Takes a line; what comes from others is harmless for a terminal already."
    as_json: bool = False
    is_ascii: bool = False
    "Whether JSON is written in ASCII: for a terminal, whose cursor it then cannot move."
    columns: Callable[[], int] | None = None
    "How wide the terminal is that shows the lines; None where they go elsewhere, which gets them as they are."

    async def nothing(self) -> None:
        """Do no more than to come in."""

    async def send(self, name: str, text: str) -> None:
        """Post a message; return when it is stored."""
        conversation = await self._conversation(name)
        try:
            async with self.clock.timeout(PATIENCE):
                await self.client.post(conversation, text)
        except TimeoutError:
            if self.client.unkept is None:
                msg = Phrase("no answer came in time; the message waits and goes out with the next start")
            else:
                msg = Phrase("no answer came in time; the message may be stored or not")
            raise Unreachable(msg) from None

    async def history(self, name: str, limit: int | None, before: int | None = None) -> None:
        """Write the last messages of a conversation before a seq, or of all, oldest first; without a limit all."""
        conversation = await self._conversation(name)
        await self._complete()
        if limit is not None:
            for message in await self.client.history(conversation, before=before, limit=limit):
                self._message(message)
            return
        async for message in self.client.all_history(conversation):  # a page at a time, however many there are
            if before is not None and message.seq >= before:
                break
            self._message(message)

    async def list(self) -> None:
        """Write the list of users and conversations, in its order."""
        await self._complete()
        for row in self.client.replica.rows:
            self.write(self._json(self._row_as_dict(row)) if self.as_json else self._cut(self._row_line(row)))

    async def tail(self) -> None:
        """Write each message as it comes, until the session ends. Raises LoggedOut then."""
        await self._complete()
        async for message in self.client.messages():  # until it is interrupted, or its reader has had enough
            self._message(message, names_conversation=True)

    async def _conversation(self, name: str) -> ConversationId:
        """Return the conversation of an account's name, as it is written out: perhaps with an `@` before it."""
        return named(name) or await self.client.conversation_with(name.removeprefix("@"))

    async def _complete(self) -> None:
        """Wait until the whole list and the names of all users are here."""
        try:
            async with self.clock.timeout(PATIENCE):
                await self.client.synced()
        except TimeoutError:
            raise Unreachable(Phrase("the list of users did not come in time")) from None

    def _message(self, message: Message, *, names_conversation: bool = False) -> None:
        if self.as_json:
            self.write(self._json(message_record(self.client, message)))
            return
        sender = self._called(message.sender)
        name = Conversation.of(message.conversation).name
        where = f" → {name}" if names_conversation and name else ""
        text = f"{self.local(message.sent_at):%Y-%m-%d %H:%M} {sender}{where}: {clean(message.text)}"
        lines = text.split("\n") if self.columns is None else wrap(text, self.columns() - len(_INDENT))
        self.write(f"\n{_INDENT}".join(lines))

    def _row_as_dict(self, row: Row) -> dict[str, object]:
        last = row.last and {
            "seq": row.last.seq,
            **sender_record(self.client, row.last.sender),
            "sent_at": row.last.sent_at.isoformat(),
            "text": row.last.text,
        }
        return {
            "name": row.name if row.user is None else row.account,
            "display_name": row.name,
            "conversation": row.conversation,
            "active": row.active and not row.disabled,
            "disabled": row.disabled,
            "unread": row.unread,
            "last": last,
        }

    def _called(self, user: UserId) -> str:
        """Return what a user is called on a line: with the account's name, which scripts take, where it is another."""
        known = self.client.replica.user(user)
        shown = clean_line(known.display_name) if known else user
        return (
            shown if known is None or known.name in {"", known.display_name} else f"{shown} @{clean_line(known.name)}"
        )

    def _json(self, record: dict[str, object]) -> str:
        return json.dumps(record, ensure_ascii=self.is_ascii)

    def _cut(self, line: str) -> str:
        """Return as much of a line as a terminal shows on one."""
        return line if self.columns is None else cut(line, self.columns())

    def _row_line(self, row: Row) -> str:
        state = "disabled" if row.disabled else "active  " if row.active else "inactive"
        name = clean_line(row.name) if row.user is None else self._called(row.user)
        time = f"{self.local(row.last.sent_at):%Y-%m-%d %H:%M}" if row.last else ""
        text = clean_line(row.last.text) if row.last else ""
        return f"{state} {row.unread:>4} {name:<32} {time:<16} {text}".rstrip()
