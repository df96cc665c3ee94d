"""The users of a chat, for the program that has it inside."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

from ..domain.ids import UserId
from ..domain.users import User
from ..service import accounts, roster
from ..service.context import Context

OpenContext = Callable[[], Context]
"""Returns what the use cases work with; raises RuntimeError where the chat is not open."""


class Users:
    """`chat.users`: makes accounts and finds them. `async for user in chat.users` gives all, by their newest facts."""

    def __init__(self, context: OpenContext, end_sessions: Callable[[UserId], Awaitable[None]]) -> None:
        self._context, self._end_sessions = context, end_sessions

    async def create(self, name: str, *, password: str | None = None) -> User:
        """Make an account and return its user; without a password only sessions that the program begins lead into it.

        Raises InvalidName, WeakPassword, NameTaken, Busy, and TypeError for what is no text.
        """
        check_type("name", name, str, "a text")
        if password is not None:
            check_type("password", password, str, "a text or None")
        return await accounts.create(self._context(), name, password)

    async def get(self, who: str | UserId) -> User | None:
        """Return the user who has a name, in any case, or an id; None where nobody has."""
        check_type("who", who, str, "a name or a user's id")
        context = self._context()
        return await accounts.find(context, who) or await context.storage.user(UserId(who))

    async def set_password(self, user: User | UserId, password: str) -> None:
        """Give an account another password, and end all its sessions: whoever knew the former one is out.

        Raises WeakPassword, Busy, NotFound where there is no such user, and TypeError for what is no text.
        """
        check_type("user", user, (User, str), "a user or a user's id")
        check_type("password", password, str, "a text")
        user_id = user.id if isinstance(user, User) else user
        await accounts.set_password(self._context(), user_id, password)
        await self._end_sessions(user_id)

    async def __aiter__(self) -> AsyncIterator[User]:
        after, more = 0, True
        while more:
            users, after, more = await roster.users(self._context(), after)
            for user in users:
                yield user


def check_port(name: str, adapter: object, port: type) -> None:
    """Raise TypeError, with a sentence, where an adapter lacks what its port promises."""
    lacking = [each for each in dir(port) if not each.startswith("_") and not callable(getattr(adapter, each, None))]
    if lacking:
        msg = f"{name} is no {port.__name__}: {adapter!r:.40} has no {', no '.join(lacking[:3])}"
        raise TypeError(msg)


def check_type(name: str, value: object, kind: type | tuple[type, ...], expected: str) -> None:
    """Raise TypeError, with a sentence, where an argument is not what it has to be."""
    if not isinstance(value, kind):
        msg = f"{name} is {expected}, not {value!r:.40}"
        raise TypeError(msg)
