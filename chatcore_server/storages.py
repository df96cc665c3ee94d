"""Where a chat is kept, as the settings say: a SQLite file, or a PostgreSQL database that several servers share."""

from __future__ import annotations

from pathlib import Path

import attrs

from chatcore import StorageError
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.ports.bus import Bus
from chatcore.ports.storage import Storage

from .config import DatabaseUrl


@attrs.frozen
class Kept:
    """A storage, and what joins the servers on it where there may be several; neither is open yet."""

    storage: Storage
    bus: Bus | None = None


def kept_at(db: Path | DatabaseUrl, password_file: str | None) -> Kept:
    """Return where it is kept. Raises StorageError where it cannot be."""
    if isinstance(db, Path):
        return Kept(SqliteStorage(db))
    try:
        # Here, since whoever has a file needs nothing of it.
        from chatcore.adapters.postgres import PostgresBus, PostgresStorage  # noqa: PLC0415
        from chatcore.adapters.postgres.address import read_password  # noqa: PLC0415
    except ImportError as missing:
        msg = (
            f"{missing.name} is not installed; install chatcore with the extra `postgres`: "
            "pip install 'chatcore[server,postgres]'"
        )
        raise StorageError(msg) from missing
    password = None if password_file is None else read_password(Path(password_file))
    return Kept(PostgresStorage(db, password=password), PostgresBus(db, password=password))
