"""The locks by which servers on one database take turns: numbers, made of what each is for.

Within a transaction they are taken in one order: the directory, the conversations by number, and the log last of all,
since everybody waits for it. So nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from ...domain.ids import ConversationId


class Locks:
    """The numbers of one installation, which is a schema of a database: by the schema's own number."""

    def __init__(self, schema: int) -> None:
        self._key = schema.to_bytes(8, "big")
        self.directory: int = self._number("directory")
        "Of whoever registers."
        self.log: int = self._number("log")
        "Of whoever gives numbers, until the commit."
        self.migration: int = self._number("migration")
        self.start: int = self._number("start")
        "Of a server that begins."
        self.work: int = self._number("work")
        "Of all servers that have begun, together, for as long as they live."

    def conversations(self, conversations: Iterable[ConversationId]) -> list[int]:
        """Return the locks of those who write or read in conversations, in the order in which they are taken.

        Two conversations with one number merely wait for each other.
        """
        return sorted({self._number(f"conversation {conversation}") for conversation in conversations})

    def _number(self, of: str) -> int:
        return int.from_bytes(blake2b(of.encode(), digest_size=8, key=self._key).digest(), "big", signed=True)
