"""A server that is killed at a moment of a token's exchange, which a file has that DIES_AT names; run as a module.

The file goes with it: started again, it lives.
"""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from chatcore.adapters.postgres.store import PostgresStorage
from chatcore.adapters.sqlite.store import SqliteStorage

MOMENT = Path(os.environ["DIES_AT"])


def dying(name: str, act: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Die before or after what is done, where it is the moment for that."""

    def die_at(moment: str) -> None:
        if MOMENT.exists() and MOMENT.read_text() == f"{moment} {name}":
            MOMENT.unlink()
            os.kill(os.getpid(), signal.SIGKILL)

    async def done(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it is
        die_at("before")
        result = await act(*arguments, **named)
        die_at("after")
        return result

    return done


if __name__ == "__main__":
    from chatcore_server.__main__ import main

    for kind in (SqliteStorage, PostgresStorage):
        for name in ("led", "renew_token"):
            setattr(kind, name, dying(name, getattr(kind, name)))
    sys.exit(main())
