"""Inviting people to register."""

from __future__ import annotations

from collections.abc import Sequence

from ..domain.invitations import MOST_INVITATIONS, InvitationRecord, code_digest, new_code, no_invitation
from ..errors import NotAllowed
from .context import Context


async def invite(ctx: Context, label: str, uses: int, ends_at_ms: int | None) -> str:
    """Make an invitation and give its code, which is kept nowhere.

    Where there are as many as may be, the oldest that admits nobody any more is forgotten; raises NotAllowed where
    there is no such one.
    """
    now_ms = ctx.clock.now_ms()
    there = await ctx.storage.invitations()
    if len(there) >= MOST_INVITATIONS:
        over = next((invitation for invitation in there if not invitation.admits(now_ms)), None)
        if over is None:
            msg = f"there are {MOST_INVITATIONS} invitations: revoke some of them first"
            raise NotAllowed(msg)
        await ctx.storage.revoke_invitation(over.id)
    code = new_code(ctx.ids.token())
    await ctx.storage.add_invitation(InvitationRecord(code_digest(code), label, now_ms, uses, ends_at_ms=ends_at_ms))
    return code


async def every(ctx: Context) -> Sequence[InvitationRecord]:
    """List all invitations, those that were made first before the others."""
    return await ctx.storage.invitations()


async def revoke(ctx: Context, invitation: str) -> None:
    """Forget the invitation with this id; who came by it stays."""
    await ctx.storage.revoke_invitation(invitation)


async def admitting(ctx: Context, code: str, address: str) -> str:
    """Return the id of the invitation with this code, which admits somebody. Raises InvalidInvitation, SlowDown."""
    digest = code_digest(code)  # what is no code at all is no guess
    with ctx.throttle.invited(address):
        found = await ctx.storage.invitation(digest)
        if found is None or not found.admits(ctx.clock.now_ms()):
            raise no_invitation()
    return digest
