"""The attendance of hosts that share one process: by one clock, for tests of what several hosts do."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import attrs

from ..domain.hosts import FORGOTTEN, HostSeen
from ..domain.ids import UserId
from ..ports.attendance import Beat
from ..ports.clock import Clock


@attrs.define
class _Host:
    label: str
    is_named: bool
    seen: float = 0.0
    number: int = 0
    users: set[UserId] = attrs.field(factory=set)
    is_over: bool = False


class MemoryAttendance:
    """Keeps it in memory. `crash` forgets all, as the crash of a database does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hosts: dict[str, _Host] = {}

    async def beat(self, beat: Beat) -> Sequence[HostSeen]:
        now = self._clock.monotonic()
        own = self._hosts.get(beat.host)
        namesake = self._named(beat.label) if beat.is_named else None
        if own is None and beat.is_whole and namesake is None:
            own = self._hosts[beat.host] = _Host(beat.label, beat.is_named)
        if own is not None and not own.is_over:
            own.seen, own.number = now, beat.number
            own.users = {*beat.came} if beat.is_whole else (own.users - {*beat.went}) | {*beat.came}
        if beat.buries:
            for name, host in self._hosts.items():
                if name != beat.host and host.seen < now - FORGOTTEN:
                    host.is_over, host.users = True, set()
        refused = [HostSeen(beat.host, inf)] if own is None and beat.is_whole else []
        return [*(self._seen(name, beat.known.get(name, -1)) for name in self._hosts), *refused]

    async def named(self, label: str) -> HostSeen | None:
        name = self._named(label)
        return None if name is None else attrs.evolve(self._seen(name, 0), users=None)

    async def leave(self, host: str) -> None:
        if host in self._hosts:
            self._hosts[host].is_over, self._hosts[host].users = True, set()

    def crash(self) -> None:
        """Forget all."""
        self._hosts.clear()

    def _named(self, label: str) -> str | None:
        named = (
            name for name, host in self._hosts.items() if host.is_named and not host.is_over and host.label == label
        )
        return next(named, None)

    def _seen(self, name: str, known: int) -> HostSeen:
        host = self._hosts[name]
        age = inf if host.is_over else self._clock.monotonic() - host.seen
        users = tuple(sorted(host.users)) if host.number > known and not host.is_over else None
        return HostSeen(name, age, host.number, users)
