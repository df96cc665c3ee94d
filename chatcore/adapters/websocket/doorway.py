"""Who is let in at all: no more than this process can have sockets for."""

from __future__ import annotations

from collections.abc import Sequence

from websockets.asyncio.server import ServerConnection

from ...domain.addresses import Network, is_in
from ...domain.strangers import Strangers

KEPT_BACK = 64
"""Descriptors for what is not a client: the database, the log, the operators' socket, a request for the health page."""


MANY = 1_000_000
"""Descriptors that are as good as no limit."""


class Doorway:
    """Counts connections from the first byte on. Who has not finished the handshake makes room for a newcomer."""

    def __init__(self, files: int, proxies: Sequence[Network] = ()) -> None:
        """`files` is how many descriptors the process may have; who comes through one of `proxies` has no address."""
        self._proxies = proxies
        self._most = max(1, files - KEPT_BACK)
        self._here: set[ServerConnection] = set()
        self._strangers: Strangers[ServerConnection] = Strangers(max(1, files // 4))

    def __len__(self) -> int:
        return len(self._here)

    def came(self, connection: ServerConnection, address: str) -> None:
        """Let one more in, or drop it where there is no room."""
        if len(self._here) >= self._most:
            oldest = self._strangers.oldest
            if oldest is None:
                connection.transport.abort()
                return
            self._drop(oldest)
        self._here.add(connection)
        leaves = self._strangers.come(connection, "" if is_in(address, self._proxies) else address)
        if leaves is not None:
            self._drop(leaves)

    def greeted(self, connection: ServerConnection) -> None:
        """The handshake is done: whoever serves the connection counts it from now on."""
        self._strangers.go(connection)

    def gone(self, connection: ServerConnection) -> None:
        """It has ended."""
        self._here.discard(connection)
        self._strangers.go(connection)

    def _drop(self, connection: ServerConnection) -> None:
        self.gone(connection)
        connection.transport.abort()
