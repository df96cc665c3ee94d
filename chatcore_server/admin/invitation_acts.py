"""What a running server does with invitations for its operator."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

import attrs

from chatcore import BadFrame, Invitation, Invitations, NotFound
from chatcore.domain.invitations import InvitationRecord, code_digest

from . import frames as f
from .listener import Act
from .times import moment

log = logging.getLogger(__name__)

SHOWN = 12
"""Digits of an invitation's id by which the log and operators name it."""


@attrs.frozen
class InvitationActs:
    """The acts on the invitations of one server."""

    invitations: Invitations

    def table(self) -> Mapping[type, Act]:
        """Return the act for each kind of request."""
        return {f.Invite: self._invite, f.ListInvitations: self._list, f.RevokeInvitation: self._revoke}

    async def _invite(self, request: f.Invite) -> f.Invited:
        ends = moment(request.ends_at_ms, "ends_at_ms")
        try:
            code = await self.invitations.make(uses=request.uses, label=request.label, until=ends)
        except ValueError as wrong:
            raise BadFrame(str(wrong)) from wrong
        log.info("an operator has made the invitation %s", code_digest(code)[:SHOWN])
        return f.Invited(code_digest(code), code)

    async def _list(self, _: f.ListInvitations) -> f.ListedInvitations:
        return f.ListedInvitations(tuple(map(_record, await self.invitations.all())))

    async def _revoke(self, request: f.RevokeInvitation) -> f.RevokedInvitation:
        meant = [each for each in await self.invitations.all() if each.id.startswith(request.invitation)]
        if len(meant) != 1:
            msg = f"{len(meant) or 'no'} invitations begin with {request.invitation[:64]}"
            raise NotFound(msg, field="invitation")
        await self.invitations.revoke(meant[0])
        log.info("an operator has revoked the invitation %s", meant[0].id[:SHOWN])
        return f.RevokedInvitation(_record(meant[0]))


def _record(told: Invitation) -> InvitationRecord:
    ends = None if told.ends is None else _ms(told.ends)
    return InvitationRecord(told.id, told.label, _ms(told.made), told.uses, told.used, ends)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
