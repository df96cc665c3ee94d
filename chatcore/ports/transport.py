"""The transport port: links that carry whole frames in order, and what dials them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import attrs


@attrs.define(eq=False)
class OutFrame:
    """The bytes of one frame on their way out; several links may share it."""

    data: bytes
    "JSON in UTF-8."
    wired: bytes | None = None
    "A place where a transport keeps its own form of the frame, made once for all links."


class LinkDown(Exception):
    """The link has ended. `clean` tells whether the other side closed it, in contrast to a link that broke.

    A transport that cannot tell the two apart (ASGI behind some servers) says that it broke.
    """

    def __init__(self, *, clean: bool, reason: str = "") -> None:
        super().__init__(reason or ("closed" if clean else "broken"))
        self.clean = clean
        self.reason = reason


class Link(Protocol):
    """One connection between a client and a server.

    *Order*: frames arrive in the order in which they were written. *Loss*: those written before the link went down may
    be lost, from some point on; none in the middle. *Duplicates*: none. A peer that is dead without a word is noticed
    within 30 seconds.
    """

    @property
    def address(self) -> str:
        """Return where the peer is: its IP address without a port, as `ipaddress` writes it.

        Empty where there is no network between the two. An IPv4 address is written as one even if it came as IPv6. It
        stays the same, after the link has ended too. Behind a proxy it is the proxy's.
        """

    async def receive(self) -> bytes:
        """Wait for the next frame. Raises LinkDown when the link has ended. May be cancelled without loss.

        A server's link keeps the next frame back while the peer does not read what was written.
        """

    def write(self, frames: Sequence[OutFrame]) -> None:
        """Send frames in one go, without waiting. On a link that is down they are dropped."""

    def backlog(self) -> int:
        """Return how many bytes were written and have not left this process yet."""

    async def close(self, reason: str = "", *, restarting: bool = False) -> None:
        """Send what was written, then end the link cleanly; `restarting` tells the peer to come back."""

    def abort(self) -> None:
        """Drop the link at once, as if the network had failed.

        Where an application has no hold of its socket (ASGI) nothing more is written, and the socket is gone when the
        server under it lets go: what a peer who does not read costs until then is that server's to bound.
        """


class Dialer(Protocol):
    """Opens links to a server."""

    async def dial(self, url: str) -> Link:
        """Open a link. Raises Unreachable with what is wrong.

        With `field` "url" where the address is no good, and "server" where whoever answers would do so again.
        May be cancelled, and leaves nothing behind then.
        """
