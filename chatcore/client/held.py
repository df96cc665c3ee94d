"""What a client holds of one conversation, beside its timeline: the numbers, and how far it has come."""

from __future__ import annotations

import attrs

from ..domain.tallies import Tally

MAX_GAP = 1_000
"""A gap of more messages is declared (`skipped`), not replayed."""


@attrs.define(eq=False)
class Held:
    """What is known of one conversation."""

    tally: Tally
    is_known: bool
    "Whether the tally came from the server, in contrast to one that began with an event."
    shown: int
    "The position: every message up to here was given to the observers, or skipped, or was there before."
    told: int = 0
    "The greatest seq heard of from anything."
    told_version: int = -1
    "The greatest version of the read state heard of."

    @property
    def is_behind(self) -> bool:
        """Whether something is to be pulled."""
        return self.shown < self.told or self.tally.seq < self.told or not self.is_known

    @property
    def is_gap_too_long(self) -> bool:
        """Whether what was not shown yet is too much to be replayed."""
        return self.tally.seq - self.shown > MAX_GAP

    def renew(self) -> None:
        """Read states may be others than before: the next one that comes replaces these."""
        self.tally = attrs.evolve(self.tally, version=-1)
        self.told_version = -1

    def merge(self, tally: Tally) -> None:
        """Numbers came from the server."""
        self.tally = self.tally.merged(tally)
        self.is_known = True
        self.told = max(self.told, tally.seq)
        self.told_version = max(self.told_version, tally.version)
