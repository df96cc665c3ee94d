"""What all parts of the storage contract share: the storage under test, people, and short ways to do things."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ...domain.conversations import GENERAL, direct
from ...domain.ids import ClientId, ConversationId, UserId
from ...domain.marks import NewMarks
from ...domain.messages import Message, NewMessage
from ...domain.users import AccountName, NewUser
from ...errors import ChatError
from ...ports.commits import Change, Commit, Marked, Outcome, Refused, Repeated, Stored
from ...ports.storage import Storage

ALICE, BOB, CAROL = UserId("a" * 16), UserId("b" * 16), UserId("c" * 16)
ALICE_BOB, ALICE_CAROL, BOB_CAROL = direct(ALICE, BOB), direct(ALICE, CAROL), direct(BOB, CAROL)

NOON = 1_750_000_000_000
"""A moment in ms since 1970."""


class StorageBase:
    """Gives the storage under test. See StorageContract for what to override."""

    @pytest.fixture
    def storage(self) -> Storage:
        """Return an open, empty storage."""
        msg = "override the fixture `storage`"
        raise NotImplementedError(msg)

    async def reopen(self, storage: Storage) -> Storage:
        """Close the storage and open it again over the same data."""
        return storage

    async def seed(self, storage: Storage, messages: Sequence[Message]) -> None:  # noqa: ARG002 - for overriding
        """Put messages into their logs as they are, whatever their `live` and `own`."""
        pytest.skip("this storage cannot be seeded")


def post(sender: UserId, conversation: ConversationId, client_id: str, text: str = "hello") -> NewMessage:
    """Ask for a message."""
    return NewMessage(sender, conversation, ClientId(client_id), text)


def entry(conversation: ConversationId, seq: int, sender: UserId, live: int, own: int) -> Message:
    """Make a message to seed a log with."""
    return Message(conversation, seq, sender, ClientId(f"seed-{seq}"), "seeded", NOON, live, own, seq)


def marks(reader: UserId, conversation: ConversationId, *seqs: int) -> NewMarks:
    """Ask for marks."""
    return NewMarks(reader, conversation, seqs)


def told_by(storage: Storage) -> list[Commit]:
    """Return a list that grows with each commit."""
    commits: list[Commit] = []
    storage.listen(commits.append)
    return commits


async def send(storage: Storage, sender: UserId, conversation: ConversationId, *texts: str) -> list[Message]:
    """Store messages, in one batch, under client ids that no other message has."""
    head = await storage.tally(sender, conversation)
    own_name = f"{sender[0]}-{conversation.replace('.', '_')}"[:40]
    posts = [post(sender, conversation, f"{own_name}-{head.seq + i}", text) for i, text in enumerate(texts)]
    return [message_of(outcome) for outcome in await storage.append(posts, NOON)]


async def read(storage: Storage, reader: UserId, conversation: ConversationId, *seqs: int) -> Marked:
    """Mark messages; give the outcome."""
    (outcome,) = await storage.append([marks(reader, conversation, *seqs)], NOON)
    assert isinstance(outcome, Marked)
    return outcome


async def enrol(storage: Storage, *users: UserId) -> None:
    """Register users under names made of their ids."""
    for user in users:
        await storage.add_user(NewUser(user, AccountName(f"user-{user[:4]}", f"user-{user[:4]}"), "hash"), NOON)


async def append_one(storage: Storage, change: Change, now_ms: int = NOON) -> Outcome:
    """Store a single change; give its outcome."""
    (outcome,) = await storage.append([change], now_ms)
    return outcome


async def log_of(storage: Storage, conversation: ConversationId = ALICE_BOB) -> Sequence[Message]:
    """Read a whole conversation, as Alice."""
    return (await storage.page(ALICE, conversation, after=0, before=None, limit=1_000)).messages


def message_of(outcome: Outcome) -> Message:
    """Return the message that was stored now or before."""
    assert isinstance(outcome, Stored | Repeated)
    return outcome.message


def refusal(outcome: Outcome) -> type[ChatError]:
    """Return why a change was refused."""
    assert isinstance(outcome, Refused)
    return type(outcome.error)


__all__ = [
    "ALICE",
    "ALICE_BOB",
    "ALICE_CAROL",
    "BOB",
    "BOB_CAROL",
    "CAROL",
    "GENERAL",
    "NOON",
    "StorageBase",
    "append_one",
    "enrol",
    "entry",
    "log_of",
    "marks",
    "message_of",
    "post",
    "read",
    "refusal",
    "send",
    "told_by",
]
