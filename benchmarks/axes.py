"""The four axes of growth: what is stored, and who does what, at each size of one thing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import attrs

from chatcore.domain.conversations import GENERAL
from chatcore.domain.ids import ConversationId

from . import operations as do
from .chat import ask, conversation, log_in_all
from .filling import Filling, Person, neighbours
from .goals import Run
from .server import PinnedServer

MESSAGE = "message"
"""The one operation that may not grow."""

ENTER = "log-in by token"
COUNT = "unread count"
LIST = "first page of the list"

FRIENDS = 8
"""Conversations of each user, where their number does not grow."""

PARTNERS = 10_000
"""Among how many those are that one user writes to."""

WRITERS = 5
"""How many write to all of those in turn."""

LARGEST_ONLINE = 5_000


@attrs.frozen
class Axis:
    """Something that grows while all else stays as it is."""

    name: str
    label: str
    sizes: tuple[int, ...]
    filling: Callable[[int], Filling]
    work: Callable[[PinnedServer, int, str], Awaitable[Run]]
    "Measures at one size. The text is a series of client ids."


def _stored(size: int) -> Filling:
    return _everyday(200, size)


def _users(size: int) -> Filling:
    return _everyday(size, 10**6)


def _everyday(users: int, messages: int) -> Filling:
    return Filling(users, messages // 5, neighbours(users, FRIENDS), messages - messages // 5, is_read=True)


async def _everyday_stored(server: PinnedServer, size: int, series: str) -> Run:
    return await _everyday_work(server, 200, size // 5, series, pairs=50, outstanding=4)


async def _everyday_users(server: PinnedServer, size: int, series: str) -> Run:
    return await _everyday_work(server, size, 10**6 // 5, series, pairs=5, outstanding=8)


async def _everyday_work(
    server: PinnedServer, users: int, general: int, series: str, *, pairs: int, outstanding: int
) -> Run:
    """Measure all that pairs of people do."""
    entering = await do.entering(server, [Person(number) for number in range(1, min(users, 200) + 1)], 200)
    numbers = range(1, 2 * pairs + 1)
    to = [conversation(number, number + 1) for number in numbers[::2]]
    peers = await log_in_all(server.port, [Person(number) for number in numbers])
    writers, readers = peers[::2], peers[1::2]
    seqs = [
        (await ask(reader, "count", conversation=at))["tally"]["seq"] for reader, at in zip(readers, to, strict=True)
    ]
    each = 3_000 // pairs
    return {
        ENTER: entering,
        "history page of 50": await do.turning_pages(server, readers, general, 500 // pairs),
        COUNT: await do.counting(server, readers, lambda reader, _: to[reader], 2_000 // pairs),
        LIST: await do.listing(server, readers, 1_000 // pairs),
        MESSAGE: await do.posting(
            server,
            writers,
            [[reader] for reader in readers],
            lambda writer, _: to[writer],
            series,
            each=each,
            outstanding=outstanding,
        ),
        "mark": await do.marking(server, readers, to, seqs, each),
    }


def _to(writer: int, place: int) -> int:
    """Return the number of the user in a place among those somebody writes to; few writers write to the same ones."""
    return WRITERS + 1 + (writer * PARTNERS // WRITERS + place) % PARTNERS


def _conversations(size: int) -> Filling:
    pairs = [(writer + 1, _to(writer, place)) for place in range(size) for writer in range(WRITERS)]
    return Filling(WRITERS + PARTNERS, 1_000, pairs, WRITERS * PARTNERS * 10, is_read=True)


async def _switching(server: PinnedServer, size: int, series: str) -> Run:
    """Measure people who write to one of their partners, or to each in turn, and have a second device that hears it."""
    people = [Person(number) for number in range(1, WRITERS + 1)]
    entering = await do.entering(server, people, 200)
    writers, others = await log_in_all(server.port, people), await log_in_all(server.port, people, "other")
    to = [[conversation(writer + 1, _to(writer, place)) for place in range(size)] for writer in range(WRITERS)]

    def turn(writer: int, number: int) -> ConversationId:
        return to[writer][number // WRITERS % size]

    async def posting(to: Callable[[int, int], ConversationId], series: str) -> float:
        warm = max(do.WARM, min(size, 1_000))
        audiences = [[other] for other in others]
        return await do.posting(server, writers, audiences, to, series, each=600, outstanding=8, warm=warm)

    return {
        ENTER: entering,
        COUNT: await do.counting(server, writers, turn, 400),
        LIST: await do.listing(server, writers, 200),
        MESSAGE: await posting(lambda writer, _: to[writer][0], series),
        "message to each partner in turn": await posting(turn, f"{series}x"),
    }


def _online(_: int) -> Filling:
    return Filling(LARGEST_ONLINE + 200, 1_000, [(number, number + 1) for number in range(1, 10, 2)], 1_000)


async def _crowd(server: PinnedServer, size: int, series: str) -> Run:
    """Measure with so many online: one writes to all of them, and five pairs talk among themselves."""
    peers = await log_in_all(server.port, [Person(number) for number in range(1, size + 1)])
    others = [Person(LARGEST_ONLINE + number) for number in range(1, 201)]
    each = max(20, min(1_000, 200_000 // size))
    figures: dict[str, float] = {}
    for outstanding in (1, 4):
        cost = await do.posting(
            server,
            peers[:1],
            [peers[1:]],
            lambda *_: GENERAL,
            f"{series}x{outstanding}",
            each=each,
            outstanding=outstanding,
        )
        figures[f"general chat, {outstanding} outstanding, for each delivery"] = cost / (size - 1)
    to = [conversation(number, number + 1) for number in range(1, 10, 2)]
    figures[MESSAGE] = await do.posting(
        server,
        peers[:10:2],
        [[peer] for peer in peers[1:10:2]],
        lambda writer, _: to[writer],
        series,
        each=2_000,
        outstanding=8,
    )
    figures[ENTER] = await do.entering(server, others, 200)
    return figures


AXES = (
    Axis("messages", "messages stored", (10**3, 10**4, 10**5, 10**6, 10**7), _stored, _everyday_stored),
    Axis("users", "users", (10, 10**2, 10**3, 10**4, 10**5), _users, _everyday_users),
    Axis("conversations", "conversations of one user", (1, 10, 10**2, 10**3, 10**4), _conversations, _switching),
    Axis("online", "users online", (10, 100, 1_000, LARGEST_ONLINE), _online, _crowd),
)
