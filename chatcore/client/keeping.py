"""What outlives the program: the posts that its keeper holds, and those of users who are not logged in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from ..domain.ids import ClientId, UserId
from ..errors import ChatError, StorageError, StorageFull
from ..ports.outbox import KeptPost, OutboxKeeper
from .outbox import Outbox, Outgoing

log: logging.Logger = logging.getLogger(__name__)


class Keeping:
    """The keeper, and what to do where it cannot keep.

    `_left`
        What users wrote who are not logged in, in this program or an earlier one; the first written first.
    `_must_keep`
        Whether what cannot be kept is refused; else it says so and goes out all the same.
    `unkept`
        Why what is written does not outlive the program, the last time it was tried; None where it does.
    """

    def __init__(self, keeper: OutboxKeeper) -> None:
        self._keeper = keeper
        self._left: list[KeptPost] = []
        self._must_keep = True
        self.unkept: ChatError | None = None

    @property
    def left(self) -> int:
        """How many posts wait until their users log in, without those that were refused."""
        return sum(post.refusal is None for post in self._left)

    def open(self, *, must_keep: bool) -> None:
        """Take over what earlier programs left. Raises StorageFull, StorageError where posts must be kept."""
        self._must_keep = must_keep
        try:
            self._left = list(self._keeper.open())
        except (StorageFull, StorageError) as error:
            if must_keep:
                raise
            self.unkept = error

    def close(self) -> None:
        """Keep no more; what is kept stays."""
        self._keeper.close()

    def take(self, user: UserId, held: Outbox) -> list[Outgoing]:
        """Return what a user wrote who is logged in, in programs that have ended too, but for what is held already."""
        self._left += self._keeper.take_over()
        mine = [post for post in self._left if post.user == user and post.client_id not in held]
        self._left = [post for post in self._left if post.user != user]
        return [_taken(post) for post in mine]

    def set_aside(self, user: UserId, posts: Iterable[Outgoing]) -> None:
        """A user has left: what they wrote waits until they come back."""
        self._left += [_kept(user, post) for post in posts]

    def begin(self, user: UserId, post: Outgoing) -> None:
        """Keep what is written just now. Raises StorageFull, StorageError where it must be kept and cannot."""
        try:
            self._keep(user, post)
        except (StorageFull, StorageError) as error:
            if self._must_keep:
                raise
            self.unkept, post.unkept = error, error.code
        else:
            self.unkept = None

    def try_again(self, user: UserId, post: Outgoing) -> bool:
        """Keep what could not be kept before. Return whether it is kept now."""
        with suppress(StorageFull, StorageError):
            self._keep(user, post)
            return True
        return False

    def change(self, user: UserId, post: Outgoing) -> None:
        """Keep what has become of a post."""
        with _forgiving():
            self._keep(user, post)

    def drop(self, client_id: ClientId) -> None:
        """Keep a post no longer: it is stored, or thrown away."""
        with _forgiving():
            self._keeper.drop(client_id)

    def _keep(self, user: UserId, post: Outgoing) -> None:
        self._keeper.keep(_kept(user, post))
        post.unkept = None


def _kept(user: UserId, post: Outgoing) -> KeptPost:
    return KeptPost(user, post.conversation, post.client_id, post.text, post.at_ms, post.refusal, post.reason)


def _taken(post: KeptPost) -> Outgoing:
    return Outgoing(
        post.conversation,
        post.client_id,
        post.text,
        post.at_ms,
        post.refusal,
        reason=post.reason,
        was_sent=True,
    )


@contextmanager
def _forgiving() -> Iterator[None]:
    """Go on where an answer cannot be kept: the post is sent once more then, and gets the same answer."""
    try:
        yield
    except (StorageFull, StorageError) as error:
        log.warning("%s", error.message)
    except (Exception, asyncio.CancelledError):  # nothing is awaited here: whoever cancels means something else
        log.exception("the outbox's keeper made a mistake")
