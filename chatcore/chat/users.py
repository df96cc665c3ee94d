"""The users of a chat, for the program that has it inside."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from types import NoneType
from unicodedata import category

from ..domain.ids import UserId, is_user_id
from ..domain.rates import Rate
from ..domain.users import User, kept_out
from ..errors import MAX_REASON, Banned, NotFound
from ..service import account_changes, accounts, roster
from ..service.account_changes import MAX_KEY
from ..service.context import Context

LONGEST = timedelta(days=100 * 365)

OpenContext = Callable[[], Context]
"""Returns what the use cases work with; raises RuntimeError where the chat is not open."""


class Users:
    """`chat.users`: makes accounts and finds them. `async for user in chat.users` gives all, by their newest facts."""

    def __init__(self, context: OpenContext, end: Callable[[str], None]) -> None:
        """`end` ends the connections of a session at every host."""
        self._context, self._end = context, end

    async def create(self, name: str, *, password: str | None = None, display_name: str | None = None) -> User:
        """Make an account and return its user; without a password only sessions that the program begins lead into it.

        Raises InvalidName, WeakPassword, CommonPassword, NameTaken, Busy, and TypeError for what is no text.
        """
        check_type("name", name, str, "a text")
        check_text("password", password)
        check_text("display_name", display_name)
        return await accounts.create(self._context(), name, password, display_name=display_name)

    async def ensure(self, key: str, *, display_name: str | None = None, name: str | None = None) -> User:
        """Return the user whom the program knows by `key`: made where there is none, else brought up to date.

        `key` is any text of 1 to 255 characters, such as the id in the program's own table; it is told to nobody. What
        is None stays as it is; where nothing differs nothing is written, so this may be called at each request. A new
        account's name is made from the display name unless it is given: `ann.kowalska`, with a number when that is
        taken, and `user` where there is none. Raises InvalidName, NameTaken where `name` is somebody else's, NotFound
        where the account was erased meanwhile, Busy, TypeError and ValueError.
        """
        check_line("key", key, 1, MAX_KEY)
        check_text("display_name", display_name)
        check_text("name", name)
        return await account_changes.ensure(self._context(), key, display_name, name)

    async def get(self, who: str | UserId) -> User | None:
        """Return the user who has a name, in any case, or an id; None where nobody has."""
        check_type("who", who, str, "a name or a user's id")
        context = self._context()
        found = await accounts.find(context, who)
        return found or (await context.storage.user(UserId(who)) if is_user_id(who) else None)

    async def key_of(self, user: User | UserId) -> str | None:
        """Return the key by which the program knows a user; None where it has given none. Raises NotFound."""
        account = await self._context().storage.account_of(id_of(user))
        if account is None:
            raise NotFound(field="user")
        return account.key

    async def rename(self, user: User | UserId, name: str) -> User:
        """Give an account another name, and return its user as they are then; everybody sees it at once.

        The former name stays taken for 90 days, but for this program. Raises NotFound, InvalidName, NameTaken.
        """
        check_type("name", name, str, "a text")
        return await account_changes.rename(self._context(), id_of(user), name)

    async def set_display_name(self, user: User | UserId, display_name: str | None) -> User:
        """Have a user shown by another name, which others may have, too; None stands for the account's.

        It has 1 to 64 characters that can be seen, and no @. Raises NotFound and InvalidName.
        """
        check_text("display_name", display_name)
        return await account_changes.set_display_name(self._context(), id_of(user), display_name or "")

    async def disable(self, user: User | UserId, reason: str = "") -> User:
        """Keep somebody out: their sessions end within a second, nobody can write to them, and they are shown grey.

        What they wrote stays. The reason is for the log and for those who run the chat, and has at most 200 characters;
        that of somebody who is disabled already is replaced, and a ban is none any more. Raises NotFound, TypeError and
        ValueError.
        """
        check_line("reason", reason, 0, MAX_REASON)
        return await account_changes.disable(self._context(), id_of(user), reason)

    async def ban(
        self,
        user: User | UserId,
        reason: str = "",
        *,
        until: datetime | None = None,
        lasts: timedelta | None = None,
    ) -> User:
        """Keep somebody out as `disable` does, and tell them why and until when; then they are let in by themselves.

        It ends at `until`, an aware time to come, or when it has lasted as long; without both only `enable` ends it, as
        it does before its time. The reason has at most 200 characters. Raises NotFound, TypeError and ValueError.
        """
        check_line("reason", reason, 0, MAX_REASON)
        context = self._context()
        now = datetime.fromtimestamp(context.watched_clock.trusted_ms() / 1000, UTC)
        end = end_of("a ban", now, until, lasts)
        until_ms = None if end is None else round(end.timestamp() * 1000)
        return await account_changes.ban(context, id_of(user), reason, until_ms)

    async def ban_of(self, user: User | UserId) -> Banned | None:
        """Return what a banned user is told, why and until when; None for who is not banned. Raises NotFound."""
        account = await self._context().storage.account_of(id_of(user))
        if account is None:
            raise NotFound(field="user")
        error = kept_out(account.exclusion) if account.user.disabled else None
        return error if isinstance(error, Banned) else None

    async def enable(self, user: User | UserId) -> User:
        """Let somebody in again, with another session. Raises NotFound."""
        return await account_changes.enable(self._context(), id_of(user))

    async def erase(self, user: User | UserId) -> User:
        """Forget names, key, password and sessions of somebody for good: others see a deleted user.

        Their id and the texts that they wrote stay. An erased account is never changed again. Raises NotFound.
        """
        return await account_changes.erase(self._context(), id_of(user))

    async def set_password(self, user: User | UserId, password: str) -> None:
        """Give an account another password, and end all its sessions: whoever knew the former one is out.

        Raises WeakPassword, CommonPassword, Busy, NotFound where there is no such user, and TypeError for what is no
        text.
        """
        check_type("password", password, str, "a text")
        for session in await accounts.set_password(self._context(), id_of(user), password):
            self._end(session)

    def set_post_rate(self, user: User | UserId, rate: Rate | None) -> None:
        """Let a user post at another rate than all others, until the chat is closed; None is that of all again.

        Raises TypeError for what is no `chatcore.Rate`.
        """
        check_type("user", user, (User, str), "a user or a user's id")
        check_type("rate", rate, (Rate, type(None)), "a chatcore.Rate or None")
        self._context().throttle.set_post_rate(user.id if isinstance(user, User) else user, rate)

    async def __aiter__(self) -> AsyncIterator[User]:
        after, more = 0, True
        while more:
            users, after, more = await roster.users(self._context(), after)
            for user in users:
                yield user


def end_of(what: str, now: datetime, until: datetime | None, lasts: timedelta | None) -> datetime | None:
    """Return when something ends, None where it never does. Raises TypeError and ValueError, with a sentence."""
    check_type("until", until, (datetime, NoneType), "an aware datetime or None")
    check_type("lasts", lasts, (timedelta, NoneType), "a timedelta or None")
    if lasts is not None:
        if until is not None:
            msg = f"{what} ends at a time, or when it has lasted so long: not both"
            raise ValueError(msg)
        until = now + min(lasts, LONGEST)
    elif until is not None and until.tzinfo is None:
        msg = f"until is an aware datetime, {until} has no time zone"
        raise ValueError(msg)
    if until is not None and not now < until <= now + LONGEST:
        msg = f"{what} ends in the future, within {LONGEST.days // 365} years: not at {until}"
        raise ValueError(msg)
    return until


def id_of(user: User | UserId) -> UserId:
    """Return a user's id; raise TypeError for what is neither a user nor an id, NotFound for what nobody can have.

    What a program was sent may be any text, also such as no storage takes.
    """
    if isinstance(user, User):
        return user.id
    check_type("user", user, str, "a user or a user's id")
    if not is_user_id(user):
        raise accounts.no_such_user(user)
    return user


def check_text(name: str, value: object) -> None:
    """Raise TypeError, with a sentence, where an argument is neither a text nor None."""
    if value is not None:
        check_type(name, value, str, "a text or None")


def check_line(name: str, value: object, least: int, most: int) -> None:
    """Raise TypeError or ValueError, with a sentence, unless it is a text of such a length, for one line."""
    check_type(name, value, str, "a text")
    text = str(value)
    if not least <= len(text) <= most:
        msg = f"{name} has {least} to {most} characters, this one has {len(text)}"
        raise ValueError(msg)
    if any(category(character) in {"Cc", "Cs"} for character in text):
        msg = f"{name} has a control character or half a character in it: {text!r:.40}"
        raise ValueError(msg)


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
