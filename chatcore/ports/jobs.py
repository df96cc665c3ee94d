"""What work in the background asks of a storage: how far it has come, and who has not read what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ..domain.ids import UserId
from ..domain.messages import Message
from ..domain.users import User


class Jobs(Protocol):
    """What a job that goes through the log works with. One host at a time does a job: the one that has it."""

    async def take_job(self, job: str, host: str, now_ms: int) -> bool:
        """Have a job for `domain.leases.LEASE` seconds more, unless another host has it; return whether this one does.

        The clock is the storage's own where it has one, else `now_ms` is the time.
        """

    async def leave_job(self, job: str, host: str) -> None:
        """Have a job no more. Nothing happens where the host had not."""

    async def positions(self, job: str) -> Mapping[str, int]:
        """Return how far a job has come, by the names of its parts; nothing where it has not begun."""

    async def keep_positions(self, job: str, host: str, positions: Mapping[str, int | None]) -> bool:
        """Keep how far some parts of a job have come, all at once. None forgets a part.

        Return whether they are kept: not where another host has the job by now, or nobody.
        """

    async def messages_between(
        self, after: int, upto: int, limit: int, *, crowds: bool, unread_by: UserId | None = None
    ) -> Sequence[Message]:
        """List messages of all conversations whose numbers are above `after` and at most `upto`, by number.

        Without `crowds` those of conversations for all are left out. With `unread_by` only those of the user's
        conversations are listed that the user has neither written nor read.
        """

    async def readers_to_be(self, message: Message, after: str, limit: int) -> Sequence[User]:
        """List the members who have neither written nor read a message, with ids above `after`, by id."""
