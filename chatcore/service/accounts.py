"""Registering, logging in and out, and going on with a session."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256

import attrs

from ..domain.display_names import check_display_name
from ..domain.ids import Token, UserId
from ..domain.passwords import check_password, password_forms
from ..domain.sessions import MOST_BEGUN, check_label
from ..domain.users import AccountName, NewUser, User, UserChange, check_may_enter
from ..errors import InvalidName, InvitationNeeded, LoggedOut, NotAllowed, NotFound, TemporaryError, WrongCredentials
from ..ports.storage import Account
from . import invitations
from .context import Context
from .sessions import ages, is_of_guest, of


def digest(token: Token) -> str:
    """Return what is kept of a token: its SHA-256. A token has 256 random bits, so that no slow hash is needed."""
    return sha256(token.encode()).hexdigest()


NO_PASSWORD = ""
"""In the place of the hash of an account into which no password leads."""


async def register(ctx: Context, name: str, password: str, address: str = "", code: str | None = None) -> User:
    """Make an account for oneself; `code` is that of an invitation, which is used only where one is needed.

    Raises InvalidName, WeakPassword, CommonPassword, NameTaken, InvitationNeeded, InvalidInvitation, NotAllowed,
    SlowDown, Busy.
    """
    if ctx.registration == "closed" or not ctx.passwords:
        msg = "nobody can register here: whoever runs the chat makes the accounts"
        raise NotAllowed(msg)
    if ctx.registration == "invitation" and not code:
        raise InvitationNeeded(field="invitation")
    wanted = account_name(ctx, name)
    check_password(password, (name,))  # what is refused for itself does not count
    # Before it is looked whether the name is taken: who is not invited learns nothing of who is here.
    invitation = await invitations.admitting(ctx, code, address) if code and ctx.registration == "invitation" else None
    ctx.throttle.register(address)
    async with ctx.throttle.hashing(wanted.folded, address):
        return await create(ctx, name, password, is_own=True, invitation=invitation)


async def create(
    ctx: Context,
    name: str,
    password: str | None,
    *,
    display_name: str | None = None,
    is_own: bool = False,
    invitation: str | None = None,
) -> User:
    """Make an account; without a password it is entered by sessions that the host begins.

    `invitation` is the id of one that is used with it. Raises InvalidName, WeakPassword, CommonPassword, NameTaken,
    InvalidInvitation, Busy.
    """
    wanted = account_name(ctx, name)
    shown = "" if display_name is None else check_display_name(display_name)
    password_hash = NO_PASSWORD if password is None else await ctx.hasher.hash(check_password(password, (name,)))
    new = NewUser(ctx.ids.user_id(), wanted, password_hash, display_name=shown, is_own=is_own, invitation=invitation)
    return await ctx.storage.add_user(new, ctx.clock.now_ms())


def account_name(ctx: Context, name: str) -> AccountName:
    """Return a name that an account may have from now on. Raises InvalidName."""
    folded = ctx.names.fold(name)
    ctx.names.check_new(folded)
    return AccountName(name, folded)


async def find(ctx: Context, name: str) -> User | None:
    """Return who has a name, None where nobody has or could have it."""
    account = await _account(ctx, name)
    return account.user if account else None


async def known(ctx: Context, user: UserId) -> User:
    """Return the user with an id. Raises NotFound where nobody has it."""
    found = await ctx.storage.user(user)
    if found is None:
        raise no_such_user(user)
    return found


def no_such_user(user: str) -> NotFound:
    """Return what is raised where nobody has an id, or nobody can have it."""
    return NotFound(f"there is no user with the id {user[:40]!a}", field="user")


async def check_credentials(ctx: Context, name: str, password: str, address: str = "") -> User:
    """Return the user whose name and password these are. Raises WrongCredentials, the same for an unknown name.

    Where nobody has a password it raises NotAllowed; SlowDown where too many were wrong, and Busy.
    """
    return (await _checked(ctx, name, password, address)).user


async def _checked(ctx: Context, name: str, password: str, address: str) -> Account:
    if not ctx.passwords:
        msg = "nobody logs in with a password here"
        raise NotAllowed(msg)
    # Also of the throttle: it counts by the name that was typed, whoever has it.
    async with ctx.throttle.guess(_counted(ctx, name), address):
        account = await _verified(ctx, name, password)
    over = UserChange(disabled=False, over_at_ms=ctx.watched_clock.trusted_ms())
    if account.user.disabled and over.applies(account.exclusion):  # who comes need not wait until that is noticed
        account = attrs.evolve(account, user=await ctx.storage.change_user(account.user.id, over, ctx.clock.now_ms()))
    check_may_enter(account.user, account.exclusion)
    return account


async def _verified(ctx: Context, name: str, password: str) -> Account:
    account = await _account(ctx, name)
    if not await _belongs(ctx, account, password) or account is None:
        raise WrongCredentials
    return account


async def _belongs(ctx: Context, account: Account | None, password: str) -> bool:
    # How many forms are tried hangs on what was typed alone: the time does not tell whether there is an account.
    for form in password_forms(password):
        if await ctx.hasher.verify((account and account.password_hash) or None, form):
            return True
    return False


def _counted(ctx: Context, name: str) -> str:
    """Return by what a log-in counts: short, however long that is which somebody says."""
    try:
        return ctx.names.fold(name)
    except InvalidName:
        return name[:64]


async def log_in(ctx: Context, name: str, password: str, address: str = "") -> tuple[User, Token]:
    """Begin a session of the user whose name and password these are.

    Raises WrongCredentials, NotAllowed, SlowDown, Busy.
    """
    account = await _checked(ctx, name, password, address)
    token = await begin_session(ctx, account.user.id)
    # Another password ends all the sessions there are: one that began while it was changed would outlive it.
    now = await ctx.storage.account_of(account.user.id)
    is_same = now is not None and now.password_hash == account.password_hash
    if not is_same and not await _belongs(ctx, now, password):  # a new hash may be of the same password
        await log_out(ctx, digest(token))
        raise WrongCredentials
    if ctx.hasher.is_weak(account.password_hash):
        await _renew_hash(ctx, account, password, address)
    return account.user, token


async def _renew_hash(ctx: Context, account: Account, password: str, address: str) -> None:
    """Hash a password anew whose hash is from a time of cheaper ones; the next log-in is another chance."""
    with suppress(TemporaryError):
        async with ctx.throttle.hashing(_counted(ctx, account.user.name), address):
            renewed = await ctx.hasher.hash(password_forms(password)[0])
        await ctx.storage.renew_hash(account.user.id, account.password_hash, renewed)


async def begin_session(ctx: Context, user: UserId, label: str = "", lasts_ms: int | None = None) -> Token:
    """Make a session and give its token, which is kept nowhere."""
    token = ctx.ids.token()
    await ctx.storage.add_session(digest(token), user, ctx.watched_clock.trusted_ms(), label, lasts_ms=lasts_ms)
    return token


async def begin_another(ctx: Context, user: UserId, session: str, label: str) -> Token:
    """Make another session of a user, from the one with this digest, and give its token, which is kept nowhere.

    It lives no longer than that one could. Raises TooLong and BadText for the label, NotAllowed where the application
    says who comes, or there are too many, and LoggedOut where the first one has ended.
    """
    check_label(label)
    if is_of_guest(session):
        msg = "the application says who comes here: there are no other sessions than by its log-in"
        raise NotAllowed(msg)
    if len(await of(ctx, user)) >= MOST_BEGUN:
        msg = f"there are {MOST_BEGUN} sessions of yours: end some of them first"
        raise NotAllowed(msg)
    token = ctx.ids.token()
    await ctx.storage.add_session_like(digest(token), session, ages(ctx), label)
    return token


async def resume(ctx: Context, token: Token) -> User:
    """Return the user whose session this is. Raises LoggedOut where it has ended or grown too old."""
    return await user_of(ctx, digest(token))


async def user_of(ctx: Context, session: str, address: str = "") -> User:
    """Return the user of the session with this digest, which is used now from an address. Raises LoggedOut."""
    user = await ctx.storage.session(session, ages(ctx), address)
    if user is None:
        raise LoggedOut
    return user


async def renew(ctx: Context, sessions: Sequence[str]) -> Sequence[str]:
    """The sessions with these digests are in use; return those that have grown too old, and are forgotten."""
    return await ctx.storage.renew_sessions(sessions, ages(ctx))


async def use(ctx: Context, sessions: Sequence[str]) -> None:
    """The sessions with these digests are in use; note it where `renew` would come too late for that."""
    await ctx.storage.use_sessions(sessions, ctx.watched_clock.trusted_ms())


async def log_out(ctx: Context, session: str) -> None:
    """End the session with this digest."""
    await ctx.storage.end_session(session)


async def _account(ctx: Context, name: str) -> Account | None:
    try:
        return await ctx.storage.account(ctx.names.fold(name))
    except InvalidName:
        return None


async def set_password(ctx: Context, user: UserId, password: str) -> Sequence[str]:
    """Give an account another password; return the sessions that ended: all of them.

    Raises WeakPassword, CommonPassword, NotFound, Busy.
    """
    names = await _names(ctx, user)
    return await ctx.storage.set_password(user, await ctx.hasher.hash(check_password(password, names)))


async def change_password(
    ctx: Context, user: UserId, session: str, password: str, new: str, address: str = ""
) -> Sequence[str]:
    """Change one's own password; return the sessions that ended: all but this one, by its digest.

    Whoever has found an open session still has to guess: raises WrongCredentials and SlowDown as a log-in does,
    NotAllowed where no password leads into the account, WeakPassword, CommonPassword, Busy.
    """
    account = await ctx.storage.account_of(user)
    if account is None or account.password_hash == NO_PASSWORD or not ctx.passwords:
        msg = "no password leads into this account"
        raise NotAllowed(msg)
    kept = check_password(new, (account.user.name,), "new_password")  # what is refused for itself does not count
    async with ctx.throttle.guess(_counted(ctx, account.user.name), address):
        if not await _belongs(ctx, account, password):
            raise WrongCredentials(field="password")
        new_hash = await ctx.hasher.hash(kept)
    return await ctx.storage.set_password(user, new_hash, session)


async def _names(ctx: Context, user: UserId) -> Sequence[str]:
    found = await ctx.storage.user(user)
    return () if found is None else (found.name,)
