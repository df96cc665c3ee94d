"""Posts over a replica, with the test as the server."""

from __future__ import annotations

from chatcore import ClientId, ConversationId, TooLong
from chatcore.client.keeping import Keeping
from chatcore.client.posts import Posts
from chatcore.ports.outbox import NoKeeper, OutboxKeeper
from chatcore.wire import frames as f
from tests.client.asked import Asked, pacing
from tests.client.replicas import WITH_BOB, World, page, tally


class Desk(World):
    """Posts over a replica, with the test as the server."""

    def __init__(self, keeper: OutboxKeeper | None = None) -> None:
        super().__init__()
        self.complete()
        self.asked = Asked()
        self.pacing = pacing()
        self.keeping = Keeping(keeper or NoKeeper())
        self.posts = Posts(self.outbox, self.follower, self.asked.ask, self.pacing, self.keeping)

    def write(self, text: str, client_id: str | None = None, to: ConversationId = WITH_BOB) -> ClientId:  # type: ignore[override]
        """Write a post and send what is due."""
        name = self.posts.write(to, text, None if client_id is None else ClientId(client_id))
        self.send()
        return name

    def send(self, now: float = 0.0) -> None:
        """Send what is due, after what was heard."""
        self.posts.heard(self.follower.take_own())
        self.posts.send_due(now)

    def stored(self, seq: int, *, repeated: bool = False) -> None:
        """Answer the oldest open post: it is stored."""
        self.asked.answer(f.Posted(1, seq, seq * 1_000, seq, seq, seq, repeated, None))
        self.send()

    @property
    def sent(self) -> list[str]:
        """The texts that were sent, in order."""
        return [post.text for post in self.asked.of(f.Post)]


def refused(desk: Desk) -> ClientId:
    """Have a post refused for good, and another one wait behind it."""
    desk.follower.open(WITH_BOB)
    desk.pull(page(tally()))
    name = desk.write("1", "refused")
    desk.asked.answer(TooLong())
    desk.write("2", "behind")
    return name
