"""The bars of the screen: who is open, what is below the view, how the connection is and what there is to say."""

from __future__ import annotations

from chatcore import ConnectionPhase, ConnectionState
from chatcore.view.sentences import connection_cause, connection_line

from .cells import cut, pad, share, steady, width, wrap
from .desk import TerminalDesk
from .render import DOTS, NO_DOT, Line

LEAST_NAME = 12
"""Cells that a name has before anything else, where it is not shorter."""

MOST_SAID = 3
"""Lines of what does not fit into the status line."""


def header(desk: TerminalDesk, cells: int) -> Line:
    """Say whose conversation is open, whether they are there, and what is unread further up."""
    row, called = desk.row, desk.name
    if row is None or called is None:
        return [("class:header", " " * cells)]
    is_active = desk.viewer.line(row).active
    dot = "class:header class:dot.active" if is_active else "class:header class:header.dim"
    state = _state(desk, cells - 5 - min(width(steady(called.name)), LEAST_NAME))
    name, account = share(steady(called.name), called.account, cells - 5 - width(state))
    beside = account and f" {account}"
    filling = " " * (cells - 5 - width(name) - width(beside) - width(state))
    return [
        ("class:header", " "),
        (dot, NO_DOT if row.disabled else DOTS[is_active]),
        ("class:header bold", f" {name}"),
        ("class:header class:header.dim", f"{beside}  {state}{filling}"),
    ]


def _state(desk: TerminalDesk, cells: int) -> str:
    """Say whether they are there and what is unread further up: as much of it as has room."""
    unread = desk.offered
    key = f"{unread} · Alt+U" if unread else ""
    wishes = ("  ".join(filter(None, (desk.attendance, words))) for words in (key, unread, ""))
    return next((state for state in (*wishes, unread) if width(state) <= cells), "")


def rule(desk: TerminalDesk, cells: int) -> Line:
    """Draw the line above the composer; it says what is below the view of somebody who reads older messages."""
    if not desk.talk.jump_text:
        return [("class:rule", "─" * cells)]
    text = cut(f" {desk.talk.jump_text} · Ctrl+End ", cells)
    left = max(0, cells - width(text) - 2)
    return [("class:rule", "─" * left), ("class:jump", text), ("class:rule", "─" * (cells - left - width(text)))]


def notice(desk: TerminalDesk, cells: int) -> list[Line]:
    """Return what there is to say in lines of its own, where the status line has no room for it."""
    said = _said(desk)
    if not said or _fits(said, _connection(desk), cells):
        return []
    lines = wrap(steady(said), cells - 2)
    if len(lines) > MOST_SAID:
        lines = [*lines[: MOST_SAID - 1], cut(" ".join(lines[MOST_SAID - 1 :]), cells - 2)]
    return [[("class:status class:status.notice", pad(f" {line}", cells))] for line in lines]


def _said(desk: TerminalDesk) -> str:
    """Return what the command in hand means, what the last action has to say, or why there is no connection."""
    return (
        desk.composer.meaning
        or " · ".join(desk.said.splitlines())
        or (_reason(desk, desk.connection) if _is_down(desk.connection) else "")
    )


def _connection(desk: TerminalDesk) -> str:
    """Say how the connection is."""
    state = desk.connection
    line = " · ".join(filter(None, (connection_line(state, desk.seconds_left, desk.language), desk.as_of_text)))
    return f" {DOTS[state.phase is ConnectionPhase.ONLINE]} {line} "


def _fits(said: str, left: str, cells: int) -> bool:
    return width(steady(said)) + 1 <= cells - width(left)


def status(desk: TerminalDesk, cells: int) -> Line:
    """Say who is here, how the connection is, and what there is to say, where there is room for it."""
    trouble = desk.connection.phase is not ConnectionPhase.ONLINE
    style = "class:status class:status.trouble" if trouble else "class:status class:status.online"
    left = cut(_connection(desk), cells)
    said = _said(desk)
    if not _fits(said, left, cells):
        said = ""
    middle = said or ("" if _is_down(desk.connection) else _hint(desk))
    notice = "class:status class:status.notice" if desk.said and said else "class:status"
    who = f" {steady(str(desk.viewer.my_name))} " if desk.viewer.me else " "
    room = cells - width(left)
    if width(middle) + width(who) + 1 > room:
        who = ""
    text = cut(f" {middle}", room - width(who))
    filling = " " * (room - width(text) - width(who))
    return [(style, left), (notice, text + filling), ("class:status", who)]


def _is_down(state: ConnectionState) -> bool:
    return state.phase in {ConnectionPhase.OFFLINE, ConnectionPhase.LOGGED_OUT}


def _reason(desk: TerminalDesk, state: ConnectionState) -> str:
    reason = connection_cause(state, desk.language)
    if desk.seconds_left is not None:
        return f"{reason} {desk.language.gettext('Alt+L tries at once.')}".lstrip()
    if state.phase is ConnectionPhase.LOGGED_OUT:
        return f"{reason} {desk.language.gettext('Alt+L goes to the log-in.')}".lstrip()
    return reason


def _hint(desk: TerminalDesk) -> str:
    if desk.is_helping:
        return desk.language.gettext("↑ ↓ PgUp PgDn scroll · Esc closes")
    return desk.language.gettext("F1 help · Ctrl+F find · Alt+A next unread")
