"""The generations of a database: written down where a server starts while no other is at work."""
# ruff: noqa: S608 - only constants of ours are put together

from __future__ import annotations

from ...domain.generations import KEPT, Generations, Point
from .database import Database

POINT = (
    "coalesce((select id from generation order by place desc limit 1), ''),"
    " (select coalesce(max(number), 0) from message), (select coalesce(max(fact), 0) from account)"
)
"""The columns that say which generation it is, and how far log and directory have come."""

_READ = "select id, number, facts from generation order by place"

_BEGIN = f"""
insert into generation (place, id, number, facts)
select coalesce((select max(place) from generation), 0) + 1, $1, now.number, now.facts
from (select {POINT}) now (id, number, facts)
on conflict (id) do nothing
"""

_FORGET = f"delete from generation where place <= (select max(place) from generation) - {KEPT}"


_NOBODY_LIVES = """
with gone as (delete from host returning id), freed as (delete from job_host)
delete from present where host in (select id from gone)
"""


class History:
    """The generations, as far as this server knows them: another one may have begun one since."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._generations = Generations()

    async def has(self, told: Point | None, now: Point) -> bool:
        """Return whether what was told at a point belongs to this history, which has come to `now`."""
        if told is None:
            return True
        if self._generations.present != now.generation:
            self._generations = Generations(Point(*record) for record in await self._database.read(_READ))
        return self._generations.has(told, now)


async def begin(database: Database, generation: str) -> Point:
    """Be at work from now on, and write down that a generation begins, where no other server is at work.

    Return how far log and directory have come.
    """
    async with database.starting() as is_alone:
        if is_alone:
            async with database.transaction() as transaction:
                await transaction.run(_BEGIN, generation)
                await transaction.run(_FORGET)
                await transaction.run(_NOBODY_LIVES)
    (now,) = await database.read(f"select {POINT}")
    return Point(*now)
