"""What a server knows of its database's past: whether the database that comes back has everything of it.

A standby that is promoted begins another timeline, and may lack what was committed last; an older copy that is put in
place stands further back in the same one. Where it lacks only the last commit its position does not tell: that was read
before the commit, and PostgreSQL writes on when it starts. So the newest message has to be there, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ...domain.ids import ClientId, UserId
from ...domain.messages import Message

WHERE = """
select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint as timeline,
  pg_current_wal_flush_lsn() - '0/0'::pg_lsn as position,
  current_setting('synchronous_standby_names') <> '' and current_setting('synchronous_commit') not in ('off', 'local')
    as is_synchronous,
  (select value from meta where name = 'epoch') as epoch
"""
"""Where the database is, and the epoch."""

POSITION = "(pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint"
"""The column that says how far the database has come on disk: what is not there yet may go with a crash."""

HAS = "select exists (select from message where number = $1 and sender = $2 and client_id = $3)"
"""Whether a message is stored."""

BEGIN_EPOCH = """
update meta set value = replace(gen_random_uuid()::text, '-', '') where name = 'epoch' and value = $1
"""
"""Begins a new epoch, where no other server was quicker."""


@attrs.define
class Past:
    """Up to where this server knows it."""

    timeline: int
    position: int
    "Of the log of PostgreSQL, in bytes."
    is_synchronous: bool
    "Whether a standby has whatever was committed."
    epoch: str
    newest: tuple[int, UserId, ClientId] | None = None
    "Number, sender and client id of the newest message that is known to be stored."

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Past:
        """Take what the query says."""
        names = ("timeline", "position", "is_synchronous", "epoch")
        timeline, position, is_synchronous, epoch = (record[name] for name in names)
        return cls(timeline, int(position), is_synchronous, epoch)

    def reach(self, position: int) -> None:
        """The database has come to this position."""
        self.position = max(self.position, position)

    def stored(self, message: Message) -> None:
        """A message was committed, here or by another server."""
        if self.newest is None or message.number > self.newest[0]:
            self.newest = message.number, message.sender, message.client_id

    def may_lack(self, now: Past) -> bool:
        """Return whether the database, as it is now, may lack what was committed before."""
        if now.timeline != self.timeline:
            return not self.is_synchronous
        return now.position < self.position
