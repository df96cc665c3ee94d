"""Who belongs to a conversation, who may read and write there, and who hears of it: the one place that answers."""

from __future__ import annotations

from ..domain.conversations import Conversation, Members
from ..domain.ids import ConversationId, UserId
from ..domain.users import User
from ..errors import NotAllowed, NotFound
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
        await self._disabled(user, conversation)

    async def check_writer(self, user: UserId, conversation: ConversationId) -> None:
        """Raise NotFound unless the user may read there, and NotAllowed where the only other one is disabled."""
        disabled = await self._disabled(user, conversation)
        if disabled is not None and Conversation.of(conversation).partner(user) == disabled.id:
            msg = "nobody can write to this user: the account is disabled"  # kept for a day, and so without a name
            raise NotAllowed(msg, field="conversation")

    async def _disabled(self, user: UserId, conversation: ConversationId) -> User | None:
        """Return somebody disabled who is named by the conversation, beside the user. Raises NotFound."""
        members = Conversation.of(conversation).members
        if user not in members:
            raise NotFound(field="conversation")
        disabled = None
        for other in members.users:
            if other != user and other not in self.known_users:
                found = await self.known_users.look_up(other)
                if found is None:
                    raise NotFound(field="conversation")
                disabled = found if found.disabled else disabled
        return disabled
