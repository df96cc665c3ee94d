"""Who has a job: one host at a time, for some seconds at a time, so that another one takes over where that one dies."""

from __future__ import annotations

import attrs

LEASE = 15.0
"""Seconds for which a host has a job, unless it takes it again meanwhile."""


@attrs.frozen
class _Lease:
    host: str
    until_ms: int


class Leases:
    """The jobs that hosts have, by one clock, passed in."""

    def __init__(self) -> None:
        self._leases: dict[str, _Lease] = {}

    def take(self, job: str, host: str, now_ms: int) -> bool:
        """Have a job from now on, unless another host has it; return whether this one does."""
        if not self.has(job, host) and (lease := self._leases.get(job)) and now_ms < lease.until_ms:
            return False
        self._leases[job] = _Lease(host, now_ms + round(LEASE * 1000))
        return True

    def has(self, job: str, host: str) -> bool:
        """Return whether a host has a job still: nobody else has taken it."""
        lease = self._leases.get(job)
        return lease is not None and lease.host == host

    def leave(self, job: str, host: str) -> None:
        """A host has a job no more. Nothing happens where it had not."""
        if self.has(job, host):
            del self._leases[job]
