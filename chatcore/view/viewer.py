"""Who looks, where and when: what the words on a screen depend on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import attrs

from ..domain.ids import ConversationId, UserId
from ..domain.roster import Row
from ..domain.users import User
from .language import Language
from .lines import RowLine, row_line
from .list_view import ListView
from .names import ShownName
from .sentences import cannot_write_text


@attrs.define
class Viewer:
    """The person at a frontend. `me` is set when the session opens."""

    language: Language
    now: Callable[[], datetime]
    "The time of day as an aware datetime in the viewer's zone."
    people: ListView = attrs.field(kw_only=True)
    "The list, and with it the names of users."

    is_online: bool = attrs.field(default=False, kw_only=True)
    "Whether there is a connection: without one nobody knows who is active. The desk sets it."

    draft_of: Callable[[ConversationId], str] = attrs.field(default=lambda _conversation: "", kw_only=True)
    "What was begun in a conversation and left there; the desk sets it."

    @people.default
    def _nobody_yet(self) -> ListView:
        return ListView(self.language)

    @property
    def me(self) -> User | None:
        """Who is logged in, as they are now; None before the session is open."""
        return self.people.me

    @me.setter
    def me(self, user: User | None) -> None:
        self.people.me = user

    @property
    def my_name(self) -> ShownName:
        """What the viewer is called; empty before the session is open."""
        return self.people.name_of(self.my_id)

    @property
    def my_id(self) -> UserId:
        """The id of who is logged in; empty before."""
        return self.me.id if self.me else UserId("")

    def cannot_write(self, conversation: ConversationId | None) -> str:
        """Say why nobody can write in a conversation, as a whole sentence; empty where people can."""
        row = self.people.row(conversation)
        return cannot_write_text(row, self.language) if row else ""

    def line(self, row: Row) -> RowLine:
        """Say what a row of the list shows."""
        return row_line(
            row,
            me=self.my_id,
            names=self.people.names,
            now=self.now(),
            language=self.language,
            draft=self.draft_of(row.conversation),
            is_online=self.is_online,
        )
