"""The composition root of the commands for operators: what each does to a database, by whatever way."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from chatcore import ConversationId, StorageError, Unreachable, User
from chatcore.adapters.sqlite.lock import alone
from chatcore.adapters.sqlite.place import check_exists, check_target
from chatcore.adapters.sqlite.tools.backup import back_up as copy_database
from chatcore.adapters.sqlite.tools.export import is_export, records
from chatcore.adapters.sqlite.tools.faults import faults
from chatcore.adapters.sqlite.tools.new_file import new_file
from chatcore.adapters.sqlite.tools.restore import restore as put_in_place
from chatcore.adapters.sqlite.tools.snapshot import Contents, contents
from chatcore.adapters.system import SystemClock
from chatcore.domain.invitations import InvitationRecord
from chatcore.view.text import clean_line

from ..config import ConfigError
from . import frames as f
from . import nodes
from .audit import Audit, in_words, myself, recorded
from .call import STOP_TIME, call
from .databases import Where, begin_epoch, desk, moment
from .databases import copy as copy_everything
from .operating import Operating, operating

_LOOK_AGAIN = 0.05

A = TypeVar("A", bound=f.Answer)

ID_DIGITS = 12
"""Of the id of a session or an invitation: so many tell them apart."""

UserChange = (
    f.AddUser | f.SetPassword | f.RenameUser | f.ShowUserAs | f.DisableUser | f.BanUser | f.EnableUser | f.EraseUser
)

Write = Callable[[str], object]
"""Takes one line."""


def fsck(db: Where, write: Write) -> bool:
    """Check the database beside whoever has it open, tell each fault; true where there is none. Raises ChatError."""
    told = list[str]()

    def tell(fault: str) -> None:
        told.append(fault)
        write(fault)

    with moment(db, tell) as connection:
        for fault in faults(connection):
            tell(fault)
        if not told:
            write(f"no faults: {contents(connection)}")
    return not told


def new_epoch(db: Where, write: Write) -> None:
    """Have all clients load the chat anew, while no server runs. Raises ChatError."""
    with _recorded(db, f.NewEpoch()):
        begin_epoch(db)
    write(f"{db} has begun a new epoch: clients drop what they hold, and load it anew")


def copy(source: Where, target: Where, write: Write) -> None:
    """Move everything to a database that nothing is in, while no server runs on either. Raises ChatError."""
    act = f.Copy(str(source), str(target))
    with _recorded(source, act):
        held = copy_everything(source, target, write)
    write(f"{target} has {held}, and no faults")
    Audit(desk(target)).note(myself(), act, SystemClock().now_ms(), is_done=True)


def back_up(db: Path, to: Path, write: Write, *, replace: bool) -> None:
    """Copy the database: the server that has it open does it, or else this process. Raises ChatError."""
    answer = call(db, f.BackUp(str(to.absolute()), replace), f.BackedUp)
    if answer is not None:
        held = Contents(answer.users, answer.messages)
    else:
        check_exists(db)  # before the lock, which would make it
        with alone(db), _recorded(db, f.BackUp(str(to.absolute()), replace)):
            held = copy_database(db, to, replace=replace)
    write(f"{to} has {held}")


def status(db: Where, write: Write) -> None:
    """Tell how the server is that has the database open, or each server of this machine that shares it.

    Raises ChatError: Unreachable where there is none, or one of several does not answer.
    """
    if isinstance(db, Path):
        running = _asked(db, f.Status(), f.Running)
        write(_running(running))
        write(_active(running))
        return
    answers = nodes.asked(db, f.Status(), f.Running)
    running_ones = {name: answer for name, answer in answers.items() if isinstance(answer, f.Running)}
    for name, one in running_ones.items():
        write(f"{name}: {_running(one)}")
    if running_ones:
        write(_active(max(running_ones.values(), key=lambda one: one.active)))
    for answer in answers.values():
        if isinstance(answer, Unreachable):
            raise answer
    if not answers:
        raise nodes.none_runs(db)


def _running(running: f.Running) -> str:
    since = datetime.fromtimestamp(running.since_ms / 1000, UTC).astimezone()
    return f"running at {running.url} as process {running.process}, since {since:%Y-%m-%d %H:%M:%S}"


def _active(running: f.Running) -> str:
    return f"{'1 user is' if running.active == 1 else f'{running.active} users are'} active"


def stop(db: Where, node: str | None, write: Write, *, every: bool) -> None:
    """Have the server end that has the database open, and wait until it has. Raises ChatError, as `status`.

    Of servers that share one it is the one of this name, or every one of this machine.
    """
    if isinstance(db, Path):
        if node is not None:
            msg = "--node is for servers that share a database of PostgreSQL, and --db is a file"
            raise ConfigError(msg)
        process = _asked(db, f.Stop(), f.Stopping).process
        _wait_until_unused(db, process)
        write(f"the server has stopped (process {process})")
        return
    for door in nodes.chosen(db, node, every=every):
        stopping = call(door, f.Stop(), f.Stopping)
        if stopping is not None:  # it may have ended by itself
            write(f"the server {door.name} has stopped (process {stopping.process})")


def _wait_until_unused(db: Path, process: int) -> None:
    """Wait until nobody has the database open, whichever version of the server had."""
    until = time.monotonic() + STOP_TIME
    while _is_in_use(db):
        if time.monotonic() > until:
            msg = f"the server has not ended within {STOP_TIME:.0f} s; it is process {process}"
            raise StorageError(msg)
        time.sleep(_LOOK_AGAIN)


def list_users(db: Where, write: Write) -> None:
    """Write a line for each user, in the order of registration, beside a server or without one. Raises ChatError."""
    after, more = 0, True
    with _operating(db) as operate:
        while more:
            page = operate.ask(f.ListUsers(after), f.ListedUsers)
            for user in page.users:
                write(_user_line(user, page.bans))
                after = user.number
            more = page.more


def change_user(db: Where, request: UserChange, write: Write) -> None:
    """Have a user made or changed, and write what they are then; as `list_users`."""
    with _operating(db) as operate:
        changed = operate.ask(request, f.ChangedUser)
        write(_user_line(changed.user, changed.bans))


def list_sessions(db: Where, name: str, write: Write) -> None:
    """Write a line for each session of a user; as `list_users`."""
    with _operating(db) as operate:
        for session in operate.ask(f.ListSessions(name), f.ListedSessions).sessions:
            begun, used = map(_minute, (session.begun_at_ms, session.used_at_ms))
            words = f"{session.address:<15} {clean_line(session.label)}".rstrip()
            write(f"{session.id[:ID_DIGITS]}  begun {begun}  used {used}  {words}".rstrip())


def end_sessions(db: Where, name: str, session: str | None, write: Write) -> None:
    """End one session of a user, by how its id begins, or all; as `list_users`."""
    with _operating(db) as operate:
        count = operate.ask(f.EndSessions(name, session), f.EndedSessions).count
    write(f"{count} {'session has' if count == 1 else 'sessions have'} ended")


def invite(db: Where, label: str, uses: int, until: datetime | None, lasts: timedelta | None, write: Write) -> None:
    """Have an invitation made, until a time or for so long, and write its code; as `list_users`."""
    with _operating(db) as operate:
        write(operate.ask(f.Invite(label, uses, _end_ms(until, lasts)), f.Invited).code)


def list_invitations(db: Where, write: Write) -> None:
    """Write a line for each invitation; as `list_users`."""
    now_ms = SystemClock().now_ms()
    with _operating(db) as operate:
        for invitation in operate.ask(f.ListInvitations(), f.ListedInvitations).invitations:
            write(_invitation_line(invitation, now_ms))


def revoke_invitation(db: Where, invitation: str, write: Write) -> None:
    """Have an invitation revoked, by how its id begins; as `list_users`."""
    with _operating(db) as operate:
        operate.ask(f.RevokeInvitation(invitation), f.RevokedInvitation)
    write("the invitation is revoked")


def _invitation_line(invitation: InvitationRecord, now_ms: int) -> str:
    made, ends = _minute(invitation.made_at_ms), invitation.ends_at_ms
    state = "" if invitation.admits(now_ms) else "over"
    words = f"{'no end' if ends is None else f'ends {_minute(ends)}':<21}  {state:<4}  {clean_line(invitation.label)}"
    used = f"used {invitation.used} of {invitation.uses}"
    return f"{invitation.id[:ID_DIGITS]}  {used:<12}  made {made}  {words}".rstrip()


def _minute(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC).astimezone():%Y-%m-%d %H:%M}"


def _end_ms(until: datetime | None, lasts: timedelta | None) -> int | None:
    end = until if lasts is None else datetime.now(UTC) + lasts
    return None if end is None else round(end.timestamp() * 1000)


def audit(db: Where, write: Write, *, is_json: bool, is_ascii: bool) -> None:
    """Write what operators did, a line each, the oldest first. Raises ChatError."""
    _check(db)
    for record in Audit(desk(db)).records():
        write(json.dumps(record, ensure_ascii=is_ascii) if is_json else in_words(record))


def ban_user(db: Where, name: str, reason: str, until: datetime | None, lasts: timedelta | None, write: Write) -> None:
    """Have a user banned until a time or for so long, for good without both; as `change_user`."""
    change_user(db, f.BanUser(name, reason, _end_ms(until, lasts)), write)


def _operating(db: Where) -> AbstractContextManager[Operating]:
    _check(db)
    return operating(db, SystemClock().now_ms)


def _check(db: Where) -> None:
    if isinstance(db, Path):
        check_exists(db)


def _recorded(db: Where, act: object) -> AbstractContextManager[None]:
    return recorded(desk(db), act, SystemClock().now_ms)


def _user_line(user: User, bans: Sequence[f.Ban]) -> str:
    ban = next((ban for ban in bans if ban.user == user.id), None)
    state = "erased" if user.erased else _banned(ban) if ban else "disabled" if user.disabled else ""
    shown = "" if user.erased else clean_line(user.display_name)
    return f"{user.name or user.id:<32} {state:<8} {shown}".rstrip()


def _banned(ban: f.Ban) -> str:
    return "banned" if ban.until_ms is None else f"banned until {_minute(ban.until_ms)}"


def _asked(db: Path, request: f.Request, expected: type[A]) -> A:
    check_exists(db)
    answer = call(db, request, expected)
    if answer is None:
        msg = f"no server runs on the database {db}"
        raise Unreachable(msg)
    return answer


def _is_in_use(db: Path) -> bool:
    try:
        with alone(db):
            return False
    except StorageError:
        return True


def restore(db: Path, backup: Path, write: Write) -> None:
    """Make the database what a backup is, while no server runs. Raises ChatError."""
    act = f.Restore(str(backup.absolute()))
    # Where there is nothing yet, nothing is left of a restore that fails.
    with _recorded(db, act) if db.exists() else nullcontext():
        held, former = put_in_place(db, backup, datetime.now(UTC))
    write(f"{db} has {held}")
    if former is not None:
        write(f"the former database is {former}")
    else:
        Audit(db).note(myself(), act, SystemClock().now_ms(), is_done=True)


def export(
    db: Where, write: Write, to: Path | None, *, conversation: ConversationId | None, replace: bool, is_ascii: bool
) -> None:
    """Write what the database has as JSON, a record a line, to a file or with `write`. Raises ChatError.

    JSON is UTF-8; where `write` can bring no more than ASCII unharmed, everything else is escaped.
    """
    with moment(db) as connection:
        lines = (
            json.dumps(record, ensure_ascii=is_ascii and to is None) for record in records(connection, conversation)
        )
        if to is None:
            for line in lines:
                write(line)
            return
        if isinstance(db, Path):
            check_target(db, to)
        with new_file(to, replace=replace, kind=is_export) as part, part.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
