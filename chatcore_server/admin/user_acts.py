"""What a running server does with accounts for its operator."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime

import attrs

from chatcore import BadFrame, NotFound, User, Users

from . import frames as f
from .listener import Act

log = logging.getLogger(__name__)

PAGE = 200
"""How many users are told at a time."""


@attrs.frozen
class UserActs:
    """The acts on the users of one server."""

    users: Users

    def table(self) -> Mapping[type, Act]:
        """Return the act for each kind of request."""
        return {
            f.ListUsers: self._list,
            f.RenameUser: self._rename,
            f.ShowUserAs: self._show_as,
            f.DisableUser: self._disable,
            f.BanUser: self._ban,
            f.EnableUser: self._enable,
            f.EraseUser: self._erase,
        }

    async def _list(self, request: f.ListUsers) -> f.ListedUsers:
        page = [user async for user in self.users if user.number > request.after]
        page.sort(key=lambda user: user.number)
        return f.ListedUsers(tuple(page[:PAGE]), len(page) > PAGE)

    async def _rename(self, request: f.RenameUser) -> f.ChangedUser:
        return await self._changed(request.name, lambda user: self.users.rename(user, request.to), "renamed")

    async def _show_as(self, request: f.ShowUserAs) -> f.ChangedUser:
        shown = request.display_name or None
        return await self._changed(
            request.name, lambda user: self.users.set_display_name(user, shown), "given another display name"
        )

    async def _disable(self, request: f.DisableUser) -> f.ChangedUser:
        return await self._changed(request.name, lambda user: self.users.disable(user, request.reason), "disabled")

    async def _ban(self, request: f.BanUser) -> f.ChangedUser:
        until = None if request.until_ms is None else datetime.fromtimestamp(request.until_ms / 1000, UTC)
        return await self._changed(
            request.name, lambda user: self.users.ban(user, request.reason, until=until), "banned"
        )

    async def _enable(self, request: f.EnableUser) -> f.ChangedUser:
        return await self._changed(request.name, self.users.enable, "enabled")

    async def _erase(self, request: f.EraseUser) -> f.ChangedUser:
        return await self._changed(request.name, self.users.erase, "erased")

    async def _changed(
        self, name: str, change: Callable[[User], Coroutine[object, object, User]], done: str
    ) -> f.ChangedUser:
        """Change the user of a name or id. Raises NotFound, and whatever the change does."""
        user = await self.users.get(name)
        if user is None:
            msg = f"there is no user {name}"
            raise NotFound(msg, field="name")
        try:
            changed = await change(user)
        except ValueError as wrong:
            raise BadFrame(str(wrong)) from wrong
        log.info("an operator has user %s %s", changed.id, done)
        return f.ChangedUser(changed)
