"""Failed log-ins: who has guessed wrong so often that the next guess has to wait."""

from __future__ import annotations

from collections import OrderedDict

import attrs

from ..errors import SlowDown
from .rates import MOST, Buckets
from .throttles import Throttles

FIRST = 1.0
"""Seconds to wait after the last free guess; each further one doubles them."""

FORGOTTEN = 3600.0
"""Seconds after the last failed log-in of an address with an account after which both begin anew."""

WITHOUT_ADDRESS = 5.0
"""The longest wait where there is no address, in seconds: everybody who comes that way shares it, the owner too."""

KNOWN = 10_000
"""Pairs of account and address that are remembered because the right password was given there."""

Pair = tuple[str, str]
"""An account's folded name, and the address for which a connection counts; empty where it has none."""


@attrs.define
class _Failed:
    count: int
    since: float


class Guesses:
    """Counts failed log-ins, and says how long to wait.

    Each counts from when it begins, so that many at once are no way around it; what is refused here does not count.
    Nobody is locked out of an account by others: an address from which its password was right, since the server
    started, is held to its own mistakes alone, and any other that has not failed has a guess. In memory there are the
    pairs that failed within the hour, of too many those that failed most.
    """

    def __init__(self, limits: Throttles, most: int = MOST) -> None:
        self._limits, self._most = limits, most
        self._failed: dict[Pair, _Failed] = {}
        self._addresses: Buckets[str] = Buckets(limits.guesses_per_address, most)
        self._accounts: Buckets[str] = Buckets(limits.guesses_per_account, most)
        self._known: OrderedDict[Pair, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._failed) + len(self._addresses) + len(self._accounts) + len(self._known)

    def wait(self, pair: Pair, now: float) -> float:
        """Return for how many seconds it is too early to guess."""
        account, address = pair
        failed = self._failed.get(pair)
        is_known = pair in self._known
        elsewhere = 0.0 if is_known or not address else self._addresses.wait(address, now)
        if failed is None or now - failed.since >= FORGOTTEN:
            return elsewhere
        is_attacked = bool(address) and not is_known and self._accounts.wait(account, now) > 0
        over = failed.count - (1 if is_attacked else self._limits.guesses)
        if over < 0:
            return elsewhere
        longest = self._limits.longest_wait if address else min(self._limits.longest_wait, WITHOUT_ADDRESS)
        pause = longest if is_attacked else min(longest, FIRST * 2.0 ** min(over, 30))
        return max(elsewhere, failed.since + pause - now)

    def check(self, pair: Pair, now: float) -> None:
        """Raise SlowDown where it is too early to guess."""
        wait = self.wait(pair, now)
        if wait > 0:
            raise SlowDown("too many log-ins have failed: try again in a moment", wait=wait)

    def begin(self, pair: Pair, now: float) -> None:
        """Count a log-in as failed until it is known better. Raises SlowDown."""
        self.check(pair, now)
        self.wrong(pair, now)

    def wrong(self, pair: Pair, now: float) -> None:
        """Count a guess as failed."""
        failed = self._failed.setdefault(pair, _Failed(0, now))
        failed.count, failed.since = (0 if now - failed.since >= FORGOTTEN else failed.count) + 1, now
        if len(self._failed) > self._most:
            self._forget(now)
        account, address = pair
        self._accounts.take(account, now)
        if address:
            self._addresses.take(address, now)

    def right(self, pair: Pair, now: float) -> None:
        """It has not failed: the password is right."""
        self._undo(pair, now)
        self._failed.pop(pair, None)
        if pair[1]:
            self._known[pair] = None
            self._known.move_to_end(pair)
            if len(self._known) > KNOWN:
                self._known.popitem(last=False)

    def undecided(self, pair: Pair, now: float) -> None:
        """Nobody has looked whether the password is right."""
        self._undo(pair, now)
        failed = self._failed.get(pair)
        if failed is not None:
            failed.count -= 1
            if failed.count <= 0:
                del self._failed[pair]

    def _undo(self, pair: Pair, now: float) -> None:
        account, address = pair
        self._accounts.give_back(account, now)
        if address:
            self._addresses.give_back(address, now)

    def _forget(self, now: float) -> None:
        """Forget those whose hour is over, and a tenth more where that is not enough: first who failed least."""
        recent = [(pair, failed) for pair, failed in self._failed.items() if now - failed.since < FORGOTTEN]
        recent.sort(key=lambda item: (item[1].count, item[1].since))
        self._failed = dict(recent[max(0, len(recent) - self._most * 9 // 10) :])
