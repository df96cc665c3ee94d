"""Hosts whose bus tells nothing: what one commits the other finds by looking, and tells once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from unittest.mock import patch

import pytest

from chatcore import GENERAL
from chatcore.adapters.local_bus import LocalBus
from chatcore.domain.users import UserChange
from chatcore.errors import Busy
from chatcore.host import looking
from chatcore.host.looking import HELD_BACK, LOOK_EVERY, Looking
from chatcore.host.settings import HostSettings
from chatcore.ports.bus import Hint
from chatcore.testing.world import PASSWORD
from chatcore.wire import frames as f
from tests.host.raw import between, greet, registered, resumed
from tests.host.two_hosts import two_hosts

SEEN = LOOK_EVERY + HELD_BACK + 0.1
"""Seconds after which what another host has committed was found."""


LOOKS = HostSettings(looks=True)


class DeadBus(LocalBus):
    """Loses everything."""

    def publish(self, hints: Sequence[Hint], publisher: object) -> None:
        pass


async def test_p15_what_the_bus_loses_is_found_within_seconds_and_told_once() -> None:
    async with two_hosts(DeadBus(), LOOKS) as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")
        await first.settle(SEEN)

        alice.post(between(alice, bob), "hello")
        alice.post(GENERAL, "all")
        await first.settle(SEEN)
        await first.settle(4 * LOOK_EVERY)

        assert [event.message.text for event in bob.of(f.MessageEvent)] == ["hello", "all"]
        assert [event.user.name for event in alice.of(f.UserEvent)] == ["bob"]
        assert [event.message.text for event in alice.of(f.MessageEvent)] == []


async def test_p11_what_was_read_at_another_host_is_found_and_told_once_though_the_bus_is_dead() -> None:
    async with two_hosts(DeadBus(), LOOKS) as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")
        elsewhere = await resumed(first, bob.token)
        for n in range(3):
            alice.post(between(alice, bob), f"{n}", f"c-{n}")
        await first.settle(SEEN)

        bob.ask(lambda number: f.Mark(number, between(alice, bob), (1, 3)))
        await first.settle(SEEN)
        bob.ask(lambda number: f.Mark(number, between(alice, bob), (2,)))
        await first.settle(SEEN)
        await first.settle(3 * LOOK_EVERY)

        told = [(event.tally.version, event.tally.unread, event.read) for event in elsewhere.of(f.ReadEvent)]
        assert told == [(1, 1, ((1, 1), (3, 3))), (2, 0, ((2, 2),))]
        assert [event.receipts for event in alice.of(f.ReceiptsEvent)] == [((1, 1), (3, 1)), ((2, 1),)]
        assert bob.of(f.ReadEvent) == []


async def test_what_is_committed_before_the_first_look_is_found_by_who_came_before_it() -> None:
    run = Looking.run

    async def run_late(self: Looking) -> None:
        await self._clock.sleep(20 * LOOK_EVERY)  # after all have come
        await run(self)

    with patch.object(Looking, "run", run_late):
        async with two_hosts(DeadBus(), LOOKS) as (first, second):
            alice, bob = await registered(first, "alice"), await registered(second, "bob")

            alice.post(GENERAL, "early")
            await first.settle(SEEN + 20 * LOOK_EVERY)

            assert [event.message.text for event in bob.of(f.MessageEvent)] == ["early"]


async def test_what_was_read_and_told_by_the_bus_is_not_told_again() -> None:
    async with two_hosts(settings=LOOKS) as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")
        elsewhere = await resumed(first, bob.token)
        alice.post(GENERAL, "all")
        await first.settle(SEEN)

        bob.ask(lambda number: f.Mark(number, GENERAL, (1,)))
        await first.settle(4 * LOOK_EVERY)

        assert len(elsewhere.of(f.ReadEvent)) == 1
        assert [event.receipts for event in alice.of(f.ReceiptsEvent)] == [((1, 1),)]


async def test_what_the_bus_has_told_is_not_told_again() -> None:
    async with two_hosts(settings=LOOKS) as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")

        for text in ("one", "two"):
            alice.post(between(alice, bob), text)
            await first.settle(SEEN)
        await first.settle(2 * LOOK_EVERY)

        assert [event.message.text for event in bob.of(f.MessageEvent)] == ["one", "two"]
        assert [event.user.name for event in alice.of(f.UserEvent)] == ["bob"]


async def test_however_much_is_found_all_of_it_is_told_and_nothing_stays_in_memory() -> None:
    with patch.object(looking, "AT_ONCE", 3):
        async with two_hosts(DeadBus(), LOOKS) as (first, second):
            alice, bob = await registered(first, "alice"), await registered(second, "bob")
            await first.settle(SEEN)

            for n in range(10):
                alice.post(GENERAL, f"{n}", f"c-{n}")
            await first.settle(LOOK_EVERY + 4 * HELD_BACK + 0.1)
            heard = [event.message.text for event in bob.of(f.MessageEvent)]
            for n in range(10):
                bob.ask(partial(f.Mark, conversation=GENERAL, seqs=(n + 1,)))
            await first.settle(2 * LOOK_EVERY + 4 * HELD_BACK + 0.1)
            receipts = [receipt for event in alice.of(f.ReceiptsEvent) for receipt in event.receipts]
            await first.settle(2 * SEEN)

            kept = [
                len(host._messages | host._facts) + len(host._read | host._read_before)
                for host in (first.host._looking, second.host._looking)
                if host is not None
            ]

    assert heard == [f"{n}" for n in range(10)]
    assert receipts == [(n + 1, 1) for n in range(10)]
    assert kept == [0, 0]


async def test_who_was_disabled_at_one_host_is_put_out_of_the_other_one() -> None:
    async with two_hosts(DeadBus(), LOOKS) as (first, second):
        bob = await registered(second, "bob")

        await first.storage.change_user(bob.me.id, UserChange(disabled=True), 0)
        await first.settle(SEEN)

        assert bob.down is not None


@pytest.mark.parametrize("bus", [LocalBus, DeadBus])
async def test_p27_a_log_out_at_one_host_ends_the_session_at_another_one_though_the_bus_is_dead(
    bus: type[LocalBus],
) -> None:
    async with two_hosts(bus(), LOOKS) as (first, second):
        alice, bob = await registered(first, "alice"), await registered(first, "bob")
        elsewhere, other = await resumed(second, alice.token), await resumed(second, bob.token)
        await first.settle(SEEN)

        alice.ask(f.LogOut)
        await first.settle(1.0 if bus is LocalBus else LOOK_EVERY + 0.1)
        elsewhere.post(GENERAL, "still here")
        await first.settle(SEEN)

        assert [closing.code for closing in elsewhere.of(f.Closing)] == ["logged_out"]
        assert elsewhere.down is not None
        assert other.of(f.MessageEvent) == []
        assert (other.down, bob.down) == (None, None)


async def test_though_something_new_is_found_all_the_time_the_rest_is_looked_for_as_well() -> None:
    async with two_hosts(DeadBus(), LOOKS) as (first, second):
        alice, bob = await registered(first, "alice"), await registered(first, "bob")
        elsewhere = await resumed(second, bob.token)
        await first.settle(SEEN)
        bob.ask(f.LogOut)

        for n in range(round((LOOK_EVERY + 2 * HELD_BACK) / 0.1)):
            alice.post(GENERAL, f"{n}", f"c-{n}")
            await first.settle(0.1)

        assert elsewhere.down is not None


async def test_however_long_a_look_takes_the_next_one_begins_after_three_seconds() -> None:
    begun = list[float]()
    async with two_hosts(DeadBus(), LOOKS) as (first, second):

        async def slowly(_: Looking, place: int) -> int:
            begun.append(first.clock.monotonic())
            await first.clock.sleep(1.0)
            return place

        with patch.object(Looking, "_look_for_marks", slowly):
            await second.settle(4 * LOOK_EVERY)

    assert {round(after - before, 1) for before, after in zip(begun[::2], begun[2::2], strict=False)} == {LOOK_EVERY}


async def test_of_many_sessions_each_is_asked_for_within_ten_seconds() -> None:
    with patch.object(looking, "MOST_ASKED", 3):
        async with two_hosts(DeadBus(), LOOKS) as (first, second):
            here = [await registered(first, f"user{n}") for n in range(5)]
            there = [await resumed(second, raw.token) for raw in here]
            with patch.object(second.storage, "ended_sessions", wraps=second.storage.ended_sessions) as ended:
                await first.settle(3 * LOOK_EVERY)
                asked = [len(call.args[0]) for call in ended.call_args_list]

            for raw in here:
                raw.ask(f.LogOut)
            await first.settle(3 * LOOK_EVERY + 0.1)

        assert sum(asked) == 5
        assert max(asked) < 5
        assert None not in [raw.down for raw in there]


async def test_a_bus_that_works_again_has_it_looked_at_once_for_what_was_lost() -> None:
    bus = DeadBus()
    async with two_hosts(bus, LOOKS) as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")
        await first.settle(SEEN + LOOK_EVERY - SEEN % LOOK_EVERY)
        for n in range(3):
            alice.post(between(alice, bob), f"{n}", f"c-{n}")
            await first.settle(0.1)

            LocalBus.publish(bus, (), None)
            await first.settle(HELD_BACK + 0.1)

            assert len(bob.of(f.MessageEvent)) == n + 1


async def test_p27_a_session_that_another_one_ends_is_out_at_every_host_though_the_bus_is_dead() -> None:
    async with two_hosts(DeadBus(), LOOKS) as (first, second):
        alice = await registered(first, "alice")
        again = await greet(second)
        again.ask(lambda number: f.LogIn(number, "alice", PASSWORD, None))
        await first.settle(SEEN)

        await first.storage.end_sessions_of(alice.me.id)
        await first.settle(LOOK_EVERY + 0.1)

        assert alice.down is not None
        assert again.down is not None
        assert (first.host.active(), second.host.active()) == ((), ())


async def test_a_storage_that_cannot_be_read_for_a_while_is_looked_at_again() -> None:
    async with two_hosts(DeadBus(), LOOKS) as (first, second):
        alice, bob = await registered(first, "alice"), await registered(second, "bob")
        await first.settle(SEEN)
        with patch.object(second.host._looking, "_look", side_effect=Busy):
            alice.post(between(alice, bob), "hello")
            await first.settle(SEEN)
            before = bob.of(f.MessageEvent)

        await first.settle(SEEN)

        assert before == []
        assert [event.message.text for event in bob.of(f.MessageEvent)] == ["hello"]
