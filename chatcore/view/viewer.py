"""Who looks, where and when: what the words on a screen depend on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import attrs

from ..domain.ids import UserId
from ..domain.users import User
from .language import Language
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

    @people.default
    def _nobody_yet(self) -> ListView:
        return ListView(self.language.gettext("General chat"))

    @property
    def my_id(self) -> UserId:
        """The id of who is logged in; empty before."""
        return self.me.id if self.me else UserId("")
