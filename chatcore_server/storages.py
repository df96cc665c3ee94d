"""Where a chat is kept, as the settings say: a SQLite file, or a PostgreSQL database that several servers share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from chatcore import StorageError
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.ports.bus import Bus
from chatcore.ports.storage import Storage

from .config import DatabaseUrl

if TYPE_CHECKING:
    from chatcore.adapters.postgres.address import Address


@attrs.frozen
class Kept:
    """A storage, and what joins the servers on it where there may be several; neither is open yet."""

    storage: Storage
    bus: Bus | None = None


def kept_at(
    db: Path | DatabaseUrl, password_file: str | None, bus: str | None = None, bus_credentials: str | None = None
) -> Kept:
    """Return where it is kept. `bus` is the address of a NATS server. Raises StorageError where it cannot be."""
    if isinstance(db, Path):
        return Kept(SqliteStorage(db))
    address = address_of(db, password_file)
    # Here, since whoever has a file needs nothing of it.
    from chatcore.adapters.postgres import PostgresBus, PostgresStorage  # noqa: PLC0415

    password = address.password
    storage = PostgresStorage(db, password=password)
    if bus is None:
        return Kept(storage, PostgresBus(db, password=password))
    return Kept(storage, _nats_bus(bus, bus_credentials, lambda: storage.installation))


def _nats_bus(url: str, credentials: str | None, installation: Callable[[], str]) -> Bus:
    try:
        from chatcore.adapters.nats_bus import NatsBus  # noqa: PLC0415
    except ImportError as missing:
        msg = (
            f"{missing.name} is not installed; install chatcore with the extra `nats`: "
            "pip install 'chatcore[server,postgres,nats]'"
        )
        raise StorageError(msg) from missing
    return NatsBus(url, installation=installation, credentials=None if credentials is None else Path(credentials))


def address_of(db: DatabaseUrl, password_file: str | None) -> Address:
    """Return where a database of PostgreSQL's is. Raises StorageError, where its driver is not installed, too."""
    try:
        from chatcore.adapters.postgres.address import Address, read_password  # noqa: PLC0415
    except ImportError as missing:
        msg = (
            f"{missing.name} is not installed; install chatcore with the extra `postgres`: "
            "pip install 'chatcore[server,postgres]'"
        )
        raise StorageError(msg) from missing
    return Address(db, None if password_file is None else read_password(Path(password_file)))
