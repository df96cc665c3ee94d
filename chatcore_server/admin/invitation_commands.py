"""The commands for invitations: `chatcore-server invite …`, beside a running server or without one."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from chatcore.domain.invitations import MOST_USES

from .app import invite, list_invitations, revoke_invitation
from .databases import Where
from .times import check_end, end_options
from .user_commands import MakeCommand


def _make(db: Where, uses: int, label: str, until: datetime | None, lasts: timedelta | None) -> None:
    """Make a code with which people register where registration is by invitation; it is shown this once."""
    check_end("an invitation", until, lasts)
    invite(db, label, uses, until, lasts, click.echo)


def _list(db: Where) -> None:
    """List the invitations: how the id of each begins, how often it was used, and when it ends."""
    list_invitations(db, click.echo)


def _revoke(db: Where, invitation: str) -> None:
    """Let nobody register any more with the invitation whose id begins so; who came by it stays."""
    revoke_invitation(db, invitation, click.echo)


def invitation_commands(command: MakeCommand) -> click.Group:
    """Make the group."""
    uses = click.Option(
        ["--uses"], type=click.IntRange(1, MOST_USES), default=1, show_default=True, help="How many may register."
    )
    label = click.Option(["--label"], default="", help="What it is for, for those who run the chat.")
    invitation = click.Argument(["invitation"], metavar="ID")
    return click.Group(
        "invite",
        commands=[
            command("make", _make, uses, label, *end_options()),
            command("list", _list),
            command("revoke", _revoke, invitation),
        ],
        help="Make, list and revoke the codes with which people register.",
    )
