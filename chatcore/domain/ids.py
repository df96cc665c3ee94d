"""The names by which users, conversations and posts are known."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NewType

UserId = NewType("UserId", str)
"""16 hexadecimal digits, random, never reused."""

ConversationId = NewType("ConversationId", str)
"""`general`, or `d.LOW.HIGH` with the two user ids in order."""

ClientId = NewType("ClientId", str)
"""What a client calls its post: 1 to 64 letters, digits, `-` and `_`; unique for its sender, for ever."""

Token = NewType("Token", str)
"""What a session is known by: a secret of 256 random bits."""

_Match = Callable[[str], re.Match[str] | None]

is_user_id: _Match = re.compile(r"[0-9a-f]{16}").fullmatch
# Sessions and invitations are known by the SHA-256 of a secret; sessions of an application have a word before it.
is_digest: _Match = re.compile(r"(?:(?:host|guest)\.)?[0-9a-f]{64}").fullmatch
is_client_id: _Match = re.compile(r"[A-Za-z0-9_-]{1,64}").fullmatch
