"""What contradicts itself in a database: every number that is stored is counted again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise

import attrs

from ....domain.ids import UserId, is_user_id
from ....domain.jumps import dated
from ...sql.kinds import described
from ..generations import POINT
from ..migrations import steps
from .read_faults import faults_of_reading

Check = Callable[[sqlite3.Connection], Iterator[str]]


def faults(connection: sqlite3.Connection) -> Iterator[str]:
    """Tell each fault of what a snapshot sees, in one line; no fault is told of texts, names or secrets.

    A fault may have others in its train: they are told as well.
    """
    checks: tuple[Check, ...] = (_file, _schema, _log, _users, _invitations, _generations, _references, _tokens, _lines)
    for check in (*checks, faults_of_reading):
        try:
            yield from check(connection)
        except (sqlite3.DatabaseError, TypeError) as error:  # it reads what is damaged; others may go on
            yield f"file: {error}"


# ---- the file ------------------------------------------------------------------------------------------------------


def _file(connection: sqlite3.Connection) -> Iterator[str]:
    """SQLite's own check: every page, and every index against its table."""
    for (told,) in connection.execute("pragma integrity_check"):
        if told != "ok":
            yield f"file: {' '.join(told.split())}"


def _schema(connection: sqlite3.Connection) -> Iterator[str]:
    """Tables and indexes are those that the steps make: without its index a uniqueness is not kept."""
    query = "select name, sql from sqlite_schema where sql is not null"
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        for step in steps():
            fresh.executescript(step)
        wanted = dict(fresh.execute(query))
    found = dict(connection.execute(query))
    yield from (f"schema: {name} is missing" for name in sorted(wanted.keys() - found.keys()))
    yield from (f"schema: {name} is none of ours" for name in sorted(found.keys() - wanted.keys()))
    yield from (f"schema: {n} is not as it should be" for n in sorted(wanted) if found.get(n, wanted[n]) != wanted[n])
    if not connection.execute("select 1 from meta where name = 'epoch' and value <> ''").fetchall():
        yield "schema: there is no epoch"


# ---- messages ------------------------------------------------------------------------------------------------------

_LOG = """
select conversation, seq, sender, sent_at_ms, live, own, readers, number from message order by conversation, seq
"""

_REPEATED = "select sender, client_id, count(*) from message group by client_id, sender having count(*) > 1"


@attrs.frozen
class _Entry:
    """The numbers of one message."""

    seq: int
    sender: str
    sent_at_ms: int
    live: int
    own: int
    readers: int
    number: int


_NONE = _Entry(0, "", 0, 0, 0, 0, 0)


def _log(connection: sqlite3.Connection) -> Iterator[str]:
    """Seqs are 1, 2, 3, …; the counters rise by one; commits go forwards; client ids are used once.

    Times go forwards too, except where a clock had been wrong.
    """
    current, known, before, owns = "", described(""), _NONE, dict[str, int]()
    for conversation, *record in connection.execute(_LOG):
        if conversation != current:
            current, before, owns = conversation, _NONE, {}
            known = described(conversation)
            if known is None:
                yield f"{conversation}: this is not the id of a conversation"
        entry = _Entry(*record)
        yield from (f"{conversation}: message {entry.seq} {fault}" for fault in _faults_after(before, entry))
        own = owns.get(entry.sender, 0) + 1
        if entry.own != own:
            yield f"{conversation}: message {entry.seq} has the count {entry.own} of its sender, a recount gives {own}"
        if entry.readers and not (known and known.kind.counts_readers):
            yield f"{conversation}: message {entry.seq} has a number of readers, and none are counted there"
        before, owns[entry.sender] = entry, entry.own
    for sender, client_id, times in connection.execute(_REPEATED):
        yield f"user {sender}: the client id {client_id} stands for {times} messages"


def _faults_after(before: _Entry, entry: _Entry) -> Iterator[str]:
    if entry.seq != before.seq + 1:
        yield f"comes after message {before.seq}"
    if entry.live != before.live + 1:
        yield f"has the count {entry.live}, a recount gives {before.live + 1}"
    if entry.sent_at_ms != dated(entry.sent_at_ms, before.sent_at_ms):
        yield "was sent before the one before it"
    if entry.number <= before.number:
        yield "was stored before the one before it"


# ---- users, and what names them ------------------------------------------------------------------------------------


def _users(connection: sqlite3.Connection) -> Iterator[str]:
    """Numbers are 1, 2, 3, … without holes; the newest fact about somebody is not older than their registration."""
    query = "select number, fact, id from user order by number"
    for wanted, (number, fact, user) in enumerate(connection.execute(query), 1):
        if number != wanted:
            yield f"user {user}: has the number {number}, a recount gives {wanted}"
        if fact < number:
            yield f"user {user}: the newest fact about them is {fact}, before their number {number}"
        if not is_user_id(user):
            yield f"user {user}: this is not the id of a user"
    for (user,) in connection.execute(_HALF_ERASED):
        yield f"user {user}: was erased, and not all of them is gone"


_HALF_ERASED = """
select id from user where erased
  and (disabled is null or name <> '' or folded <> '!' || id or name_look or key is not null or password_hash <> '')
"""

_INVITATIONS = "select digest, uses, used from invitation where used < 0 or used > uses order by digest"


