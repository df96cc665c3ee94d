"""A server with `synchronous=NORMAL`, to see that the power cuts find what it loses. Never run it for anything else."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from sqlite3 import Row
from typing import Any

import aiosqlite

from chatcore_server.__main__ import main

_execute = aiosqlite.Connection.execute_fetchall


async def _lax(self: aiosqlite.Connection, sql: str, parameters: Iterable[Any] | None = None) -> Iterable[Row]:
    return await _execute(self, sql.replace("synchronous = full", "synchronous = normal"), parameters)


if __name__ == "__main__":
    aiosqlite.Connection.execute_fetchall = _lax  # type: ignore[assignment,method-assign]
    sys.exit(main())
