"""Whom an application lets in: what a listener hands over beside the link of who comes."""

from __future__ import annotations

import attrs

from ..domain.ids import UserId


@attrs.frozen
class Guest:
    """A user whom the application that the chat is in has let in: it has asked them who they are."""

    user: UserId
    host: str | None
    "The digest of the application's own session, where it has told of one."
    since: float
    "When it was asked about them, by the host's monotonic clock."
