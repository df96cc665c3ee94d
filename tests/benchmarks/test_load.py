"""The load notices when a server does not do its work."""

import re
from unittest.mock import Mock

import pytest

from benchmarks.load import Exchange, Fault
from benchmarks.peer import Peer

pytestmark = pytest.mark.checkout

TOKENS = re.compile(rb'"id":(\d+)|~(\d)~|"error":"([^"]*)"')


def peer() -> Peer:
    made = Peer(TOKENS)
    made.transport = Mock()
    return made


@pytest.fixture
def pair() -> tuple[Peer, Peer]:
    return peer(), peer()


@pytest.fixture
def exchange(pair: tuple[Peer, Peer]) -> Exchange:
    writer, hearer = pair
    made = Exchange([writer], lambda _, number: b"%d" % number, [[hearer]])
    made.prepare(2)
    return made


def serve(pair: tuple[Peer, Peer], answers: bytes, deliveries: bytes) -> None:
    """Be the server; the bytes come in two pieces."""
    for end, data in zip(pair, (answers, deliveries), strict=True):
        end.data_received(data[:5])
        end.data_received(data[5:])


async def test_each_answer_and_each_message_once_is_right(pair: tuple[Peer, Peer], exchange: Exchange) -> None:
    serve(pair, b'{"id":1}{"id":2}', b"{~0~}{~1~}")

    await exchange.check()


@pytest.mark.parametrize(
    ("answers", "deliveries"),
    [
        (b'{"id":1}', b"{~0~}{~1~}"),
        (b'{"id":1}{"id":2}', b"{~0~}"),
        (b'{"id":1}{"id":2}', b"{~0~}{~1~}{~1~}"),
        (b'{"id":1}{"id":2}', b"{~0~}{~0~}"),
        (b'{"id":1}{"id":2}{"error":"busy"}', b"{~0~}{~1~}"),
    ],
)
async def test_what_is_lost_doubled_or_refused_is_a_fault(
    pair: tuple[Peer, Peer], exchange: Exchange, answers: bytes, deliveries: bytes
) -> None:
    serve(pair, answers, deliveries)

    with pytest.raises(Fault):
        await exchange.check()


async def test_a_message_at_the_wrong_end_is_a_fault() -> None:
    pairs = [(peer(), peer()), (peer(), peer())]
    exchange = Exchange([a for a, _ in pairs], lambda _, number: b"%d" % number, [[b] for _, b in pairs])
    exchange.prepare(1)

    serve(pairs[0], b'{"id":1}', b"{~1~}")
    serve(pairs[1], b'{"id":2}', b"{~0~}")

    with pytest.raises(Fault):
        await exchange.check()
