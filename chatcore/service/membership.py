"""Who belongs to a conversation, who may read and write there, and who hears of it: the one place that answers."""

from __future__ import annotations

from ..domain.conversations import Conversation, Members
from ..domain.ids import ConversationId, UserId
from ..errors import NotFound
from ..ports.storage import Accounts
from .known_users import KnownUsers


class Membership:
    """Answers from what the id of a conversation says, and from which users there are."""

    def __init__(self, accounts: Accounts) -> None:
        self.known_users: KnownUsers = KnownUsers(accounts)

    def hearers(self, conversation: ConversationId) -> Members:
        """Return who hears of what happens in a conversation: a cheap answer, asked for each message."""
        return Conversation.of(conversation).members

    async def check_reader(self, user: UserId, conversation: ConversationId) -> None:
        """Raise NotFound unless the conversation exists and the user may read it: which of the two is not told."""
        members = Conversation.of(conversation).members
        if user not in members:
            raise NotFound(field="conversation")
        for other in members.users:
            if other != user and other not in self.known_users and not await self.known_users.look_up(other):
                raise NotFound(field="conversation")

    check_writer = check_reader
    """Raise NotFound unless the user may write there: whoever may read may."""
