"""A replica as a client has it, frames as a server sends them, and an observer that keeps what it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from chatcore import (
    GENERAL,
    Change,
    ClientId,
    ConnectionState,
    ConversationId,
    Item,
    Message,
    Observer,
    Row,
    User,
    UserId,
    apply_changes,
)
from chatcore.client.follower import Follower
from chatcore.client.outbox import Outbox, Outgoing
from chatcore.client.wishes import WantStretch, Wish
from chatcore.domain.conversations import direct
from chatcore.domain.generations import Point
from chatcore.domain.messages import last
from chatcore.domain.tallies import Tally
from chatcore.wire import frames as f

ME = User(UserId("0" * 16), "me too", 1, 1)
BOB = User(UserId("b" * 16), "bob", 2, 2)
CAROL = User(UserId("c" * 16), "carol", 3, 3)
WITH_BOB, WITH_CAROL = direct(ME.id, BOB.id), direct(ME.id, CAROL.id)


@attrs.define(eq=False)
class Witness(Observer):
    """Keeps what it is told, and what a frontend would show."""

    told: list[object] = attrs.field(factory=list)
    rows: list[Row] = attrs.field(factory=list)
    items: dict[ConversationId, list[Item]] = attrs.field(factory=dict)

    def connection_changed(self, state: ConnectionState) -> None:
        self.told.append(state)

    def rows_changed(self, changes: list[Change[Row]]) -> None:
        apply_changes(self.rows, changes)
        self.told.append(("rows", [row.name for row in self.rows]))

    def synced(self) -> None:
        self.told.append(("synced",))

    def timeline_changed(self, conversation: ConversationId, changes: list[Change[Item]]) -> None:
        apply_changes(self.items.setdefault(conversation, []), changes)
        self.told.append(("timeline", [item.seq for item in self.items[conversation]]))

    def message_received(self, message: Message) -> None:
        self.told.append(("received", message.conversation, message.seq))

    def messages_read(self, conversation: ConversationId, readers: Mapping[int, int]) -> None:
        self.told.append(("read", conversation, dict(readers)))

    def skipped(self, conversation: ConversationId, first: int, last: int) -> None:
        self.told.append(("skipped", conversation, first, last))

    def user_registered(self, user: User) -> None:
        self.told.append(("registered", user.name))

    def user_changed(self, user: User) -> None:
        self.told.append(("changed", user.name))

    def presence_changed(self, user: User, active: bool) -> None:
        self.told.append(("presence", user.name, active))

    def of(self, kind: str) -> list[tuple[object, ...]]:
        """Return what was told of one kind."""
        return [told[1:] for told in self.told if isinstance(told, tuple) and told[0] == kind]


def message(seq: int, sender: User = BOB, conversation: ConversationId = WITH_BOB, own: int | None = None) -> Message:
    """Make a message; `own` is its sender's count where others wrote too."""
    name = ClientId(f"{sender.name.replace(' ', '_')}-{seq}")
    return Message(conversation, seq, sender.id, name, f"message {seq}", 1_000 * seq, seq, own or seq, seq)


def tally(
    conversation: ConversationId = WITH_BOB, seq: int = 0, own: int = 0, read: int = 0, version: int = 0
) -> Tally:
    """Make the numbers of a conversation."""
    newest = last(message(seq, conversation=conversation)) if seq else None
    return Tally(conversation, seq, seq, own, newest, read, version)


class World:
    """A replica, its outbox and its witness; the server's part is played by the test."""

    def __init__(self) -> None:
        self.outbox = Outbox()
        self.follower = Follower(self.outbox)
        self.replica = self.follower.replica
        self.witness = Witness()
        self.follower.entered(ME)

    def snapshot(
        self,
        *tallies: Tally,
        users: int = 3,
        active: Sequence[User] = (),
        epoch: str = "e",
        general: Tally | None = None,
        generation: str = "first",
        number: int | None = None,
        is_same: bool = True,
    ) -> bool:
        """Let a snapshot come; without a number, no message that it tells of is newer."""
        number = max((one.seq for one in tallies), default=0) if number is None else number
        here = tuple(user.id for user in (ME, *active))
        point = Point(generation, number, users)
        return self.follower.snapshot(f.Snapshot(epoch, point, is_same, here, general or tally(GENERAL), tallies))

    def complete(self, *tallies: Tally, active: Sequence[User] = ()) -> None:
        """Let a snapshot, the directory and the end of the list come."""
        self.snapshot(*tallies, active=active)
        self.pull(f.Users(1, (ME, BOB, CAROL), upto=3, more=False))
        self.pull(f.Tallies(1, tallies, more=False))
        self.look()

    def wish(self) -> Wish | None:
        """Return what is wanted next."""
        return next(self.follower.wishes(), None)

    def pull(self, answer: f.Answer) -> Wish:
        """Answer what is wanted next; give what it was."""
        wish = next(self.follower.wishes(), None)
        assert wish is not None
        self.follower.answered(wish, answer)
        return wish

    def look(self) -> Witness:
        """Tell the witness what is new."""
        for note in self.follower.take_notes():
            note(self.witness)
        return self.witness

    def write(self, name: str, conversation: ConversationId = WITH_BOB) -> Outgoing:
        """Put a post into the outbox."""
        post = Outgoing(conversation, ClientId(name), f"text of {name}", 1)
        self.outbox.add(post)
        self.follower.written(post)
        return post


def page(
    tally: Tally,
    messages: Sequence[Message] = (),
    *,
    more: bool = False,
    read: Sequence[tuple[int, int]] = (),
    receipts: Sequence[tuple[int, int]] = (),
) -> f.Page:
    """Make a page."""
    return f.Page(1, tally, tuple(messages), tuple(read), tuple(receipts), more)


def messages(first: int, last: int, sender: User = BOB) -> list[Message]:
    """Make a stretch of messages of one user."""
    return [message(seq, sender) for seq in range(first, last + 1)]


def opened_after_three(world: World, *, receipts: tuple[tuple[int, int], ...] = ()) -> None:
    """Have three messages, the second one the user's own, in an opened timeline that wants nothing more."""
    world.follower.counted(tally(seq=3, own=1))
    world.follower.open(WITH_BOB)
    world.pull(page(tally(seq=3, own=1), [message(1), message(2, ME, own=1), message(3, own=2)], receipts=receipts))
    while not isinstance(world.wish(), WantStretch | None):
        world.pull(page(tally(seq=3, own=1), messages(1, 3)))
