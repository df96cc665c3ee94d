"""Reading from a chat of years: pages of history, unread counts, pages of the list.

A tenth of the messages is in the general chat, of all users; the others are in the direct conversations of some busy
ones, so that a page of the list is full, and so is one of history, wherever it begins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import attrs

from chatcore.domain.conversations import GENERAL
from chatcore.domain.ids import ConversationId

from .bench import Bench
from .chat import ask, conversation, log_in_all, request
from .filling import TEXT, Filling, Person, neighbours
from .goals import Run
from .load import Exchange, Fault
from .meter import Meter
from .peer import Peer
from .server import PinnedServer
from .websocket import masked

READERS = 50
"""Busy users who ask, each for one thing at a time."""

EACH = 64
"""Direct conversations of each busy user: more than a page of the list has."""

LIST_PAGE = 60
PAGE = 50
"""Messages of a page of history."""

WARM = 10
"""Requests of each reader before the clock runs: the busiest part of the database is in memory then."""


Fields = Mapping[str, Any]


@attrs.frozen
class _Chat:
    """What is stored, and what of it is asked for: half of the time it is the general chat."""

    filling: Filling
    busy: int
    "How many users have direct conversations."
    _chance: Random = attrs.field(factory=lambda: Random(1))

    @property
    def length(self) -> int:
        """The messages of each direct conversation, at least."""
        return self.filling.messages // len(self.filling.pairs)

    def where(self, reader: int) -> tuple[ConversationId, int]:
        """Choose a conversation of a reader; give how many messages it has, too."""
        if self._chance.random() < 0.5:
            return GENERAL, self.filling.general
        step = self._chance.randint(1, EACH // 2)
        return conversation(reader + 1, (reader + step) % self.busy + 1), self.length

    def history(self, reader: int) -> Fields:
        """Ask for a page anywhere."""
        place, length = self.where(reader)
        return {"conversation": place, "after": None, "before": self._chance.randint(PAGE + 1, length), "limit": PAGE}

    def count(self, reader: int) -> Fields:
        """Ask for the numbers of a conversation."""
        return {"conversation": self.where(reader)[0]}


async def stored(bench: Bench) -> Run:
    """Measure the three; before, answers of each kind are read and compared with what was stored."""
    messages, users = bench.many(1_000_000, 250_000), bench.many(10_000, 2_500)
    busy = bench.many(250, 100)
    chat = _Chat(Filling(users, messages // 10, neighbours(busy, EACH), messages * 9 // 10, is_read=True), busy)

    async def fill_it() -> Path:
        return await bench.database(chat.filling)

    async with PinnedServer(await bench.kept("stored", fill_it)) as server:
        peers = await log_in_all(server.port, [Person(number + 1) for number in range(READERS)])
        for reader, peer in enumerate(peers):
            await _check(chat, reader, peer)
        return {
            "history": await _cost(server, peers, "history", chat.history, bench.many(10_000)),
            "count": await _cost(server, peers, "count", chat.count, bench.many(20_000)),
            "list": await _cost(server, peers, "list_tallies", lambda _: {"after": ""}, bench.many(5_000)),
        }


async def _cost(
    server: PinnedServer, peers: Sequence[Peer], kind: str, fields: Callable[[int], Fields], requests: int
) -> float:
    """Return the CPU microseconds of a request of this kind, with these fields of each reader."""
    exchange = Exchange(peers, lambda reader, number: masked(request(kind, number, **fields(reader))))
    exchange.prepare(WARM)
    await exchange.run()
    number = exchange.prepare(requests // len(peers))
    with Meter(server.pid) as meter:
        await exchange.run()
    await exchange.check()
    return meter.cpu / number * 1e6


async def _check(chat: _Chat, reader: int, peer: Peer) -> None:
    """Raise Fault unless the answers are what is stored."""
    wanted = chat.history(reader)
    page = await ask(peer, "history", **wanted)
    seqs = [message["seq"] for message in page["messages"]]
    before = wanted["before"]
    whole = all(len(m["text"]) == TEXT and m["conversation"] == wanted["conversation"] for m in page["messages"])
    if seqs != list(range(before - PAGE, before)) or not whole:
        msg = f"a page of history before {before} has {seqs}"
        raise Fault(msg)
    total, read = chat.filling.general, chat.filling.general * 9 // 10
    unread = total - read - len([seq for seq in range(read + 1, total + 1) if (seq - 1) % chat.filling.users == reader])
    _check_tally((await ask(peer, "count", conversation=GENERAL))["tally"], total, unread)
    tallies = (await ask(peer, "list_tallies", after=""))["tallies"]
    if len(tallies) != LIST_PAGE:
        msg = f"a page of the list has {len(tallies)} conversations"
        raise Fault(msg)
    for tally in tallies:
        if tally["conversation"] == GENERAL:
            _check_tally(tally, total, unread)
        else:
            _check_tally(tally, chat.length, 0)


def _check_tally(tally: Mapping[str, Any], length: int, unread: int) -> None:
    """Raise Fault unless a conversation is as long and has as much unread as was stored."""
    counted = tally["live"] - tally["own"] - tally["read"]
    if tally["seq"] not in {length, length + 1} or counted != unread or len(tally["last"]["text"]) != TEXT:
        msg = f"a conversation of {length} messages, {unread} of them unread, is told as {tally}"
        raise Fault(msg)
