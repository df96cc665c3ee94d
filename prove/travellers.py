"""People at several servers of one chat: they move between them, log out and in, and stay away when told to."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from contextlib import suppress
from random import Random

from chatcore.client.connection_state import ConnectionPhase
from chatcore.domain.conversations import GENERAL, direct
from chatcore.domain.ids import ConversationId, UserId
from chatcore.errors import ChatError, Unreachable
from chatcore.ports.transport import Link

from .crowd import PASSWORD, Crowd, Member, RememberingDialer


class Balancer:
    """Says to which server a client goes: to any of those that are not left out."""

    def __init__(self, urls: Sequence[str], seed: int) -> None:
        self.urls = urls
        self.left_out: set[int] = set()
        "Which servers nobody is sent to."
        self._chance = Random(seed)

    def choose(self) -> int:
        """Return the number of a server."""
        return self._chance.choice([number for number in range(len(self.urls)) if number not in self.left_out])

    def dialer(self) -> TravellingDialer:
        """Return what dials whichever server is chosen."""
        return TravellingDialer(self)


class TravellingDialer(RememberingDialer):
    """Opens WebSockets to one of several servers, each time to another one."""

    def __init__(self, balancer: Balancer) -> None:
        super().__init__()
        self._balancer = balancer
        self.at = 0
        "At which server it was last."
        self.stays_at: int | None = None
        "The only one that it goes to; where there is none it is chosen anew each time."
        self.is_away = False
        "Whether it dials at all."

    async def dial(self, url: str) -> Link:  # noqa: ARG002 - the balancer has the addresses
        """Open a link."""
        if self.is_away:
            raise Unreachable
        self.at = self._balancer.choose() if self.stays_at is None else self.stays_at
        return await super().dial(self._balancer.urls[self.at])


class Travellers(Crowd):
    """A crowd of which each client has a session of its own."""

    def __init__(self, balancer: Balancer, seed: int = 0) -> None:
        super().__init__(balancer.urls[0], seed, dialer=balancer.dialer)
        self._out: set[str] = set()
        "Who is just logging out, or in."

    async def come(self, names: Sequence[str], devices: int) -> None:
        """Register people, each with so many clients, and let each client log in for itself."""
        await self.join(names, devices)
        for member in self.members:
            await self._out_and_in(member)

    async def rest(self, seconds: float = 60.0) -> None:
        """See Crowd. Those whose log-out was done and not answered log in again."""
        await super().rest(seconds)
        async with asyncio.timeout(seconds):
            for member in self.members:
                while not member.is_level:
                    await self._come_in(member)
                    await asyncio.sleep(0.05)

    async def _act(self, member: Member) -> None:
        if member.label in self._out or (member.client.replica.me is None and not _is_out(member)):
            return
        if self.chance.random() < 0.01 or _is_out(member):
            await self._out_and_in(member)
        else:
            await super()._act(member)

    def conversation(self, member: Member, to_one: float = 0.6) -> ConversationId:
        """Choose where a member writes; those who are just logged out are left out."""
        inside = [other for other in self.members if other.client.replica.me is not None]
        me, other = member.client.me.id, self.chance.choice(inside).client.me.id
        return direct(me, other) if me != other and self.chance.random() < to_one else GENERAL

    async def _out_and_in(self, member: Member) -> None:
        self._out.add(member.label)
        with suppress(
            ChatError
        ):  # where nobody answers it may be logged in as before, or find out later that it is not
            await member.client.log_out()
        await self._come_in(member)
        self._out.discard(member.label)

    async def _come_in(self, member: Member) -> None:
        """Log in who is logged out."""
        if _is_out(member) and member.witness is not None:
            member.witness.forget()
        while _is_out(member):
            with suppress(ChatError):
                await member.client.log_in(member.name, PASSWORD)

    # ---- who is seen

    async def seen(
        self, users: Collection[UserId], by: Collection[Member], *, active: bool, seconds: float
    ) -> float | None:
        """Return after how many seconds all of `by` see these users so; None where not within that many."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while loop.time() < begun + seconds:
            if not any(wrong(member, users, active=active) for member in by):
                return loop.time() - begun
            await asyncio.sleep(0.02)
        return None


def _is_out(member: Member) -> bool:
    return member.client.connection.phase is ConnectionPhase.LOGGED_OUT


def wrong(member: Member, users: Collection[UserId], *, active: bool) -> bool:
    """Return whether a client sees one of these users otherwise."""
    if not member.is_level:
        return True
    return any(row.active != active for row in member.client.replica.rows if row.user in users)


def travels(member: Member) -> TravellingDialer:
    """Return what a client dials with."""
    assert isinstance(member.dialer, TravellingDialer)
    return member.dialer
