"""Which server has which job, by the database's clock."""

from __future__ import annotations

from ...domain.leases import LEASE
from .database import Database

_TAKE = """
insert into job_host (job, host, until) values ($1, $2, clock_timestamp() + $3 * interval '1 second')
on conflict (job) do update set host = excluded.host, until = excluded.until
where job_host.host = excluded.host or job_host.until <= clock_timestamp()
returning job
"""
_LEAVE = "delete from job_host where job = $1 and host = $2"


async def take(database: Database, job: str, host: str) -> bool:
    """Have a job for some seconds, unless another server has it; give whether this one does. It can be repeated."""
    return bool(await database.read(_TAKE, job, host, LEASE))


async def leave(database: Database, job: str, host: str) -> None:
    """Have a job no more."""
    await database.read(_LEAVE, job, host)
