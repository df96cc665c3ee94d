"""How old the newest backup is, where it is known in which folder they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from .findings import Finding, fault, ok, warning

OLD = timedelta(days=7)

_TOPIC = "backups"
_MAKE = "chatcore-server backup, each day"


def backups(folder: Path, is_backup: Callable[[BinaryIO], bool], now: datetime) -> Finding:
    """Look for the newest one; only what `is_backup` says of counts."""
    try:
        times = list(_times(folder.iterdir(), is_backup))
    except OSError as error:
        return fault(
            _TOPIC, f"{folder} cannot be read: {(error.strerror or '').lower()}", "name the folder of the backups"
        )
    if not times:
        return fault(_TOPIC, f"there is none in {folder}", f"make some: {_MAKE}")
    newest = max(times)
    told = f"the newest in {folder} is of {newest:%Y-%m-%d %H:%M} UTC"
    if now - newest > OLD:
        return warning(_TOPIC, told, f"make them more often: {_MAKE}")
    return ok(_TOPIC, told)


def _times(paths: Iterable[Path], is_backup: Callable[[BinaryIO], bool]) -> Iterator[datetime]:
    for path in paths:
        if path.is_file():
            with path.open("rb") as file:
                if is_backup(file):
                    yield datetime.fromtimestamp(path.stat().st_mtime, UTC)
