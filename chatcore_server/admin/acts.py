"""What a running server does for its operator, request by request."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event
from typing import Protocol

import attrs

from chatcore import BadFrame, StorageError

from . import frames as f
from .listener import Act

PAUSE = 0.002
"""Seconds of rest after each step of a copy, so that it takes neither disk nor processor for itself."""

log = logging.getLogger(__name__)


class Extent(Protocol):
    """How much is in a copy."""

    @property
    def users(self) -> int:
        """How many users."""

    @property
    def messages(self) -> int:
        """How many messages."""


class Copy(Protocol):
    """Copies the database while it is in use."""

    def __call__(self, to: Path, *, replace: bool, rest: Callable[[], None]) -> Extent:
        """Do it in a thread; `rest` is called again and again and raises to give up. Raises ChatError."""


def no_backup(to: Path, *, replace: bool, rest: Callable[[], None]) -> Extent:  # noqa: ARG001 - as a Copy
    """Say who copies a database of PostgreSQL's. Raises StorageError."""
    msg = "PostgreSQL's own tools make backups of it: pg_dump, or pg_basebackup"
    raise StorageError(msg)


@attrs.frozen
class Acts:
    """The acts of one server."""

    copy: Copy
    url: Callable[[], str]
    "Where clients find it."
    active: Callable[[], int]
    "How many users are active."
    stop: Callable[[], object]
    "Has it end in good order."
    since_ms: int
    "When it was started."

    def table(self) -> Mapping[type, Act]:
        """Return the act for each kind of request."""
        return {f.BackUp: self._back_up, f.Status: self._status, f.Stop: self._stop}

    async def _back_up(self, request: f.BackUp) -> f.BackedUp:
        path = Path(request.path)
        if not path.is_absolute():
            msg = "the path is not an absolute one"
            raise BadFrame(msg, field="path")
        extent = await _copied(request, self.copy)
        log.info("backup %s has %s users and %s messages", path, extent.users, extent.messages)
        return f.BackedUp(extent.users, extent.messages)

    async def _status(self, _: f.Status) -> f.Running:
        return f.Running(os.getpid(), self.url(), self.since_ms, self.active())

    async def _stop(self, _: f.Stop) -> f.Stopping:
        log.info("an operator has the server stop")
        self.stop()
        return f.Stopping(os.getpid())


async def _copied(request: f.BackUp, copy: Copy) -> Extent:
    """Copy in a thread; when cancelled, wait until the thread has given up and tidied."""
    is_over = Event()

    def rest() -> None:
        if is_over.wait(PAUSE):
            msg = "the backup was given up"
            raise StorageError(msg)

    copying = asyncio.ensure_future(asyncio.to_thread(copy, Path(request.path), replace=request.replace, rest=rest))
    try:
        return await asyncio.shield(copying)
    finally:
        is_over.set()
        await asyncio.wait([copying])
