"""Marks: messages that somebody has read, stored in the group commit, and their authors told of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from chatcore.domain.conversations import GENERAL

from .bench import Bench
from .chat import ask, conversation, log_in, log_in_all, request
from .direct import WARM
from .filling import Filling, Person
from .goals import Run
from .load import PATIENCE, Exchange, Fault
from .meter import Meter
from .peer import Peer
from .server import PinnedServer
from .websocket import masked

PAIRS = 50
OUTSTANDING = 4
READERS = 500


async def marks(bench: Bench) -> Run:
    """Measure marks in direct conversations, and one message that all the others mark."""
    return {"mark": await _between_pairs(bench), "500 marks": await _by_all(bench)}


async def _between_pairs(bench: Bench) -> float:
    """Return the CPU microseconds of one mark, with the receipt that the author gets on a tick."""
    each = bench.many(20_000 // PAIRS)
    pairs = [(number, number + 1) for number in range(1, 2 * PAIRS, 2)]
    filling = Filling(2 * PAIRS, pairs=pairs, messages=PAIRS * 2 * (WARM + each))
    async with PinnedServer(await bench.database(filling)) as server:
        authors = await log_in_all(server.port, [Person(author) for author, _ in pairs])
        readers = await log_in_all(server.port, [Person(reader) for _, reader in pairs])

        def mark(sender: int, number: int) -> bytes:
            seq = 2 * (number // PAIRS) + 1  # each second message is the reader's own
            return masked(request("mark", number, conversation=conversation(*pairs[sender]), seqs=[seq]))

        exchange = Exchange(readers, mark)
        exchange.prepare(WARM)
        await exchange.run()
        number = exchange.prepare(each)
        with Meter(server.pid) as meter:
            await exchange.run(OUTSTANDING)
        await exchange.check()
        seqs = range(1, 2 * (WARM + each), 2)
        for (author, reader), peer in zip(pairs, authors, strict=True):
            await _hears(peer, [(seq, 1) for seq in seqs])
            again = await log_in(server.port, Person(reader))
            tally = (await ask(again, "count", conversation=conversation(author, reader)))["tally"]
            if tally["read"] != len(seqs):
                msg = f"{len(seqs)} messages were marked, {tally['read']} are read"
                raise Fault(msg)
    return meter.cpu / number * 1e6


async def _by_all(bench: Bench) -> float:
    """Return the CPU milliseconds of one message's marks, until its author knows of all its readers.

    The first message warms the server up.
    """
    rounds = 1 + bench.many(20, 3)
    people = [Person(number) for number in range(1, rounds + READERS + 1)]
    cpu = 0.0
    async with PinnedServer(await bench.database(Filling(len(people), general=rounds))) as server:
        authors = await log_in_all(server.port, people[:rounds])
        readers = await log_in_all(server.port, people[rounds:])
        exchange = Exchange(
            readers, lambda _, n: masked(request("mark", n, conversation=GENERAL, seqs=[n // READERS + 1]))
        )
        for seq, author in enumerate(authors, 1):  # each of them has written one
            exchange.prepare(1)
            with Meter(server.pid) as meter:
                await exchange.run()
                await _hears(author, [(seq, READERS)])
            cpu += meter.cpu if seq > 1 else 0
        await exchange.check()
    return cpu / (rounds - 1) * 1e3


async def _hears(author: Peer, receipts: Sequence[tuple[int, int]]) -> None:
    """Return when an author has been told of these numbers of readers; raise Fault where that does not happen."""
    left = dict(receipts)
    try:
        async with asyncio.timeout(PATIENCE):
            while left:
                frame = json.loads(await author.frame())
                for seq, readers in frame.get("receipts", ()):
                    if left.get(seq) == readers:
                        del left[seq]
    except TimeoutError:
        msg = f"the author does not know how many have read {len(left)} messages"
        raise Fault(msg) from None
