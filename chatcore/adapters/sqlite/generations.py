"""The generations of a database: written down at each start of a server, and read when the file is opened."""

from __future__ import annotations

from ...domain.generations import KEPT, Point
from .database import Database

POINT = "(select coalesce(max(number), 0) from message), (select coalesce(max(fact), 0) from user)"
"""The columns that say how far log and directory have come."""

_READ = "select id, number, facts from generation order by place"

_BEGIN = f"""
insert into generation (place, id, number, facts)
select coalesce((select max(place) from generation), 0) + 1, ?, {POINT} returning number, facts, place
"""  # noqa: S608 - only constants of ours are put together

_FORGET = "delete from generation where place <= ?"


async def begun(database: Database) -> list[Point]:
    """Read where each generation began, the oldest first."""
    return [Point(*record) for record in await database.read(_READ)]


async def begin(database: Database, generation: str) -> Point:
    """Write down that a server starts; give where that is."""
    async with database.transaction():
        ((number, facts, place),) = await database.write(_BEGIN, (generation,))
        if place > KEPT:
            await database.write(_FORGET, (place - KEPT,))
    return Point(generation, number, facts)
