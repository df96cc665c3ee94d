"""The attendance port: where the hosts of one chat write down that they live, and who is present at each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import attrs

from ..domain.hosts import HostSeen
from ..domain.ids import UserId


@attrs.frozen
class Beat:
    """What a host writes down of itself, and what it knows of the others."""

    host: str
    "A random name, a new one for each start of a host."
    label: str
    "What people call it."
    is_named: bool
    "Whether the label was given to it, so that no other living host may have it."
    number: int
    "Of its last change of presence, as of which this is."
    came: tuple[UserId, ...]
    went: tuple[UserId, ...]
    is_whole: bool
    "Whether nothing counts of what it has written before: present is who came, and nobody else."
    known: Mapping[str, int]
    "The number of the last change that it knows of each other host."
    buries: bool
    "Whether hosts that have not beaten for `domain.hosts.FORGOTTEN` seconds are given up."


@runtime_checkable
class Attendance(Protocol):
    """What every host of a chat can write and read, by the clock of one place. It may forget all when that crashes.

    A storage that several hosts share is one, too. A host that finds that nothing is kept of it writes all of it again.
    """

    async def beat(self, beat: Beat) -> Sequence[HostSeen]:
        """Write down that a host lives and who came and went there, and read all hosts, at one moment.

        The host itself is among them with an infinite age where another one has given it up, or has its name: then
        nothing of it was written. It is not among them where nothing is kept of it and the beat was not whole. Users
        are read of other hosts whose number is above the one that is known. May be repeated. Raises a TemporaryError
        where nothing can be written.
        """

    async def named(self, label: str) -> HostSeen | None:
        """Find the host to which a label was given and that has not ended, without its users."""

    async def leave(self, host: str) -> None:
        """A host has ended: nobody is present there. Nothing happens where it is not known."""
