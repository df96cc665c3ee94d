"""Conversations: the general chat of everybody, and direct ones of two users."""

from __future__ import annotations

from functools import lru_cache

from ..errors import NotFound
from .ids import ConversationId, UserId, is_user_id

GENERAL = ConversationId("general")


def direct(one: UserId, other: UserId) -> ConversationId:
    """Return the id of the conversation of two users: a pure function of the two, whoever asks."""
    if one == other:
        msg = "there is no conversation with oneself"
        raise NotFound(msg, field="conversation")
    low, high = sorted((one, other))
    return ConversationId(f"d.{low}.{high}")


@lru_cache(maxsize=65_536)  # asked at every turn of every message
def members(conversation: ConversationId) -> tuple[UserId, UserId] | None:
    """Return the two members of a direct conversation, None for the general chat (its members are all users).

    Raises NotFound for what is not the id of a conversation.
    """
    if conversation == GENERAL:
        return None
    kind, _, rest = conversation.partition(".")
    low, _, high = rest.partition(".")
    if kind != "d" or not is_user_id(low) or not is_user_id(high) or low >= high:
        raise NotFound(field="conversation")
    return UserId(low), UserId(high)


def partner(conversation: ConversationId, user: UserId) -> UserId | None:
    """Return the other member of a direct conversation of `user`, None for the general chat.

    Raises NotFound where `user` is not a member: whether the conversation exists is not told.
    """
    pair = members(conversation)
    if pair is None:
        return None
    if user not in pair:
        raise NotFound(field="conversation")
    return pair[1] if pair[0] == user else pair[0]
