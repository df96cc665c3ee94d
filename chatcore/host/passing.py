"""What passes: presence and receipts, of which only the latest counts, gathered into one frame each for a tick."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Hashable, Sequence
from math import inf

from ..domain.events import MessagesRead
from ..domain.hosts import AboutPresence, Hosts
from ..domain.ids import ConversationId, UserId
from ..domain.presence import Presence
from ..ports.clock import Clock
from ..ports.transport import OutFrame
from ..wire import frames as f
from .mail import Audience, Encode, Mail

TICK = 0.05
"""Seconds within which changes of presence and receipts are gathered into one frame."""


class Passing:
    """Gathers what passes and tells it, as long as it runs: to clients, and what concerns them to the other hosts."""

    def __init__(
        self,
        encode: Encode,
        audience: Audience,
        clock: Clock,
        presence: Presence,
        hosts: Hosts,
        publish: Callable[[Sequence[AboutPresence]], None],
        left: Callable[[Collection[UserId]], None] = lambda _users: None,
    ) -> None:
        """`left` hears of users who are not active any more."""
        self._encode, self._audience, self._clock = encode, audience, clock
        self._presence, self._publish, self._left = presence, publish, left
        self.hosts: Hosts = hosts
        "What is known of the other hosts."
        self._receipts: dict[tuple[UserId, ConversationId], dict[int, int]] = {}
        self._stirred = asyncio.Event()

    # ---- presence

    def active(self) -> tuple[UserId, ...]:
        """Return the users who are active now, at whatever host."""
        return tuple(self._presence.active | self.hosts.active())

    def is_active(self, user: UserId) -> bool:
        """Return whether a user is active now, at whatever host."""
        return self._presence.is_active(user) or self.hosts.is_active(user)

    def is_active_elsewhere(self, user: UserId) -> bool:
        """Return whether a user is active at another host."""
        return self.hosts.is_active(user)

    @property
    def here(self) -> frozenset[UserId]:
        """The users who are present at this host."""
        return self._presence.active

    def stir(self) -> None:
        """What is known of the other hosts has changed."""
        self._stirred.set()

    def hear(self, told: AboutPresence) -> None:
        """Another host has told of who is present there."""
        self.hosts.hear(told, self._clock.monotonic())
        self._stirred.set()

    def connected(self, session: str, user: UserId, connection: Hashable) -> None:
        """A connection of the session came up."""
        self._presence.connected(session, user, connection)
        self._stirred.set()

    def closed(self, session: str, connection: Hashable) -> None:
        """A connection ended on purpose, or was replaced: no grace."""
        self._presence.closed(session, connection)
        self._stirred.set()

    def broken(self, session: str, connection: Hashable) -> None:
        """A connection was lost: the grace begins, unless another one of the session lives."""
        self._presence.broken(session, connection, self._clock.monotonic())
        self._stirred.set()

    def logged_out(self, session: str) -> None:
        """The session has ended, with all its connections: no grace."""
        self._presence.logged_out(session)
        self._stirred.set()

    # ---- receipts

    def read(self, event: MessagesRead) -> None:
        """The authors of these messages are told how many have read them; those who are not here are told nothing."""
        for author, readers in event.receipts.items():
            if author in self._audience.by_user:
                self._receipts.setdefault((author, event.conversation), {}).update(readers)
                self._stirred.set()

    # ---- telling

    async def run(self) -> None:
        """Tell what has changed, tick by tick, until cancelled."""
        while True:
            await self._stirring()
            await self._clock.sleep(TICK)
            self._stirred.clear()
            self.tick()

    def tick(self) -> None:
        """Tell what was gathered: everything that a connection is told is one write."""
        now = self._clock.monotonic()
        self._presence.expire(now)
        self.hosts.expire(now)
        mail = Mail()
        self._tell_presence(mail, now)
        self._tell_receipts(mail)
        mail.send()

    async def _stirring(self) -> None:
        """Wait until something has changed, or is due though nothing changes: the end of a grace, for instance."""
        expiry, due = self._presence.next_expiry(), self.hosts.next_due()
        due = due if expiry is None else min(due, expiry)
        try:
            async with self._clock.timeout(None if due == inf else max(0.0, due - self._clock.monotonic())):
                await self._stirred.wait()
        except TimeoutError:
            pass

    def _tell_presence(self, mail: Mail, now: float) -> None:
        here = self._presence.take_changed()
        if hints := self.hosts.say(self._presence, here, now):
            self._publish(hints)
        changed = here | self.hosts.take_changed()
        if changed:
            active = tuple(user for user in changed if self.is_active(user))
            inactive = tuple(changed.difference(active))
            mail.add(self._audience.everybody, OutFrame(self._encode(f.PresenceEvent(active, inactive))))
            self._left(inactive)

    def _tell_receipts(self, mail: Mail) -> None:
        waiting, self._receipts = self._receipts, {}
        for (author, conversation), readers in waiting.items():
            if listeners := self._audience.by_user.get(author):
                frame = f.ReceiptsEvent(conversation, tuple(sorted(readers.items())))
                mail.add(listeners, OutFrame(self._encode(frame)))