def _invitations(connection: sqlite3.Connection) -> Iterator[str]:
    """With each as many have registered as may, or fewer."""
    for digest, uses, used in connection.execute(_INVITATIONS):
        yield f"invitation {digest[:12]}: was used {used} times, it is for {uses}"


_STARTS = "select id, number, facts from generation order by place"


def _generations(connection: sqlite3.Connection) -> Iterator[str]:
    """From one start of a server to the next, log and directory only grew; and to what they are now."""
    now = connection.execute(f"select 'the end', {POINT}").fetchone()
    for (start, *before), (_, *after) in pairwise([*connection.execute(_STARTS), now]):
        if before[0] > after[0] or before[1] > after[1]:
            yield f"generation {start}: begins at message {before[0]} and fact {before[1]}, behind what came after it"


_REFERENCES = (
    ("the sender of messages to {}", "select distinct sender, conversation from message"),
    ("in whose list is {}", "select user, conversation from line"),
    ("who has read in {}", "select user, conversation from reading"),
)
"""Who is named with a conversation, and so must be a user and belong to it."""

_SESSIONS = """
select session.user, user.id is not null, user.disabled is null, used_at_ms >= begun_at_ms
from session left join user on user.id = session.user
"""


def _references(connection: sqlite3.Connection) -> Iterator[str]:
    """Whoever is named is a user, and belongs to the conversation that they are named with."""
    users = {user for (user,) in connection.execute("select id from user")}
    for role, query in _REFERENCES:
        for user, conversation in connection.execute(f"{query} order by 2, 1"):
            if user not in users:
                yield f"user {user}: {role.format(conversation)}, is not registered"
            elif not _belongs(UserId(user), conversation):
                yield f"user {user}: {role.format(conversation)}, does not belong there"
    for user, is_known, is_let_in, is_in_time in connection.execute(_SESSIONS):
        if not is_known:
            yield f"user {user}: has a session, is not registered"
        if not is_let_in:
            yield f"user {user}: has a session, is disabled"
        if not is_in_time:
            yield f"user {user}: has a session that was used before it began"


_STRAY_TOKENS = """
select token.digest, session.digest is not null, token.digest in (select digest from session),
  token.rank between 1 and session.rank + 1
from token left join session on session.digest = token.session order by 1
"""

# Each rank up to the newest that was used is that of a token, but for 0, the first one's: it is kept to be known again.
_LOST_TOKENS = """
select digest, rank, found from (
  select session.digest, session.rank, count(distinct token.rank) as found
  from session left join token on token.session = session.digest and token.rank between 1 and session.rank
  group by session.digest
) where found <> rank order by 1
"""


def _tokens(connection: sqlite3.Connection) -> Iterator[str]:
    """Each token leads to one session, and those that another one has replaced are kept as long as that lives."""
    for token, has_session, is_first, is_in_order in connection.execute(_STRAY_TOKENS):
        if not has_session:
            yield f"token {token[:12]}: leads to a session that is not there"
        elif not is_in_order:
            yield f"token {token[:12]}: is not among those of its session by its rank"
        if is_first:
            yield f"token {token[:12]}: leads to two sessions"
    for session, rank, found in connection.execute(_LOST_TOKENS):
        yield f"session {session[:12]}: its token was replaced so often: {rank}; known of these: {found}"


def _belongs(user: UserId, conversation: str) -> bool:
    known = described(conversation)
    return known is None or user in known.members  # what is not known was told already, with the messages


# ---- lists ---------------------------------------------------------------------------------------------------------

_WANTED_LINES = """
with written (conversation) as (select distinct conversation from message),
wanted (user, conversation) as (
  select member.value, conversation from written cross join json_each(members(conversation)) member
)
select user, conversation, 'is missing from' from (select * from wanted except select user, conversation from line)
union all
select user, conversation, 'is without messages in' from
  (select user, conversation from line except select * from wanted)
order by 2, 1
"""

# A line has risen after all messages of the lines below it, with one of its own messages.
_RISEN = """
select user, conversation, is_own, below >= risen from (
  select line.user, line.conversation, line.risen,
    exists (select 1 from message where number = line.risen and message.conversation = line.conversation) as is_own,
    lag(message.number, 1, 0) over (partition by line.user order by line.risen) as below
  from line left join message on message.conversation = line.conversation
    and message.seq = (select max(seq) from message where conversation = line.conversation)
) where not is_own or below >= risen order by 2, 1
"""


def _lines(connection: sqlite3.Connection) -> Iterator[str]:
    """Each user's list has the direct conversations that have messages, each where its last message has put it."""
    connection.create_function("members", 1, _members, deterministic=True)
    for user, conversation, wrong in connection.execute(_WANTED_LINES):
        yield f"{conversation}: {wrong} the list of user {user}"
    for user, conversation, is_own, is_old in connection.execute(_RISEN):
        if not is_own:
            yield f"{conversation}: came to the top of the list of user {user} without a message"
        elif is_old:
            yield f"{conversation}: stands above one with a newer message in the list of user {user}"


def _members(conversation: str) -> str:
    """Return as JSON those who have a line of a conversation in their lists."""
    known = described(conversation)
    return json.dumps(known.members.users if known else ())
