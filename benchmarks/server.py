"""A server on a core of its own: chatcore-server, or one of the plain ones that it is measured against."""

from __future__ import annotations

from chatcore.testing.server_process import ServerProcess

from .meter import SERVER_CORE, pin


class PinnedServer(ServerProcess):
    """A server in a process of its own, on a core that nobody else uses. Use as `async with`."""

    async def start(self) -> None:
        """Start it, and put it on its core."""
        await super().start()
        pin(self.pid, SERVER_CORE)
