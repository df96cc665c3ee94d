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


@attrs.define
class Viewer:
    """The person at a frontend. `me` is set when the session opens."""

    language: Language
    now: Callable[[], datetime]
    "The time of day as an aware datetime in the viewer's zone."
    people: ListView = attrs.field(kw_only=True)
    "The list, and with it the names of users."
    me: User | None = attrs.field(default=None, kw_only=True)

    is_online: bool = attrs.field(default=False, kw_only=True)
    "Whether there is a connection: without one nobody knows who is active. The desk sets it."

    has_draft: Callable[[ConversationId], bool] = attrs.field(default=lambda _conversation: False, kw_only=True)
    "Whether something was begun in a conversation and left there; the desk sets it."

    @people.default
    def _nobody_yet(self) -> ListView:
        return ListView(self.language.gettext("General chat"))

    @property
    def my_id(self) -> UserId:
        """The id of who is logged in; empty before."""
        return self.me.id if self.me else UserId("")

    def line(self, row: Row) -> RowLine:
        """Say what a row of the list shows."""
        return row_line(
            row,
            me=self.my_id,
            sender_name=self.people.name_of,
            now=self.now(),
            language=self.language,
            has_draft=self.has_draft(row.conversation),
            is_online=self.is_online,
        )
