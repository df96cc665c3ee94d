"""What people do again and again, each measured on a running server: the CPU microseconds of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from chatcore.domain.conversations import GENERAL
from chatcore.domain.ids import ConversationId

from .chat import log_in_all, post, request
from .filling import Person
from .load import Exchange
from .meter import Meter
from .peer import Peer
from .server import PinnedServer
from .websocket import masked

WARM = 20
"""How often each one does it before the clock runs."""

PAGE = 50
"""Messages of a page of history."""

TOGETHER = 10
"""How many log in at a time, where there are so many."""

Frame = Callable[[int, int], bytes]
"""Makes a request of who asks, by place, and its number."""


async def posting(
    server: PinnedServer,
    senders: Sequence[Peer],
    audiences: Sequence[Sequence[Peer]],
    to: Callable[[int, int], ConversationId],
    series: str,
    *,
    each: int,
    outstanding: int,
    warm: int = WARM,
) -> float:
    """Measure messages: answered, and heard by the audience of each sender. `to` takes sender and number."""
    exchange = Exchange(senders, lambda sender, number: masked(post(to(sender, number), number, series)), audiences)
    return await _cost(server, exchange, each, outstanding, warm)


async def marking(
    server: PinnedServer,
    readers: Sequence[Peer],
    conversations: Sequence[ConversationId],
    after: Sequence[int],
    each: int,
) -> float:
    """Measure marks: each reader marks the messages of a conversation one by one, from the one after a seq on."""

    def frame(reader: int, number: int) -> bytes:
        seq = after[reader] + 1 + number // len(readers)
        return request("mark", number, conversation=conversations[reader], seqs=[seq])

    return await _asking(server, readers, frame, each)


async def turning_pages(server: PinnedServer, readers: Sequence[Peer], messages: int, each: int) -> float:
    """Measure pages of the general chat, which has so many messages, from anywhere in it."""
    chance = Random(1)

    def frame(_: int, number: int) -> bytes:
        before = chance.randint(PAGE + 1, messages + 1)
        return request("history", number, conversation=GENERAL, after=None, before=before, limit=PAGE)

    return await _asking(server, readers, frame, each)


async def counting(
    server: PinnedServer, readers: Sequence[Peer], of: Callable[[int, int], ConversationId], each: int
) -> float:
    """Measure unread counts. `of` takes reader and number."""
    return await _asking(server, readers, lambda r, n: request("count", n, conversation=of(r, n)), each)


async def listing(server: PinnedServer, readers: Sequence[Peer], each: int) -> float:
    """Measure first pages of the list of conversations."""
    return await _asking(server, readers, lambda _, n: request("list_tallies", n, after=""), each)


async def entering(server: PinnedServer, people: Sequence[Person], count: int) -> float:
    """Measure log-ins with a token, from opening the connection to the end of it."""
    await _enter(server, people, WARM)
    with Meter(server.pid) as meter:
        await _enter(server, people, count)
    return meter.cpu / count * 1e6


async def _enter(server: PinnedServer, people: Sequence[Person], count: int) -> None:
    together = min(TOGETHER, len(people))
    for first in range(0, count, together):
        some = [people[number % len(people)] for number in range(first, first + together)]
        for peer in await log_in_all(server.port, some, "passing"):
            peer.transport.close()


async def _asking(server: PinnedServer, askers: Sequence[Peer], frame: Frame, each: int) -> float:
    exchange = Exchange(askers, lambda asker, number: masked(frame(asker, number)))
    return await _cost(server, exchange, each, 4, WARM)


async def _cost(server: PinnedServer, exchange: Exchange, each: int, outstanding: int, warm: int) -> float:
    exchange.prepare(warm)
    await exchange.run(outstanding)
    number = exchange.prepare(each)
    with Meter(server.pid) as meter:
        await exchange.run(outstanding)
    await exchange.check()
    return meter.cpu / number * 1e6
