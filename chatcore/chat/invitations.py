"""Invitations to a chat, for the program that has it inside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from ..domain.ids import is_digest
from ..domain.invitations import MOST_USES, Invitation, told
from ..domain.sessions import MAX_LABEL
from ..service import invitations
from .users import OpenContext, check_line, check_type, end_of


class Invitations:
    """`chat.invitations`: makes codes with which people register, lists and revokes them.

    They are asked for where the chat's registration is "invitation".
    """

    def __init__(self, context: OpenContext) -> None:
        self._context = context

    async def make(
        self, *, uses: int = 1, label: str = "", until: datetime | None = None, lasts: timedelta | None = None
    ) -> str:
        """Make an invitation and return its code, which is kept nowhere: hand it to whoever is invited.

        So many people may register with it as it has `uses`, 1 to 1,000,000, until an aware time to come or for as long
        as it `lasts`, for good without both. `label` says what it is for, in at most 64 characters. Where
        there are 1,000 the oldest that is over is forgotten; raises NotAllowed where none is, TypeError and ValueError.
        """
        check_line("label", label, 0, MAX_LABEL)
        if isinstance(uses, bool) or not isinstance(uses, int):  # whatever a program gives
            msg = f"uses is a whole number, not {uses!r:.40}"
            raise TypeError(msg)
        if not 1 <= uses <= MOST_USES:
            msg = f"an invitation has 1 to {MOST_USES} uses, not {uses}"
            raise ValueError(msg)
        context = self._context()
        now = datetime.fromtimestamp(context.clock.now_ms() / 1000, UTC)
        end = end_of("an invitation", now, until, lasts)
        return await invitations.invite(context, label, uses, None if end is None else round(end.timestamp() * 1000))

    async def all(self) -> Sequence[Invitation]:
        """List all that were not revoked, those that were made first before the others; used ones are among them."""
        return [told(record) for record in await invitations.every(self._context())]

    async def revoke(self, invitation: Invitation | str) -> None:
        """Forget an invitation, by its id: nobody can register with it any more. Who came by it stays.

        Nothing happens where there is none: it was revoked already.
        """
        digest = invitation.id if isinstance(invitation, Invitation) else invitation
        check_type("invitation", digest, str, "an invitation or its id")
        if not is_digest(digest):
            return
        await invitations.revoke(self._context(), digest)
