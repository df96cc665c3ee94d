"""Clients as programs make them, in a world of virtual time."""

from __future__ import annotations

from chatcore import (
    ChatClient,
    ConversationId,
    Token,
)
from chatcore.domain.messages import Message
from chatcore.testing import ChatWorld
from chatcore.testing.fakes import SeededIds
from chatcore.testing.world import URL


def a_client(world: ChatWorld, *, token: Token | None = None, wait: bool = True, url: str = URL) -> ChatClient:
    """Make a client as `chatcore.connect` does."""
    return ChatClient(url, dialer=world.network, clock=world.clock, ids=SeededIds(99), token=token, wait=wait)


async def fill(client: ChatClient, conversation: ConversationId, count: int) -> list[Message]:
    """Post so many messages."""
    return [await client.post(conversation, f"message {number}") for number in range(1, count + 1)]
