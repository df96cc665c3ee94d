"""Who looks, where and when: what the library's words depend on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import attrs

from chatcore.domain.users import User
from chatcore.view.language import Language
from chatcore.view.list_view import ListView


@attrs.define
class Viewer:
    """The person at the window. `me` is set when the session opens."""

    language: Language
    now: Callable[[], datetime]
    "The time of day as an aware datetime in the viewer's zone."
    people: ListView
    "The directory: names of users."
    me: User | None = None

    @property
    def my_id(self) -> str:
        """The id of who is logged in; empty before."""
        return self.me.id if self.me else ""
