"""The attendance of the servers on one database: by the database's clock, each beat one statement on a reader's way."""

from __future__ import annotations

from collections.abc import Sequence

from ...domain.hosts import FORGOTTEN, HostSeen
from ...ports.attendance import Beat
from .database import Database

_BEAT = "select * from beat($1, $2, $3, $4, $5::text[], $6::text[], $7, $8, $9::text[], $10::bigint[])"

_NAMED = """
select id, extract(epoch from clock_timestamp() - seen)::double precision, number
from host where label = $1 and is_named and not is_over
"""

_LEAVE = """
with over as (update host set is_over = true where id = $1 returning id)
delete from present where host in (select id from over)
"""


async def beat(database: Database, beat: Beat) -> Sequence[HostSeen]:
    """Write down that a server lives, and read all. It does not wait for the writes of the chat.

    That it goes where reads go is no harm: it can be repeated.
    """
    own = (beat.host, beat.label, beat.is_named, beat.number, list(beat.came), list(beat.went), beat.is_whole)
    known = (list(beat.known), list(beat.known.values()))
    found = await database.read(_BEAT, *own, FORGOTTEN if beat.buries else None, *known)
    return [HostSeen(host, age, number, None if users is None else tuple(users)) for host, age, number, users in found]


async def named(database: Database, label: str) -> HostSeen | None:
    """Find the server to which a label was given."""
    found = await database.read(_NAMED, label)
    return HostSeen(*found[0]) if found else None


async def leave(database: Database, host: str) -> None:
    """A server has ended."""
    await database.read(_LEAVE, host)
