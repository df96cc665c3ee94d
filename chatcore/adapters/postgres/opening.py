"""What a database has to be before anything is written to it; each thing that is wrong is told in one sentence."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg

from ...errors import ChatError, StorageError
from ..names import look_up
from ..system import SystemClock
from .address import Address
from .locks import Locks
from .migrations import migrate
from .trouble import FAILURES, said

OLDEST = 13
"""The oldest PostgreSQL that has what the schema uses."""

SKEW_WARNED_MS, SKEW_REFUSED_MS = 5_000, 60_000
"""By how much this machine's clock may differ from the database's, which all servers have in common."""

REACH_S = 10.0
"""Seconds within which a connection is there, or cannot be had."""

_COMMAND_S = 15.0  # longer than a statement may take: whoever does not answer then is gone

_PORT = 5432  # whichever: only the name is looked up

_ABOUT = """
select current_setting('server_version_num')::int / 10000 as version, current_setting('server_encoding') as encoding,
  current_setting('synchronous_commit') as synchronous_commit, current_schema() as schema,
  (extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms, current_user as role
"""
_SCHEMA = """
select oid::bigint as number, has_schema_privilege(oid, 'create') as may_create from pg_namespace where nspname = $1
"""

_OPENING: tuple[type[BaseException], ...] = (*FAILURES, ValueError)
"""What may come of it: a ValueError says that the driver does not take the address."""

log: logging.Logger = logging.getLogger(__name__)


async def connect(address: Address) -> Any:  # noqa: ANN401 - asyncpg has no types
    """Open a connection; what goes wrong is the driver's own error."""
    await find(address)
    return await asyncpg.connect(address.url, timeout=REACH_S, command_timeout=_COMMAND_S, **address.options)


async def find(address: Address) -> None:
    """Raise OSError where no machine has one of its names, or it takes too long to find that out.

    The driver looks them up itself, but in a thread for whose end a program waits: by now the answer is known.
    """
    found = await asyncio.gather(*(look_up(host, _PORT) for host in address.hosts), return_exceptions=True)
    errors = [each for each in found if isinstance(each, BaseException)]
    late = [error for error in errors if isinstance(error, TimeoutError)]
    if late or (errors and len(errors) == len(found)):
        raise [*late, *errors][0]


@contextmanager
def opening(address: Address) -> Iterator[None]:
    """Turn what goes wrong into a StorageError with one sentence."""
    try:
        yield
    except ChatError:
        raise
    except _OPENING as error:
        msg = _sentence(error, address.url)
        raise StorageError(msg) from error


async def prepare(connection: Any, address: Address) -> Locks:  # noqa: ANN401
    """Look whether it is a database for us, and bring its schema to the newest one; give its locks."""
    about = await connection.fetchrow(_ABOUT)
    if about["version"] < OLDEST:
        msg = f"{address.url} is a PostgreSQL {about['version']}: it has to be {OLDEST} or newer"
        raise StorageError(msg)
    if about["encoding"] != "UTF8":
        msg = f"the encoding of {address.url} is {about['encoding']}: make a database with `createdb --encoding UTF8`"
        raise StorageError(msg)
    _compare_clocks(about["now_ms"], address)
    schema = about["schema"] and await connection.fetchrow(_SCHEMA, about["schema"])
    if not schema:
        role = about["role"]
        msg = f"{address.url} has no schema that the role {role} may use: make one, and name it with ?search_path=NAME"
        raise StorageError(msg)
    if about["synchronous_commit"] == "off":
        log.warning("%s has synchronous_commit = off: after a crash the last messages are gone", address.url)
    locks = Locks(schema["number"])
    await migrate(connection, address.url, locks.migration)
    return locks


def _compare_clocks(now_ms: int, address: Address) -> None:
    ahead = SystemClock().now_ms() - now_ms
    if abs(ahead) > SKEW_REFUSED_MS:
        seconds = abs(ahead) // 1000
        msg = f"the clocks of this machine and of {address.url} differ by {seconds} s: set the one that is wrong"
        raise StorageError(msg)
    if abs(ahead) > SKEW_WARNED_MS:
        log.warning("the clocks of this machine and of %s differ by %.1f s", address.url, abs(ahead) / 1000)


def _sentence(error: BaseException, url: str) -> str:
    match error:
        case asyncpg.InvalidPasswordError() | asyncpg.InvalidAuthorizationSpecificationError():
            return f"{url} does not let us in: {said(error)}"
        case asyncpg.InvalidCatalogNameError():
            return f"{url} does not exist: make it with `createdb`"
        case asyncpg.TooManyConnectionsError():
            return f"{url} has too few connections left: each server needs some, see max_connections"
        case asyncpg.InsufficientPrivilegeError():
            return f"the role of {url} lacks a right: {said(error)}"
        case TimeoutError() if str(error):  # it says what has taken so long
            return f"cannot reach {url}: {error}"
        case TimeoutError():
            return f"{url} does not answer"
        case OSError():
            return f"cannot reach {url}: {(error.strerror or said(error)).lower()}"
        case _:  # whatever else it says is the best that there is to tell
            return f"{url} cannot be used: {said(error)}"
