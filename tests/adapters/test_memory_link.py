"""Links inside one process: order, loss, ends, and the faults that tests ask for."""

from __future__ import annotations

import asyncio

from chatcore.adapters.memory_link import link_pair
from chatcore.testing import VirtualClock
from tests.memory_links import end_of, receive, send
from tests.turns import turns

# ---- frames


async def test_frames_arrive_in_the_order_in_which_they_were_written() -> None:
    one, other = link_pair()

    send(one, "1", "2")
    send(one, "3")
    send(other, "back")

    assert await receive(other, 3) == ["1", "2", "3"]
    assert await receive(one, 1) == ["back"]


async def test_who_waits_gets_the_frame_when_it_comes() -> None:
    one, other = link_pair()
    waiting = asyncio.ensure_future(receive(other, 1))
    await turns()

    send(one, "late")

    assert await waiting == ["late"]


async def test_waiting_can_be_cancelled_without_loss() -> None:
    one, other = link_pair()
    waiting = asyncio.ensure_future(other.receive())
    await turns()

    send(one, "1")
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    assert await receive(other, 1) == ["1"]


async def test_the_backlog_is_what_the_other_end_has_not_received() -> None:
    one, other = link_pair()
    send(one, "1234", "56")
    before = one.backlog()

    await other.receive()

    assert (before, one.backlog(), other.backlog()) == (6, 2, 0)


async def test_a_stalled_end_receives_nothing_until_it_wakes() -> None:
    one, other = link_pair()
    other.is_stalled = True
    send(one, "1")
    waiting = asyncio.ensure_future(receive(other, 1))
    await turns()
    before = waiting.done()

    other.is_stalled = False
    other.wake()

    assert not before
    assert await waiting == ["1"]


async def test_frames_take_their_time_and_never_overtake() -> None:
    clock, delays = VirtualClock(), iter([3.0, 1.0])
    one, other = link_pair(clock=clock, latency=lambda: next(delays))
    send(one, "slow")
    send(one, "quick")
    waiting = asyncio.ensure_future(receive(other, 2))
    await turns()
    before = waiting.done()

    clock.advance()

    assert not before
    assert await waiting == ["slow", "quick"]
    assert clock.monotonic() == 3.0


# ---- ends


async def test_after_a_clean_close_what_was_written_still_arrives_and_then_both_ends_know() -> None:
    one, other = link_pair()
    send(one, "last words")

    await one.close("bye")

    assert await receive(other, 1) == ["last words"]
    for end in (one, other):
        down = await end_of(end)
        assert (down.clean, down.reason) == (True, "bye")


async def test_a_close_that_asks_to_come_back_says_so() -> None:
    one, other = link_pair()

    await one.close("draining", restarting=True)

    assert (await end_of(other)).reason == "restarting"


async def test_an_aborted_link_loses_what_is_in_flight_in_both_directions() -> None:
    one, other = link_pair()
    send(one, "1")
    send(other, "2")

    one.abort()

    assert not (await end_of(one)).clean
    assert not (await end_of(other)).clean


async def test_how_a_link_ended_does_not_change_afterwards() -> None:
    one, other = link_pair()
    await one.close("bye")

    other.abort()

    assert (await end_of(one)).clean
    assert (await end_of(other)).clean


async def test_frames_for_a_link_that_is_down_are_dropped() -> None:
    one, other = link_pair()
    one.abort()

    send(one, "1")
    send(other, "2")

    assert (one.backlog(), other.backlog()) == (0, 0)


async def test_who_waits_learns_of_the_end() -> None:
    one, other = link_pair()
    waiting = asyncio.ensure_future(end_of(other))
    await turns()

    one.abort()

    assert not (await waiting).clean


async def test_an_end_that_vanished_is_down_while_the_other_notices_nothing() -> None:
    one, other = link_pair()
    send(one, "still arrives")
    send(other, "never arrives")

    one.vanish()
    one.abort()
    await one.close()
    send(other, "into the void")

    assert not (await end_of(one)).clean
    assert await receive(other, 1) == ["still arrives"]
    waiting = asyncio.ensure_future(end_of(other))
    await turns()
    assert not waiting.done()
    other.abort()
    assert not (await waiting).clean


# ---- the network
