"""What is known of the client ids of a batch, before anything is decided about it."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from ...domain.ids import ClientId, UserId
from ...domain.messages import Message
from ...errors import ChatError

Key = tuple[UserId, ClientId]
"""Who posted, and under which client id."""


@attrs.frozen
class Known:
    """What is stored under the client ids of a batch, as far as it was looked up."""

    secret: bytes = attrs.field(repr=False)
    posted: Mapping[Key, Message] = attrs.field(factory=dict)
    asked: Mapping[Key, bytes] = attrs.field(factory=dict)
    refused: Mapping[Key, ChatError] = attrs.field(factory=dict)
