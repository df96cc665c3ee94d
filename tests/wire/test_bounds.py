"""What a client believes of a server: no run that fills its memory, no time that there is not, no page with holes."""

from __future__ import annotations

import attrs
import pytest

from chatcore import GENERAL, BadFrame, ClientId, ItemState, Message, UserId
from chatcore.client.connection_state import ConnectionPhase
from chatcore.domain.messages import Last, instant
from chatcore.domain.sessions import SessionRecord
from chatcore.domain.tallies import Tally
from chatcore.ports.transport import OutFrame
from chatcore.testing import ChatWorld
from chatcore.wire import frames as f
from chatcore.wire.bounds import LAST_MS, check
from chatcore.wire.limits import MAX_STRETCH
from tests.protocol.joined import FROM_SERVER, SNAPSHOT

BOB = UserId("b" * 16)
MESSAGE = Message(GENERAL, 7, BOB, ClientId("c"), "hi", 1_700_000_000_000, 7, 3, 9)
TALLY = Tally(GENERAL, 7, 7, 0, Last(7, BOB, "hi", 1_700_000_000_000, 9))
PAGE = f.Page(1, TALLY, (attrs.evolve(MESSAGE, seq=6), MESSAGE), ((1, 3), (6, 6)), (), more=True)


def late(ms: int) -> Tally:
    """Return numbers whose last message has this time."""
    return attrs.evolve(TALLY, last=Last(7, BOB, "hi", ms, 9))


@pytest.mark.parametrize(
    "frame",
    [
        PAGE,
        attrs.evolve(PAGE, messages=()),
        attrs.evolve(PAGE, read=((1, MAX_STRETCH),)),
        f.MessageEvent(MESSAGE),
        f.MessageEvent(attrs.evolve(MESSAGE, sent_at_ms=0)),
        f.MessageEvent(attrs.evolve(MESSAGE, sent_at_ms=LAST_MS)),
        f.ReadEvent(TALLY, ((1, 500),)),
        f.Marked(1, TALLY, ()),
        attrs.evolve(SNAPSHOT, tallies=(TALLY,)),
        f.Welcome(2),
    ],
)
def test_what_a_server_says_is_believed(frame: f.ServerFrame) -> None:
    check(frame)


@pytest.mark.parametrize(
    ("frame", "field"),
    [
        (attrs.evolve(PAGE, read=((1, 300_000_000),)), "read"),
        (attrs.evolve(PAGE, read=tuple((n * 1_000, n * 1_000 + 99) for n in range(1, 20))), "read"),
        (attrs.evolve(PAGE, read=((5, 4),)), "read"),
        (attrs.evolve(PAGE, read=((0, 4),)), "read"),
        (f.ReadEvent(TALLY, ((1, 2**53),)), "read"),
        (f.Sessions(1, (SessionRecord("a", "", 0, LAST_MS + 1),), "a", more=False), "sent_at_ms"),
        (f.Marked(1, TALLY, ((1, MAX_STRETCH + 1),)), "read"),
        (attrs.evolve(PAGE, messages=(MESSAGE, attrs.evolve(MESSAGE, seq=2**53))), "messages"),
        (attrs.evolve(PAGE, messages=(MESSAGE, MESSAGE)), "messages"),
        (attrs.evolve(PAGE, messages=(attrs.evolve(MESSAGE, seq=0),)), "messages"),
        (attrs.evolve(PAGE, messages=(attrs.evolve(MESSAGE, sent_at_ms=2**53),)), "sent_at_ms"),
        (attrs.evolve(PAGE, tally=late(2**53)), "sent_at_ms"),
        (f.MessageEvent(attrs.evolve(MESSAGE, sent_at_ms=LAST_MS + 1)), "sent_at_ms"),
        (f.MessageEvent(attrs.evolve(MESSAGE, sent_at_ms=-1)), "sent_at_ms"),
        (f.Posted(1, 7, 2**53, 7, 3, 9, repeated=False, text=None), "sent_at_ms"),
        (f.Counted(1, late(-(2**53))), "sent_at_ms"),
        (f.Tallies(1, (TALLY, late(2**53)), more=False), "sent_at_ms"),
        (attrs.evolve(SNAPSHOT, general=late(2**53)), "sent_at_ms"),
        (attrs.evolve(SNAPSHOT, tallies=(late(2**53),)), "sent_at_ms"),
    ],
)
def test_what_no_server_of_ours_says_is_refused_with_the_field(frame: f.ServerFrame, field: str) -> None:
    with pytest.raises(BadFrame) as refused:
        check(frame)

    assert refused.value.field == field


def test_every_time_that_is_believed_can_be_shown() -> None:
    assert (instant(0).year, instant(LAST_MS).year) == (1970, 9999)


@pytest.mark.parametrize(
    "frame", [f.ReadEvent(TALLY, ((1, 300_000_000),)), f.MessageEvent(attrs.evolve(MESSAGE, sent_at_ms=2**53))]
)
async def test_a_client_that_is_told_such_a_thing_says_so_and_begins_again(frame: f.ServerFrame) -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        alice.opened(GENERAL)
        await bob.post(GENERAL, "hello")
        await world.settle()
        link = world.link(alice)
        assert link is not None

        link.peer.write([OutFrame(FROM_SERVER.encode(frame))])
        await world.settle(0)
        told = alice.connection
        await world.settle(60)

        assert told.phase is not ConnectionPhase.ONLINE
        assert told.code == "bad_frame"
        assert alice.connection.phase is ConnectionPhase.ONLINE
        assert [(item.text, item.state) for item in alice.replica.timeline(GENERAL)] == [("hello", ItemState.UNREAD)]
