"""A program's own session, begun from another program's on the same machine, so that nobody types a password twice."""

from __future__ import annotations

import logging
import platform
from collections.abc import Callable
from contextlib import suppress

from ..client.client import ChatClient
from ..domain.sessions import MAX_LABEL
from ..errors import BadFrame, ChatError, NotAllowed
from .profiles import Profile

log: logging.Logger = logging.getLogger(__name__)


class OwnSession:
    """Gives the token of a program's own session, and begins it when it is asked for the first time."""

    def __init__(
        self, profile: Profile, label: str, connect: Callable[[str], ChatClient], keep: Callable[[str], str]
    ) -> None:
        """`profile` has a borrowed token; `connect` makes a client that goes on with a session.

        `keep` keeps a token for the next start, and returns the one to use.
        """
        self._borrowed, self._label, self._connect, self._keep = profile.token or "", label, connect, keep
        self._own = ""

    async def __call__(self) -> str:
        """Return the token. Raises Unreachable, and LoggedOut where the other program's session has ended.

        It is that of the other program where the server cannot, or will not, begin another session.
        """
        if not self._own:
            self._own = await self._begin()
        return self._own

    async def _begin(self) -> str:
        async with self._connect(self._borrowed) as client:
            try:
                begun = await client.begin_session(self._label)
            except (BadFrame, NotAllowed) as error:
                log.info("no session of its own for %s: %s", self._label, error.message)
                return self._borrowed
        kept = self._keep(begun)
        if kept != begun:
            with suppress(ChatError):  # it grows old by itself
                async with self._connect(begun) as client:
                    await client.log_out()
        return kept


def label_of(program: str) -> str:
    """Return what tells people which program of which machine a session is for."""
    machine = "".join(character for character in platform.node() if character.isprintable())
    return " ".join(filter(None, ("chatcore", program, machine and f"on {machine}")))[:MAX_LABEL]
