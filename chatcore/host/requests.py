"""What answers each request: a table from its frame to the use case, and the frames that tell what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, assert_never

from ..domain.ids import UserId
from ..domain.read_states import runs_of
from ..domain.refusals import NewRefusal
from ..domain.value import value
from ..ports.commits import Marked, Outcome, Refused, Repeated, Stored
from ..protocol.server import error_frame
from ..service import account_changes, accounts, posting, reading, roster, sessions, tokens
from ..service.context import Context
from ..service.gate import Lane
from ..wire import frames as f
from ..wire.limits import MAX_PAGE
from .mail import Listener
from .pages import fit, fit_users


class Asker(Listener, Protocol):
    """A connection that is logged in, as a request sees it."""

    session: str
    "The digest of the token."

    @property
    def user_id(self) -> UserId:
        """Who asks."""

    @property
    def address(self) -> str:
        """Where they are; as `Link.address`."""

    @property
    def lane(self) -> Lane:
        """By which its posts come before the application."""

    def end_session(self, session: str) -> None:
        """Another session of the user has ended: end its connections."""

    def set_away(self, *, away: bool) -> None:
        """Nobody looks at its client, or somebody does again."""

    def awaits(self) -> None:
        """One more answer comes with a commit."""

    def answered(self) -> None:
        """One of these answers is here."""


@value(eq=False)
class Waiting:
    """A post or mark whose outcome comes with its commit."""

    listener: Asker
    request_id: int

    def answer(self, outcome: Outcome) -> f.ServerFrame:
        """Return the frame that answers, and make room for the next request."""
        self.listener.answered()
        match outcome:
            case Stored(_, m) | Repeated(_, m):
                repeated = isinstance(outcome, Repeated)
                text = None if m.text == _asked(outcome) else m.text
                return f.Posted(self.request_id, m.seq, m.sent_at_ms, m.live, m.own, m.number, repeated, text)
            case Marked(_, tally, event):
                return f.Marked(self.request_id, tally, runs_of(event.seqs) if event else ())
            case Refused(_, error):
                return error_frame(error, self.request_id)
            case _:
                assert_never(outcome)


def _asked(outcome: Stored | Repeated) -> str:
    """Return the text that the author has written."""
    post = outcome.change.post if isinstance(outcome.change, NewRefusal) else outcome.change
    return post.text if post.asked is None else post.asked


async def _post(ctx: Context, by: Asker, ask: f.Post) -> None:
    user = by.user_id
    ctx.throttle.post(user)
    waiting = Waiting(by, ask.id)
    await posting.post(ctx, user, ask.conversation, ask.client_id, ask.text, waiting, by.lane)
    by.awaits()


async def _mark(ctx: Context, by: Asker, ask: f.Mark) -> None:
    await reading.mark(ctx, by.user_id, ask.conversation, ask.seqs, Waiting(by, ask.id))
    by.awaits()


async def _count(ctx: Context, by: Asker, ask: f.Count) -> f.Counted:
    return f.Counted(ask.id, await reading.count(ctx, by.user_id, ask.conversation))


async def _history(ctx: Context, by: Asker, ask: f.History) -> f.Page:
    page = await reading.history(ctx, by.user_id, ask.conversation, ask.after, ask.before, ask.limit)
    return fit(ask.id, page, forward=ask.after is not None)


async def _stretch(ctx: Context, by: Asker, ask: f.Stretch) -> f.Page:
    page = await reading.stretch(ctx, by.user_id, ask.conversation, ask.first, ask.last)
    return fit(ask.id, page, forward=True)


async def _find_user(ctx: Context, _: Asker, ask: f.FindUser) -> f.Found:
    return f.Found(ask.id, await roster.find_user(ctx, ask.name))


async def _list_users(ctx: Context, _: Asker, ask: f.ListUsers) -> f.Users:
    users, upto, more = await roster.users(ctx, ask.after)
    return fit_users(ask.id, users, upto, more=more)


async def _list_tallies(ctx: Context, by: Asker, ask: f.ListTallies) -> f.Tallies:
    tallies, more = await roster.tallies(ctx, by.user_id, ask.after)
    return f.Tallies(ask.id, tuple(tallies), more)


async def _set_display_name(ctx: Context, by: Asker, ask: f.SetDisplayName) -> f.Renamed:
    user = await account_changes.set_display_name(ctx, by.user_id, ask.display_name, is_own=True)
    return f.Renamed(ask.id, user)


async def _change_password(ctx: Context, by: Asker, ask: f.ChangePassword) -> f.PasswordChanged:
    ended = await accounts.change_password(ctx, by.user_id, by.session, ask.password, ask.new_password, by.address)
    for session in ended:
        by.end_session(session)
    return f.PasswordChanged(ask.id)


async def _list_sessions(ctx: Context, by: Asker, ask: f.ListSessions) -> f.Sessions:
    found, more = await sessions.page(ctx, by.user_id, ask.after)
    return f.Sessions(ask.id, tuple(found), by.session, more)


async def _begin_session(ctx: Context, by: Asker, ask: f.BeginSession) -> f.SessionBegun:
    return f.SessionBegun(ask.id, await accounts.begin_another(ctx, by.user_id, by.session, ask.label))


async def _renew_token(ctx: Context, by: Asker, ask: f.RenewToken) -> f.TokenRenewed:
    return f.TokenRenewed(ask.id, await tokens.renew(ctx, by.session))


async def _end_session(ctx: Context, by: Asker, ask: f.EndSession) -> f.SessionEnded:
    await sessions.end_other(ctx, by.user_id, ask.session, by.session)
    by.end_session(ask.session)
    return f.SessionEnded(ask.id)


async def _set_away(_: Context, by: Asker, ask: f.SetAway) -> f.Noted:
    by.set_away(away=ask.away)
    return f.Noted(ask.id)


async def _log_out(ctx: Context, by: Asker, ask: f.LogOut) -> f.LoggedOut:
    await accounts.log_out(ctx, by.session)
    return f.LoggedOut(ask.id)


ENTRY = 20.0
"""What it costs to come in: a snapshot names everybody who is active."""

_COSTS: Mapping[type, float] = {
    **dict.fromkeys((f.Mark, f.Count, f.FindUser, f.SetAway), 1),
    **dict.fromkeys((f.Stretch, f.ListUsers, f.ListTallies, f.ListSessions, f.RenewToken, f.EndSession), 2),
    # told to all; a hash of tens of ms; kept for months
    **dict.fromkeys((f.SetDisplayName, f.ChangePassword, f.BeginSession), 100),
}


def cost(ask: object) -> float:
    """Return what a request costs the server, beside a number that is 1; posts are counted for themselves."""
    if isinstance(ask, f.History):
        return 1 + min(max(0, ask.limit), MAX_PAGE) / 50
    return _COSTS.get(type(ask), 0)  # a post is counted by itself, and to leave costs nothing


Handler = Callable[[Context, Asker, Any], Awaitable[f.Answer | None]]
"""Does what a frame asks and gives the answer, None where that comes with a commit. Raises ChatError to refuse."""

HANDLERS: Mapping[type, Handler] = {
    f.Post: _post,
    f.Mark: _mark,
    f.Count: _count,
    f.History: _history,
    f.Stretch: _stretch,
    f.FindUser: _find_user,
    f.ListUsers: _list_users,
    f.ListTallies: _list_tallies,
    f.SetDisplayName: _set_display_name,
    f.ChangePassword: _change_password,
    f.ListSessions: _list_sessions,
    f.BeginSession: _begin_session,
    f.RenewToken: _renew_token,
    f.EndSession: _end_session,
    f.SetAway: _set_away,
    f.LogOut: _log_out,
}
"""What is asked by who is logged in; who is not yet has only credentials to show.

A new request is a frame in `wire.frames`, its answer in `protocol.states.ANSWERS`, a use case and an entry here.
"""
