"""What a log-in asks for, and which of its fields an error belongs beside."""

from __future__ import annotations

from urllib.parse import urlsplit

import attrs

from ..domain.addresses import unix_path
from ..errors import ChatError, NameTaken, WrongCredentials
from .language import Language

FIELDS = ("server", "name", "password", "invitation")
"""In their order. The last one is shown only where the server has asked for it."""

_FIELDS = {
    "invalid_invitation": "invitation",
    "invalid_name": "name",
    "invitation_needed": "invitation",
    "name_taken": "name",
    "unreachable": "server",
    "unsupported_version": "server",
    "weak_password": "password",
    "common_password": "password",
    "wrong_credentials": "password",
}
"Beside which field an error stands where it does not say so itself."


@attrs.frozen
class Credentials:
    """What was filled in."""

    server: str
    name: str
    password: str = attrs.field(repr=False)
    is_new: bool
    "Whether to register."
    invitation: str | None = attrs.field(default=None, repr=False)
    "The code of an invitation, where one was asked for."

    def wrong_field(self, language: Language) -> tuple[str, str] | None:
        """Return the first field that cannot be right (`server`, `name`, …) and why; None where all can."""
        say = language.gettext
        if not is_address(self.server):
            return "server", say("An address begins with ws:// or wss:// and names a host.")
        if not self.name:
            return "name", say("Under which name?")
        if not self.password:
            return "password", say("The password is missing.")
        return None


def field_of(error: ChatError) -> str | None:
    """Return the field (one of FIELDS) beside which an error belongs; None for none of them."""
    return error.field if error.field in FIELDS else _FIELDS.get(error.code)


def advice(error: ChatError, language: Language) -> str:
    """Say what to do about an error that people meet in their first minute; empty for others."""
    match error:
        case WrongCredentials():
            return language.gettext("Are you new here? Then choose Register.")
        case NameTaken():
            return language.gettext("Is it yours? Then choose Log in.")
        case _:  # the error says by itself what is to be done
            return ""


def is_address(text: str) -> bool:
    """Return whether this can be a server's address."""
    try:
        parts = urlsplit(text)
        if unix_path(text):
            return True
        return parts.scheme in {"ws", "wss"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
