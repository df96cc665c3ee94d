"""The storage that the settings name: a SQLite file, or a PostgreSQL database."""

from __future__ import annotations

from pathlib import Path

from chatcore import StorageError
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.ports.storage import Storage

from .config import DatabaseUrl


def storage_of(db: Path | DatabaseUrl, password_file: str | None) -> Storage:
    """Return it, not yet open. Raises StorageError where it cannot be one."""
    if isinstance(db, Path):
        return SqliteStorage(db)
    try:
        # Here, since whoever has a file needs nothing of it.
        from chatcore.adapters.postgres import PostgresStorage  # noqa: PLC0415
        from chatcore.adapters.postgres.address import read_password  # noqa: PLC0415
    except ImportError as missing:
        msg = (
            f"{missing.name} is not installed; install chatcore with the extra `postgres`: "
            "pip install 'chatcore[server,postgres]'"
        )
        raise StorageError(msg) from missing
    return PostgresStorage(db, password=None if password_file is None else read_password(Path(password_file)))
