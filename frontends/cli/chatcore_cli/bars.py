"""The single lines of the screen: who is open, what is below the view, how the connection is."""

from __future__ import annotations

from chatcore.client.connection_state import ConnectionPhase, ConnectionState
from chatcore.view.lines import row_name
from chatcore.view.sentences import attendance, connection_cause, connection_line

from .cells import cut, steady, width
from .desk import Desk
from .render import DOTS, Line


def header(desk: Desk, cells: int) -> Line:
    """Say whose conversation is open, and whether they are there."""
    row = desk.roster.row(desk.talk.conversation)
    if row is None:
        return [("class:header", " " * cells)]
    state = attendance(row, desk.roster.active, desk.language)
    dot = "class:header class:dot.active" if row.active else "class:header class:header.dim"
    name = cut(steady(row_name(row, desk.language)), cells - 5 - width(state))
    filling = " " * (cells - 5 - width(name) - width(state))
    return [
        ("class:header", " "),
        (dot, DOTS[row.active]),
        ("class:header bold", f" {name}"),
        ("class:header class:header.dim", f"  {state}{filling}"),
    ]


def rule(desk: Desk, cells: int) -> Line:
    """Draw the line above the composer; it says what is below the view of somebody who reads older messages."""
    if desk.talk.is_at_end or desk.talk.timeline is None:
        return [("class:rule", "─" * cells)]
    unread = desk.talk.timeline.unread_below
    news = desk.language.ngettext("↓ {count} new", "↓ {count} new", unread).format(count=unread)
    below = news if unread else desk.language.gettext("↓ newest")
    text = cut(f" {below} · Ctrl+End ", cells)
    left = max(0, cells - width(text) - 2)
    return [("class:rule", "─" * left), ("class:jump", text), ("class:rule", "─" * (cells - left - width(text)))]


def status(desk: Desk, seconds_left: float | None, cells: int) -> Line:
    """Say who is here, how the connection is, and what the last action has to say."""
    state = desk.client.connection
    line = connection_line(state, seconds_left, desk.language)
    trouble = state.phase is not ConnectionPhase.ONLINE
    style = "class:status class:status.trouble" if trouble else "class:status class:status.online"
    left = cut(f" {DOTS[not trouble]} {line} ", cells)
    middle = desk.said or (_reason(desk, state) if _is_down(state) else _hint(desk))
    notice = "class:status class:status.notice" if desk.said else "class:status"
    who = f" {desk.client.replica.me.name} " if desk.client.replica.me else " "
    room = cells - width(left)
    if width(middle) + width(who) + 1 > room:
        who = ""
    text = cut(f" {middle}", room - width(who))
    filling = " " * (room - width(text) - width(who))
    return [(style, left), (notice, text + filling), ("class:status", who)]


def _is_down(state: ConnectionState) -> bool:
    return state.phase in {ConnectionPhase.OFFLINE, ConnectionPhase.LOGGED_OUT}


def _reason(desk: Desk, state: ConnectionState) -> str:
    reason = connection_cause(state, desk.language)
    if state.phase is ConnectionPhase.LOGGED_OUT:
        return f"{reason} {desk.language.gettext('Alt+L goes to the log-in.')}".lstrip()
    return reason


def _hint(desk: Desk) -> str:
    if desk.is_helping:
        return desk.language.gettext("↑ ↓ PgUp PgDn scroll · Esc closes")
    return desk.language.gettext("F1 help · Ctrl+F find · Alt+A next unread")
