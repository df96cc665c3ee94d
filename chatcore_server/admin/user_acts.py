"""What a running server does with accounts for its operator."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Mapping

import attrs

from chatcore import BadFrame, NotFound, Session, Sessions, User, Users
from chatcore.domain.sessions import SessionRecord

from . import frames as f
from .listener import Act
from .times import moment

log = logging.getLogger(__name__)

MOST_SESSIONS = 100
"""Sessions in one answer."""

PAGE = 200
"""How many users are told at a time."""


@attrs.frozen
class UserActs:
    """The acts on the users of one server."""

    users: Users
    sessions: Sessions

    def table(self) -> Mapping[type, Act]:
        """Return the act for each kind of request."""
        return {
            f.ListUsers: self._list,
            f.AddUser: self._add,
            f.SetPassword: self._set_password,
            f.ListSessions: self._list_sessions,
            f.EndSessions: self._end_sessions,
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
        told = tuple(page[:PAGE])
        return f.ListedUsers(told, await self._bans(told), len(page) > PAGE)

    async def _add(self, request: f.AddUser) -> f.ChangedUser:
        return await self._told(await self.users.create(request.name, password=request.password))

    async def _set_password(self, request: f.SetPassword) -> f.ChangedUser:
        user = await self._user(request.name)
        await self.users.set_password(user, request.password)
        return await self._told(user)

    async def _list_sessions(self, request: f.ListSessions) -> f.ListedSessions:
        found = await self.sessions.of(await self._user(request.name))
        return f.ListedSessions(tuple(map(_record, found[:MOST_SESSIONS])))

    async def _end_sessions(self, request: f.EndSessions) -> f.EndedSessions:
        user = await self._user(request.name)
        of_user = await self.sessions.of(user)
        if request.session is None:
            await self.sessions.end_all(user)
            return f.EndedSessions(len(of_user))
        meant = [session for session in of_user if session.id.startswith(request.session)]
        if len(meant) != 1:
            msg = f"{len(meant) or 'no'} sessions of {request.name} begin with {request.session[:64]}"
            raise NotFound(msg, field="session")
        await self.sessions.end(meant[0])
        return f.EndedSessions(1)

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
        until = moment(request.until_ms, "until_ms")
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
        user = await self._user(name)
        try:
            changed = await change(user)
        except ValueError as wrong:
            raise BadFrame(str(wrong)) from wrong
        log.info("an operator has user %s %s", changed.id, done)
        return await self._told(changed)

    async def _told(self, user: User) -> f.ChangedUser:
        return f.ChangedUser(user, await self._bans((user,)))

    async def _bans(self, users: tuple[User, ...]) -> tuple[f.Ban, ...]:
        bans = []
        for user in users:
            ban = await self.users.ban_of(user) if user.disabled else None
            if ban is not None:
                bans.append(f.Ban(user.id, None if ban.until is None else round(ban.until.timestamp() * 1000)))
        return tuple(bans)

    async def _user(self, name: str) -> User:
        user = await self.users.get(name)
        if user is None:
            msg = f"there is no user {name}"
            raise NotFound(msg, field="name")
        return user


def _record(session: Session) -> SessionRecord:
    begun, used = (round(at.timestamp() * 1000) for at in (session.begun, session.last_used))
    return SessionRecord(session.id, session.label, begun, used, session.address)
