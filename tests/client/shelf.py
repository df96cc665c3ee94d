"""A keeper of posts whose disk is a dict."""

from __future__ import annotations

from chatcore import ClientId
from chatcore.ports.outbox import KeptPost


class Shelf:
    """A keeper in memory."""

    def __init__(self, *kept: KeptPost) -> None:
        self.kept = {post.client_id: post for post in kept}
        self.is_open = False
        self.left: list[KeptPost] = []
        "What another program has left."

    def open(self) -> list[KeptPost]:
        self.is_open = True
        return list(self.kept.values())

    def take_over(self) -> list[KeptPost]:
        left, self.left = self.left, []
        self.kept |= {post.client_id: post for post in left}
        return left

    def keep(self, post: KeptPost) -> None:
        self.kept[post.client_id] = post

    def drop(self, client_id: ClientId) -> None:
        self.kept.pop(client_id, None)

    def close(self) -> None:
        self.is_open = False
