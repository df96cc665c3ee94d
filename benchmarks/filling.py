"""Databases with users, sessions and messages, written in bulk: as many as somebody would have after years."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

import attrs

from chatcore.adapters.sqlite import SqliteStorage
from chatcore.domain.conversations import direct
from chatcore.domain.ids import ConversationId, Token, UserId
from chatcore.service.accounts import digest

TEXT = 120
"""Characters of a message."""

_DAY_MS = 24 * 3600 * 1000

_MESSAGE = "insert into message values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

_LINES = """
insert into line (user, conversation, risen)
select substr(conversation, place, 16) as user, conversation, newest
from (select conversation, max(number) as newest from message where conversation <> 'general' group by conversation),
  (select 3 as place union all select 20)
order by 1, 2
"""

_DIRECT_READ = """
insert into reading (user, conversation, cursor, read, version)
select line.user, m.conversation, m.seq, case when m.sender = line.user then m.live - m.own else m.own end, 1
from line join message m on m.number = line.risen
order by 1, 2
"""

# Of the general chat everybody has read the same, their own messages among it. What each has written is counted once
# for all of them: looked up for each, it would be as many times through the general chat as there are users.
_GENERAL_READ = """
insert into reading (user, conversation, cursor, read, version)
with wrote as materialized (
  select sender, max(own) as own from message where conversation = 'general' and seq <= :seq group by sender
)
select id, 'general', :seq, :seq - coalesce(own, 0), 1
from user left join wrote on sender = id
"""


@attrs.frozen
class Person:
    """A user by number, from 1 on; all that is known of one follows from it."""

    number: int

    @property
    def id(self) -> UserId:
        """The user id: it looks like chance."""
        return UserId(blake2b(str(self.number).encode(), digest_size=8).hexdigest())

    @property
    def name(self) -> str:
        """The name."""
        return f"user{self.number}"

    @property
    def token(self) -> Token:
        """The token of their session."""
        return Token(f"{self.number:043}")


@attrs.frozen
class Filling:
    """What is put into a database."""

    users: int
    general: int = 0
    "Messages of the general chat; each user in turn writes one."
    pairs: Sequence[tuple[int, int]] = ()
    "The numbers of the users of each direct conversation."
    messages: int = 0
    "In all direct conversations together; all go on side by side, and the two of each take turns."
    is_read: bool = False
    "Whether all direct messages are read, and nine of ten in the general chat."


def neighbours(users: int, each: int) -> list[tuple[int, int]]:
    """Return pairs, so that each user is in so many of them (an even number)."""
    return [(n + 1, (n + step) % users + 1) for step in range(1, each // 2 + 1) for n in range(users)]


async def fill(path: Path, filling: Filling) -> None:
    """Make a database file; it is as if the server had written it, and all of it on disk."""
    async with SqliteStorage(path):
        pass
    now_ms = time.time_ns() // 1_000_000
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode = off", "synchronous = off", "cache_size = -262144"):
            connection.execute(f"pragma {pragma}")
        connection.execute("begin")
        people = [Person(number) for number in range(1, filling.users + 1)]
        connection.executemany(
            "insert into user (number, id, name, folded, display_name, password_hash, created_at_ms, fact) "
            "values (?, ?, ?, ?, ?, '-', ?, ?)",
            ((p.number, p.id, p.name, p.name, p.name, now_ms - 2 * _DAY_MS, p.number) for p in people),
        )
        connection.executemany(
            "insert into session (digest, user, begun_at_ms, used_at_ms) values (?, ?, ?, ?)",
            sorted((digest(person.token), person.id, now_ms, now_ms) for person in people),
        )
        _write_messages(connection, filling, now_ms - _DAY_MS)
        connection.execute(_LINES)
        if filling.is_read:
            read = filling.general * 9 // 10
            connection.execute(_DIRECT_READ)
            if read:
                connection.execute(_GENERAL_READ, {"seq": read})
                readers = filling.users - 1
                query = "update message set readers = ? where conversation = 'general' and seq <= ?"
                connection.execute(query, (readers, read))
        connection.execute("commit")
        connection.execute("pragma journal_mode = wal")
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _write_messages(connection: sqlite3.Connection, filling: Filling, begun_ms: int) -> None:
    """Write the messages first and their indexes afterwards, which is several times as fast."""
    query = "select name, sql from sqlite_schema where type = 'index' and tbl_name = 'message' and sql is not null"
    indexes = connection.execute(query).fetchall()
    for name, _ in indexes:
        connection.execute(f"drop index {name}")
    connection.executemany(_MESSAGE, _messages(filling, begun_ms))
    for _, sql in indexes:
        connection.execute(sql)


def _messages(filling: Filling, begun_ms: int) -> Iterator[tuple[int | str, ...]]:
    """Make the rows: the messages of the general chat lie evenly among the others."""
    total = filling.general + filling.messages
    ids = [Person(number).id for number in range(1, filling.users + 1)]
    pairs = [(direct(ids[a - 1], ids[b - 1]), (ids[a - 1], ids[b - 1])) for a, b in filling.pairs]
    text = "x" * TEXT
    general = others = 0
    for number in range(1, total + 1):
        conversation: ConversationId | str
        if general * total < number * filling.general:
            turn, at = divmod(general, filling.users)
            conversation, seq, sender, own = "general", general + 1, ids[at], turn + 1
            general += 1
        else:
            turn, at = divmod(others, len(pairs))
            conversation, members = pairs[at]
            seq, sender, own = turn + 1, members[turn % 2], turn // 2 + 1
            others += 1
        yield number, conversation, seq, sender, f"filled-{number:012}", text, begun_ms + number // 20, seq, own, 0
