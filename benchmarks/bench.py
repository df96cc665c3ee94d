"""What a part of the benchmark is given: where databases go, and how much is to be done."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import attrs

from .filling import Filling, fill


@attrs.define
class Bench:
    """One run of `make bench`."""

    folder: Path
    "On a disk; whatever is in it goes with the run."
    share: float = 1.0
    "How much of the full load."
    _files: int = 0
    _filled: dict[str, Path] = attrs.field(factory=dict)

    def many(self, full: int, least: int = 1) -> int:
        """Return how many of something to do."""
        return max(least, round(full * self.share))

    def file(self) -> Path:
        """Return a place for one more database."""
        self._files += 1
        return self.folder / f"{self._files}.db"

    async def database(self, filling: Filling) -> Path:
        """Make a database for one server."""
        path = self.file()
        await fill(path, filling)
        return path

    async def kept(self, name: str, make: Callable[[], Awaitable[Path]]) -> Path:
        """Make a database that serves several runs, which do not change it."""
        if name not in self._filled:
            self._filled[name] = await make()
        return self._filled[name]

    @property
    def room(self) -> int:
        """The free bytes of the disk."""
        return shutil.disk_usage(self.folder).free
