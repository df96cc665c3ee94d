"""The ways into a server: each makes the credentials that a connection begins with."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from ..domain.generations import Point
from ..domain.ids import Token
from ..errors import ChatError
from ..ports.given import Given, asked, check_token
from ..wire import frames as f

Admission = Callable[[int, Point | None], f.Credentials]
"""Makes the credentials from a request's number and from what the server told last."""


def register(name: str, password: str, invitation: str | None = None) -> Admission:
    """Return the way in by registering, with the code of an invitation where one is needed."""
    return lambda number, _: f.Register(number, name, password, invitation)


def log_in(name: str, password: str) -> Admission:
    """Return the way in by name and password."""
    return lambda number, told: f.LogIn(number, name, password, told)


def resume(token: Token) -> Admission:
    """Return the way in by the token of a session."""
    return lambda number, told: f.Resume(number, token, told)


def enter() -> Admission:
    """Return the way in as whom the application knows by the handshake."""
    return f.Enter


@attrs.frozen
class TokenToAsk:
    """The way in by the token that a program gives at each dial."""

    _give: Given[str] = attrs.field(repr=False)

    async def ask(self) -> Token:
        """Return the token. Raises Unreachable where the program gives none, and what else it raises of ours."""
        return await asked("token", self._give, check_token)


Entry = Admission | TokenToAsk


class AdmissionRefusedError(Exception):
    """The server refused to let the user in; `error` says why."""

    def __init__(self, error: ChatError) -> None:
        super().__init__(error.message)
        self.error = error
