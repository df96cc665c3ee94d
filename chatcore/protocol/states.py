"""The states of a connection, and the tables of what may be said in each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import get_args

from ..wire import frames as f


class State(Enum):
    """How far a connection has come; the same at both ends, apart from what is on the way."""

    GREETING = "greeting"
    "Nothing was agreed: Hello is due, then Welcome."
    ENTERING = "entering"
    "The version is agreed: credentials are due."
    READY = "ready"
    "Logged in."
    CLOSED = "closed"


CLIENT_MAY_SAY: Mapping[State, tuple[type, ...]] = {
    State.GREETING: (f.Hello,),
    State.ENTERING: get_args(f.Credentials),
    State.READY: (
        f.LogOut,
        f.Post,
        f.Mark,
        f.SetDisplayName,
        f.ChangePassword,
        f.SetAway,
        f.BeginSession,
        f.RenewToken,
        f.EndSession,
        *get_args(f.Query),
    ),
    State.CLOSED: (),
}

ANSWERS: Mapping[type, type] = {
    f.Register: f.LoggedIn,
    f.LogIn: f.LoggedIn,
    f.Resume: f.LoggedIn,
    f.Enter: f.LoggedIn,
    f.LogOut: f.LoggedOut,
    f.Post: f.Posted,
    f.Mark: f.Marked,
    f.SetDisplayName: f.Renamed,
    f.ChangePassword: f.PasswordChanged,
    f.SetAway: f.Noted,
    f.Count: f.Counted,
    f.FindUser: f.Found,
    f.ListUsers: f.Users,
    f.ListTallies: f.Tallies,
    f.History: f.Page,
    f.Stretch: f.Page,
    f.ListSessions: f.Sessions,
    f.BeginSession: f.SessionBegun,
    f.RenewToken: f.TokenRenewed,
    f.EndSession: f.SessionEnded,
}
"""What answers each request, unless ErrorFrame does."""

SERVER_MAY_SAY: Mapping[State, tuple[type, ...]] = {
    State.GREETING: (f.Welcome, f.ErrorFrame, f.Closing),
    State.ENTERING: (f.LoggedIn, f.ErrorFrame, f.Closing),
    State.READY: (
        f.Snapshot,
        f.ErrorFrame,
        f.Closing,
        *get_args(f.PushEvent),
        *(set(ANSWERS.values()) - {f.LoggedIn}),
    ),
    State.CLOSED: (),
}

CLIENT_MOVES: Mapping[tuple[State, type], State] = {
    (State.GREETING, f.Welcome): State.ENTERING,
    (State.ENTERING, f.LoggedIn): State.READY,
    (State.READY, f.LoggedOut): State.CLOSED,
}
"""How the client's half moves with what it hears; the server's half moves with what it says, by the same table."""
