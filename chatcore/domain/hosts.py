"""The other hosts of one chat: what each has told of who is present there, and what this one has to tell of itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from math import inf
from typing import assert_never

import attrs

from .ids import UserId
from .presence import Presence

BEAT = 3.0
"""Seconds of silence after which a host says that it lives, where it knows of others."""

LONE_BEAT = 60.0
"""The same where it knows of none: the bus may have lost what it said of itself."""

FORGOTTEN = 10.0
"""Seconds of silence after which a host counts as dead, and nobody as present there."""

UNSTEADY = 5.0
"""Seconds after which a host that could not read what the others have written down gives them time to do so again."""


is_node_name: Callable[[str], re.Match[str] | None] = re.compile(r"(?!\.\.?$)[A-Za-z0-9._-]{1,64}").fullmatch
"""A name that a person gives to a host."""


@attrs.frozen
class HostPresence:
    """All users who are present at a host. It stands for all that the host told before."""

    host: str
    "A random name, a new one for each start of a host."
    number: int
    "That of the host's last change: 0 where there was none."
    users: tuple[UserId, ...]


@attrs.frozen
class HostPresenceChanged:
    """Who came to a host and who went, its change of this number; with neither it says that the host lives."""

    host: str
    number: int
    "Of the change: 1, 2, 3, …; where nothing has changed, of the last one."
    came: tuple[UserId, ...] = ()
    went: tuple[UserId, ...] = ()

    @property
    def is_beat(self) -> bool:
        """Whether it says only that the host lives."""
        return not self.came and not self.went


@attrs.frozen
class HostPresenceWanted:
    """A host is asked for its HostPresence, by one that has missed a change, or is cut off from where hosts write."""

    host: str


AboutPresence = HostPresence | HostPresenceChanged | HostPresenceWanted


@attrs.frozen
class HostSeen:
    """A host as it was written down where all hosts of a chat write: by the clock of that place."""

    host: str
    age: float
    "Seconds since it said that it lives; `inf` where it has left, or was given up by another host."
    number: int = 0
    "Of the last change of presence that is written down."
    users: tuple[UserId, ...] | None = None
    "Who is present there as of that change; None where the reader knows, or nobody is."


@attrs.define
class _Other:
    heard_at: float
    number: int = -1
    "Of the newest change that is known; less than any while nothing is."
    users: set[UserId] = attrs.field(factory=set)


class Hosts:
    """Joins what hosts tell each other of presence. Times are seconds of one monotonic clock, passed in.

    A host tells only what it alone knows: who is present at itself. Nobody ever says that a user is inactive, which
    only holds for all hosts together. What is lost, late or doubled on the way is found by the numbers, and made good
    by asking for the whole.

    Where hosts write down that they live (`is_written`), only what is read there says who does, and nobody is given
    up who had no time to write since it could be read.
    """

    def __init__(self, me: str, *, is_written: bool = False) -> None:
        self._me = me
        self._is_written = is_written
        self._number = 0
        self._read_at = -inf
        self._steady_since = -inf
        self.is_reading_wanted: bool = False
        "Whether a host has told something that is not known here: what is written down of it is to be read."
        self._others: dict[str, _Other] = {}
        self._changed: set[UserId] = set()
        self._incomplete: dict[str, None] = {}
        "Hosts that are to be asked."
        self._is_wanted = True
        self._told_at = -inf

    @property
    def me(self) -> str:
        """The name of this host."""
        return self._me

    @property
    def number(self) -> int:
        """That of this host's last change."""
        return self._number

    @property
    def known(self) -> Mapping[str, int]:
        """The other hosts, with the number of the newest change that is known of each."""
        return {host: other.number for host, other in self._others.items()}

    def begin_anew(self, me: str) -> None:
        """Be another host from now on: the others have given up the former one."""
        self._me, self._number, self._is_wanted = me, 0, True

    def is_steady(self, now: float) -> bool:
        """Return whether it was read without a gap for so long that whoever has not written since is dead."""
        return now - self._steady_since >= FORGOTTEN and now - self._read_at < UNSTEADY

    def active(self) -> frozenset[UserId]:
        """Return the users who are present at another host."""
        return frozenset().union(*(other.users for other in self._others.values()))

    def is_active(self, user: UserId) -> bool:
        """Return whether the user is present at another host."""
        return any(user in other.users for other in self._others.values())

    def ask_all(self) -> None:
        """Ask the other hosts for what is there: those answer that can read what is written down."""
        self._incomplete.update(dict.fromkeys(self._others))

    def take_changed(self) -> frozenset[UserId]:
        """Return the users whose presence elsewhere has changed since the last call."""
        changed, self._changed = frozenset(self._changed), set()
        return changed

    def hear(self, told: AboutPresence, now: float) -> None:
        """Take what another host has told."""
        match told:
            case HostPresenceWanted(host):
                self._is_wanted = self._is_wanted or host == self._me
            case HostPresence(host, number, users):
                other = self._hear_of(host, now)
                if other is not None and number >= other.number:
                    self._incomplete.pop(host, None)
                    self._take(other, number, users)
            case HostPresenceChanged(host, number, came, went):
                other = self._hear_of(host, now)
                if other is None:
                    return
                if number == other.number + 1 and not told.is_beat:
                    self._changed |= {*came, *went}
                    other.number, other.users = number, (other.users | {*came}) - {*went}
                elif number > other.number:
                    self._incomplete[host] = None
            case _:
                assert_never(told)

    def read(self, seen: Iterable[HostSeen], now: float) -> None:
        """Take what is written down of the other hosts, and forget those that live no more."""
        self.is_reading_wanted = False
        if now - self._read_at >= UNSTEADY:
            self._steady_since = now
            for other in self._others.values():
                other.heard_at = now  # it may have been as unable to write as this one was to read
        self._read_at = now
        for host in seen:
            if host.host == self._me:
                continue
            if host.age >= FORGOTTEN and host.host not in self._others:
                continue
            if host.host not in self._others:
                self._incomplete[host.host] = None  # what is written down of it may be a second old
            other = self._meet(host.host, -inf)
            other.heard_at = max(other.heard_at, now - host.age) if host.age < inf else -inf
            if host.number > other.number and host.users is not None:
                self._take(other, host.number, host.users)
        self._forget(now)

    def expire(self, now: float) -> None:
        """Forget the hosts that have been silent for too long."""
        if not self._is_written:
            self._forget(now)

    def next_due(self) -> float:
        """Return when there is something to do though nothing happens: to forget a host, or to say that one lives.

        `inf` where hosts are written down: reading is what forgets them.
        """
        if self._is_written:
            return inf
        return min([self._beat_at, *(other.heard_at + FORGOTTEN for other in self._others.values())])

    def say(self, here: Presence, changed: Collection[UserId], now: float) -> Sequence[AboutPresence]:
        """Return what is to be told to the others: `changed` are the users who may have come here, or gone."""
        wanted = [HostPresenceWanted(host) for host in self._incomplete]
        self._incomplete.clear()
        if changed:
            self._number += 1
        own: list[AboutPresence] = []
        if self._is_wanted and self._may_answer(now):
            own = [HostPresence(self._me, self._number, tuple(sorted(here.active)))]
        elif changed or (now >= self._beat_at and not self._is_written):
            came = tuple(sorted(user for user in changed if here.is_active(user)))
            went = tuple(sorted(user for user in changed if not here.is_active(user)))
            own = [HostPresenceChanged(self._me, self._number, came, went)]
        if own:
            self._is_wanted, self._told_at = False, now
        return [*wanted, *own]

    def _may_answer(self, now: float) -> bool:
        """Return whether this host's word would be of use: it means that it can serve those who are there."""
        is_cut_off = self._read_at > -inf and now - self._read_at >= UNSTEADY
        return not (self._is_written and is_cut_off)

    @property
    def _beat_at(self) -> float:
        return self._told_at + (BEAT if self._others else LONE_BEAT)

    def _hear_of(self, host: str, now: float) -> _Other | None:
        """Return the host that tells something; None where nothing is known of it that could be relied on."""
        if not self._is_written:
            return self._meet(host, now)
        other = self._others.get(host)
        self.is_reading_wanted = self.is_reading_wanted or other is None
        return other

    def _meet(self, host: str, now: float) -> _Other:
        other = self._others.get(host)
        if other is None:
            other = self._others[host] = _Other(now)
            self._is_wanted = True  # neither does it know what is here
        other.heard_at = max(now, other.heard_at)
        return other

    def _take(self, other: _Other, number: int, users: Collection[UserId]) -> None:
        self._changed |= other.users.symmetric_difference(users)
        other.number, other.users = number, set(users)

    def _forget(self, now: float) -> None:
        for name, other in list(self._others.items()):
            if other.heard_at + FORGOTTEN <= now:
                del self._others[name]
                self._incomplete.pop(name, None)
                self._changed |= other.users
