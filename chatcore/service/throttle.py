"""The throttle of one host: counts what its users and strangers do that costs others something."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from ..domain.guesses import Guesses
from ..domain.ids import UserId
from ..domain.rates import Buckets, Rate
from ..domain.strangers import origin
from ..domain.throttles import Throttles
from ..errors import InvalidInvitation, SlowDown, WrongCredentials
from ..ports.clock import Clock
from .hash_turns import HashTurns

log: logging.Logger = logging.getLogger(__name__)

INVITATIONS = "!"
"""In the place of an account's folded name, for guesses at the codes of invitations: no account is called so."""

BREATH = 0.2
"""The least seconds that somebody is told to wait before the next post: so that each is not refused once."""


class Throttle:
    """Counts on one host; all of it is forgotten with the process. Addresses are links' own: IPv6 counts by its /64."""

    def __init__(self, settings: Throttles, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._posts: Buckets[UserId] = Buckets(settings.posts)
        self._post_rates: dict[UserId, Rate] = {}
        self._reads: Buckets[UserId] = Buckets(settings.reads)
        self._registrations_per_address: Buckets[str] = Buckets(settings.registrations_per_address)
        self._registrations: Buckets[None] = Buckets(settings.registrations)
        self._guesses = Guesses(settings)
        self._turns = HashTurns(settings.hashes)
        self._has_told = False

    @property
    def waiting(self) -> int:
        """How many wait for their password to be looked at."""
        return len(self._turns)

    def set_post_rate(self, user: UserId, rate: Rate | None) -> None:
        """Let a user post at a rate of their own, at that of all where it is None; what they owe is forgiven."""
        if rate is None:
            self._post_rates.pop(user, None)
        else:
            self._post_rates[user] = rate
        self._posts.forgive(user)

    def post(self, user: UserId) -> None:
        """Count a post. Raises SlowDown."""
        try:
            self._posts.spend(user, self._clock.monotonic(), 1.0, self._post_rates.get(user))
        except SlowDown as slow:
            slow.wait = max(BREATH, slow.wait or 0.0)
            raise

    def read(self, user: UserId, cost: float) -> None:
        """Count what a user asks. Raises SlowDown."""
        if cost:
            self._reads.spend(user, self._clock.monotonic(), cost)

    def register(self, address: str) -> None:
        """Count an account that is to be made. Raises SlowDown."""
        now, where = self._clock.monotonic(), origin(address)
        wait = self._registrations.wait(None, now)
        if where:
            wait = max(wait, self._registrations_per_address.wait(where, now))
        if wait:
            raise SlowDown("too many people register here at this moment", wait=wait)
        self._registrations.take(None, now)
        if where:
            self._registrations_per_address.take(where, now)

    @contextmanager
    def invited(self, address: str) -> Iterator[None]:
        """Look within the block whether an invitation admits somebody; InvalidInvitation says that it does not.

        Counts as log-ins do. Raises SlowDown where too many did not. A right one makes up for no wrong ones, and is not
        counted even while it is looked at: a whole class may come with one code, from one address, in one moment.
        """
        pair = INVITATIONS, origin(address)
        try:
            self._guesses.check(pair, self._clock.monotonic())
        except SlowDown:
            self._tell(address)
            raise
        try:
            yield
        except InvalidInvitation:
            self._guesses.wrong(pair, self._clock.monotonic())
            raise

    @asynccontextmanager
    async def hashing(self, account: str, address: str) -> AsyncIterator[None]:
        """Have a turn at the hashes. Raises Busy where too many wait."""
        async with self._turns.turn(origin(address), account):
            yield

    @asynccontextmanager
    async def guess(self, account: str, address: str) -> AsyncIterator[None]:
        """Look within the block whether a password is right; WrongCredentials says that it is not.

        Raises SlowDown where too many were wrong, and Busy where too many wait.
        """
        pair, now = (account, origin(address)), self._clock.monotonic
        try:
            self._guesses.begin(pair, now())
        except SlowDown:
            self._tell(address)
            raise
        has_begun = False
        try:
            async with self._turns.turn(pair[1], account):
                has_begun = True
                yield
        except WrongCredentials:
            raise
        except BaseException as error:
            # Who leaves while the password is looked at has guessed: else nobody counts who never waits for an answer.
            if isinstance(error, Exception) or not has_begun:
                self._guesses.undecided(pair, now())
            raise
        else:
            self._guesses.right(pair, now())

    def _tell(self, address: str) -> None:
        """Say once what an operator may not know: others may wait for what one of them does behind a proxy."""
        if address and not origin(address) and not self._has_told:
            self._has_told = True
            log.warning(
                "log-ins over the loopback are told apart by account alone: "
                "where they come through a proxy, name it with --trusted-proxy"
            )
