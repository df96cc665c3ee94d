"""What passes: presence and receipts, gathered, and only the latest told."""

from __future__ import annotations

import asyncio

from chatcore import GENERAL, UserId
from chatcore.domain.presence import GRACE
from chatcore.host.passing import TICK
from chatcore.wire import frames as f
from tests.host.room import ALICE, ALICE_BOB, BOB, CAROL, Room, read
from tests.turns import turns


def test_receipts_of_one_tick_are_one_frame_for_each_author_and_conversation() -> None:
    room = Room()
    room.passing.read(read(BOB, GENERAL, {ALICE: {1: 1, 2: 1}, CAROL: {3: 1}}))
    room.passing.read(read(CAROL, GENERAL, {ALICE: {2: 2, 4: 1}}))
    room.passing.read(read(BOB, ALICE_BOB, {ALICE: {1: 1}}))
    before = [*room.alice.writes, *room.carol.writes]

    room.passing.tick()

    assert before == []
    assert room.alice.heard == room.alices_phone.heard
    assert room.alice.heard == [
        [f.ReceiptsEvent(GENERAL, ((1, 1), (2, 2), (4, 1))), f.ReceiptsEvent(ALICE_BOB, ((1, 1),))]
    ]
    assert room.carol.heard == [[f.ReceiptsEvent(GENERAL, ((3, 1),))]]


def test_receipts_are_told_once() -> None:
    room = Room()
    room.passing.read(read(BOB, ALICE_BOB, {ALICE: {1: 1}}))
    room.passing.tick()

    room.passing.tick()

    assert len(room.alice.writes) == 1


def test_receipts_of_an_author_who_is_away_are_not_kept() -> None:
    room = Room()
    away = UserId("9" * 16)

    room.passing.read(read(BOB, GENERAL, {away: {1: 1}}))
    back = room.enter(away)
    room.passing.tick()

    assert back.writes == []


def test_an_author_who_leaves_before_the_tick_is_told_nothing() -> None:
    room = Room()
    room.passing.read(read(BOB, GENERAL, {CAROL: {1: 1}}))
    room.sessions.remove(room.carol)

    room.passing.tick()

    assert room.carol.writes == []


def test_changes_of_presence_are_one_frame_for_everybody() -> None:
    room = Room()
    for user in (ALICE, BOB):
        room.passing.connected(f"session of {user}", user, user)
    room.passing.logged_out(f"session of {BOB}")

    room.passing.tick()

    assert room.encoded == [f.PresenceEvent((ALICE,), (BOB,))]
    assert room.alice.heard == room.bob.heard == room.carol.heard == [room.encoded]
    assert room.passing.active() == (ALICE,)


def test_presence_and_receipts_of_a_tick_are_one_write() -> None:
    room = Room()
    room.passing.connected("session", BOB, "connection")
    room.passing.read(read(BOB, ALICE_BOB, {ALICE: {1: 1}}))

    room.passing.tick()

    assert room.alice.heard == [[f.PresenceEvent((BOB,), ()), f.ReceiptsEvent(ALICE_BOB, ((1, 1),))]]


async def test_while_it_runs_a_change_is_told_after_a_tick_and_a_grace_that_ends_by_itself() -> None:
    room = Room()
    running = asyncio.ensure_future(room.passing.run())
    room.passing.connected("session", BOB, "connection")
    room.passing.broken("session", "connection")
    told = []

    for _ in range(4):
        await turns(10)
        told.append((room.clock.monotonic(), [*room.encoded]))
        room.clock.advance()
    running.cancel()
    await asyncio.wait([running])

    came, went = f.PresenceEvent((BOB,), ()), f.PresenceEvent((), (BOB,))
    assert told[:2] == [(0.0, []), (TICK, [came])]
    assert told[-1] == (GRACE + TICK, [came, went])


def test_who_left_hears_nothing_more() -> None:
    room = Room()
    room.sessions.remove(room.alice)
    room.passing.connected("session", BOB, "connection")

    room.passing.tick()

    assert room.alice.writes == []
    assert room.alices_phone.heard == [[f.PresenceEvent((BOB,), ())]]
