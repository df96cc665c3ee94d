"""Whom a program means: a user by name or by id, and the conversation with them."""

from __future__ import annotations

from ..domain.conversations import direct
from ..domain.ids import ConversationId, UserId, is_user_id
from ..domain.users import User
from ..errors import LoggedOut
from .patience import Patience
from .queries import Queries
from .replica import Replica


class Partners:
    """Finds users, in the directory where it has them, else by asking the server."""

    def __init__(self, queries: Queries, patience: Patience, replica: Replica) -> None:
        self._queries, self._patience, self._replica = queries, patience, replica

    async def conversation_with(self, user: str | UserId | User) -> ConversationId:
        """Return the id of the conversation with a user. Raises NotFound and Unreachable."""
        other = user.id if isinstance(user, User) else (await self._by_id(user) or await self._by_name(user)).id
        if self._replica.me is None:
            raise LoggedOut
        return direct(self._replica.me.id, other)

    async def _by_id(self, user: str) -> User | None:
        """Find the user whose id this is: an id is meant rather than a name that looks like one."""
        if not is_user_id(user):
            return None
        known = self._replica.user(UserId(user))
        if known is None and not self._replica.complete:
            await self._patience.complete()
            known = self._replica.user(UserId(user))
        return known

    async def _by_name(self, name: str) -> User:
        return await self._patience.ask(lambda: self._queries.user(name))
