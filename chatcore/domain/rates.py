"""How often something may be done: evenly, after so much at once; for very many at a time, in bounded memory."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Generic, TypeVar

import attrs

from ..errors import SlowDown

K = TypeVar("K", bound=Hashable)

MOST = 20_000
"""Debtors that one table remembers: a few MiB."""


def _positive(_: object, attribute: attrs.Attribute[float], value: float) -> None:
    if not value > 0:
        msg = f"{attribute.name} is a number above 0, not {value!r:.40}"
        raise ValueError(msg)


@attrs.frozen
class Rate:
    """How often something may be done: `burst` times at once, and `per_second` times a second in the long run."""

    per_second: float = attrs.field(validator=_positive)
    "Times a second; a fraction where it is less often, and `math.inf` where nothing is counted."
    burst: float = attrs.field(validator=_positive)
    "Times at once, by whoever has not done it for a while."

    def __str__(self) -> str:
        """Return it as an operator writes it: "50/s after 500"."""
        if math.isinf(self.per_second):
            return "off"
        often = f"{self.per_second:g}/s" if self.per_second >= 1 else f"{self.per_second * 3600:g}/h"
        return f"{often} after {self.burst:g}"

    @property
    def slack(self) -> float:
        """Return how many seconds ahead of its time the last of a burst may be."""
        return 0.0 if math.isinf(self.per_second) else self.burst / self.per_second


ANY = Rate(math.inf, 1.0)
"""As often as one likes."""


class Buckets(Generic[K]):
    """Counts by key, each in one number: when all that was done would be done if it were done evenly.

    Nothing is kept of a key whose time is past: only who is ahead of it is a debtor. Where there are more debtors than
    `most`, those are forgotten that owe least. Whoever wants another one forgotten has to run up more debts than that
    one, under thousands of keys; by then its debt is paid in any case.
    """

    def __init__(self, rate: Rate, most: int = MOST) -> None:
        self._rate, self._most = rate, most
        self._due: dict[K, float] = {}

    def __len__(self) -> int:
        return len(self._due)

    def wait(self, key: K, now: float, cost: float = 1.0, rate: Rate | None = None) -> float:
        """Return for how many seconds it is too early; `rate` is the key's own, where it has one.

        What costs more than a whole burst may be done where nothing is owed.
        """
        ahead = self._due.get(key, now) - now
        if ahead <= 0:
            return 0.0
        rate = rate or self._rate
        return max(0.0, ahead - max(0.0, rate.slack - cost / rate.per_second))

    def take(self, key: K, now: float, cost: float = 1.0, rate: Rate | None = None) -> None:
        """It is done, early or not."""
        rate = rate or self._rate
        due = max(self._due.get(key, now), now) + cost / rate.per_second
        if due > now:
            self._due[key] = due
            if len(self._due) > self._most:
                self._forget(now)

    def give_back(self, key: K, now: float, cost: float = 1.0) -> None:
        """It was not done after all."""
        due = self._due.pop(key, now) - cost / self._rate.per_second
        if due > now:
            self._due[key] = due

    def forgive(self, key: K) -> None:
        """Nothing is owed any more."""
        self._due.pop(key, None)

    def spend(self, key: K, now: float, cost: float = 1.0, rate: Rate | None = None) -> None:
        """Do it, or raise SlowDown, which says how long to wait."""
        wait = self.wait(key, now, cost, rate)
        if wait:
            raise SlowDown(wait=wait)
        self.take(key, now, cost, rate)

    def _forget(self, now: float) -> None:
        """Forget who owes nothing, and a tenth more where that is not enough: so it is done once for thousands."""
        debts = sorted(((key, due) for key, due in self._due.items() if due > now), key=lambda debt: debt[1])
        self._due = dict(debts[max(0, len(debts) - self._most * 9 // 10) :])
