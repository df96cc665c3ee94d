"""Attending: a host writes down every few seconds that it lives and who is present there, and reads the others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from math import inf
from typing import Protocol

from ..domain.hosts import BEAT, FORGOTTEN, Hosts
from ..domain.ids import UserId
from ..errors import ChatError, StorageError, TemporaryError
from ..ports.attendance import Attendance, Beat
from ..ports.clock import Clock

STEP = 1.0
"""Seconds after which it is looked again whether there is something to write: at most so old is what is written."""

NAME_WATCHED = BEAT + 1.5
"""Seconds in which a host that lives has beaten at least once."""

LEAVING = 1.0
"""Seconds that a host waits at its end until that is written down."""

CUT_OFF = 20.0
"""Seconds without a beat after which a host sends its clients to others that go on."""

ASK_EVERY = 5.0
"""Seconds after which a host that is cut off asks the others again whether they go on."""

log: logging.Logger = logging.getLogger(__name__)


class Present(Protocol):
    """Who is present at this host."""

    hosts: Hosts

    @property
    def here(self) -> frozenset[UserId]:
        """The users who are present at this host."""

    def stir(self) -> None:
        """What is known of the other hosts has changed."""


class Attending:
    """Writes and reads as long as it runs.

    A host that was given up by the others, since it was frozen or could not write for long, ends its connections and
    goes on as another one: its clients are at other hosts by now, and what it believes of sessions and presence is old.
    """

    def __init__(
        self,
        attendance: Attendance,
        clock: Clock,
        present: Present,
        label: str,
        is_named: bool,
        begin_anew: Callable[[], str],
        send_elsewhere: Callable[[], None],
    ) -> None:
        """`send_elsewhere` ends all connections; `begin_anew` does so, too, and returns another name for this host."""
        self._attendance, self._clock, self._present = attendance, clock, present
        self._label, self._is_named, self._begin_anew = label, is_named, begin_anew
        self._send_elsewhere = send_elsewhere
        self._written: frozenset[UserId] | None = None
        "Who is written down as present here; None where that is not known."
        self._beaten_at = -inf
        self._others_at = -inf
        "When another host was heard that can write."
        self._is_cut_off = False
        self._ask_after = 0.0
        "Seconds without a beat after which the others are asked, once more."
        self._has_left = False
        self._number = 0
        "As of which it is."

    async def begin(self) -> None:
        """Be one of the hosts that live. Raises StorageError where another one has the name that was given."""
        if self._is_named:
            await self._take_name()
        await self._beat()

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await self._clock.sleep(STEP)
            with suppress(TemporaryError):  # the next one is a second away
                if not self._has_left and self._is_due():
                    await self._beat()
            self._give_way()

    def others_go_on(self) -> None:
        """Another host has committed something, as the bus says, or answered."""
        self._others_at = self._clock.monotonic()

    async def leave(self) -> None:
        """Say that this host has ended, and beat no more; where that takes long, the others find it out."""
        self._has_left = True
        with suppress(ChatError, TimeoutError):
            async with self._clock.timeout(LEAVING):
                await self._attendance.leave(self._present.hosts.me)

    def _give_way(self) -> None:
        """Have clients go to hosts that can serve them. Where no other one can either they wait as well here."""
        since = self._clock.monotonic() - self._beaten_at
        if since < CUT_OFF - ASK_EVERY or since == inf or self._has_left:
            return
        if since >= self._ask_after:
            self._ask_after = since + ASK_EVERY
            self._present.hosts.ask_all()
            self._present.stir()
        if since < CUT_OFF or self._others_at <= self._beaten_at + FORGOTTEN:
            return
        if not self._is_cut_off:
            self._is_cut_off = True
            log.warning("cut off from where others write: for %.0f s, so clients are sent to other servers", since)
        self._send_elsewhere()

    def _is_due(self) -> bool:
        is_late = self._clock.monotonic() - self._beaten_at >= BEAT - STEP / 2
        return is_late or self._present.hosts.is_reading_wanted or self._has_news()

    def _has_news(self) -> bool:
        return self._number != self._present.hosts.number or self._written != self._present.here

    async def _take_name(self) -> None:
        """See that no living host has the name; one that does not beat while this one looks has died."""
        former = await self._attendance.named(self._label)
        if former is None:
            return
        await self._clock.sleep(NAME_WATCHED)
        now = await self._attendance.named(self._label)
        if now is not None and (now.host != former.host or now.age < NAME_WATCHED):
            raise StorageError(self._name_is_taken)
        await self._attendance.leave(former.host)

    @property
    def _name_is_taken(self) -> str:
        return f"another server that runs has the name {self._label}: give each a name of its own, or none"

    async def _beat(self) -> None:
        hosts, here = self._present.hosts, self._present.here
        is_whole, written = self._written is None, self._written or frozenset()
        self._written = None  # until it is known to be written
        beat = Beat(
            hosts.me,
            self._label,
            self._is_named,
            hosts.number,
            tuple(sorted(here - written)),
            tuple(sorted(written - here)),
            is_whole,
            hosts.known,
            hosts.is_steady(self._clock.monotonic()),
        )
        seen = await self._attendance.beat(beat)
        if self._has_left:
            return
        now = self._clock.monotonic()
        hosts.read(seen, now)
        self._present.stir()
        own = next((host for host in seen if host.host == beat.host), None)
        if own is None:
            return  # nothing is kept of this host any more: the next beat is whole
        if own.age == inf:
            await self._given_up()
        else:
            self._written, self._number, self._beaten_at = here, beat.number, now
            self._is_cut_off, self._ask_after = False, 0.0

    async def _given_up(self) -> None:
        if self._beaten_at == -inf:
            raise StorageError(self._name_is_taken)
        log.warning("the other servers have given this one up: it ends all connections, and begins anew")
        self._beaten_at = -inf
        self._present.hosts.begin_anew(self._begin_anew())
        await self.begin()
