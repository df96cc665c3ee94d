"""The pages that tell whoever watches the server how it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

import attrs

from chatcore import ChatError, UserId
from chatcore.ports.storage import Accounts

Page = Callable[[], Awaitable[tuple[HTTPStatus, str]]]

PATIENCE = 2.0
"""Seconds within which the storage has to answer."""

_NOBODY = UserId("0" * 16)


@attrs.define
class Health:
    """How the server is: alive as long as it answers, ready while it can serve clients."""

    accounts: Accounts
    is_draining: bool = False

    @property
    def pages(self) -> Mapping[str, Page]:
        """The pages by their paths."""
        return {"/healthz": self.alive, "/readyz": self.ready}

    async def alive(self) -> tuple[HTTPStatus, str]:
        """Say that the process works."""
        return HTTPStatus.OK, "alive\n"

    async def ready(self) -> tuple[HTTPStatus, str]:
        """Say whether clients can be served."""
        if self.is_draining:
            return HTTPStatus.SERVICE_UNAVAILABLE, "the server is stopping\n"
        try:
            async with asyncio.timeout(PATIENCE):
                await self.accounts.user(_NOBODY)
        except (ChatError, TimeoutError):
            return HTTPStatus.SERVICE_UNAVAILABLE, "the storage does not answer\n"
        return HTTPStatus.OK, "ready\n"
