"""A machine that wakes up or has another network: a client that waits tries at once."""

import asyncio

import pytest

from chatcore import ConnectionPhase
from chatcore.home.awakening import Machine, addresses_outwards, rouse
from chatcore.testing import ChatWorld, VirtualClock


def test_a_machine_stirs_when_the_day_has_run_ahead_of_its_own_time() -> None:
    clock = VirtualClock()
    machine = Machine(clock, lambda: "home")

    assert not machine.has_stirred()

    clock.step(3_000)
    assert not machine.has_stirred()  # a clock that is put right a little

    clock.step(60_000)
    assert machine.has_stirred()
    assert not machine.has_stirred()


def test_a_machine_stirs_when_its_network_is_another_one() -> None:
    ways = [""]
    machine = Machine(VirtualClock(), lambda: ways[0])

    ways[0] = "10.0.0.7"

    assert machine.has_stirred()
    assert not machine.has_stirred()


@pytest.mark.parametrize("happens", ["sleep", "network", "nothing"])
async def test_a_client_that_waits_for_its_next_try_tries_when_the_machine_stirs(happens: str) -> None:
    ways = ["home"]
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        watch = asyncio.create_task(rouse(alice, world.clock, lambda: ways[0]))
        await world.kill()
        await world.settle(60)
        assert alice.connection.phase is ConnectionPhase.OFFLINE
        wait = alice.connection.retry_in or 0.0
        before = world.clock.monotonic()

        if happens == "sleep":
            world.clock.step(3_600_000)
        elif happens == "network":
            ways[0] = "the train's"
        await world.settle(1.5)
        again = alice.connection
        watch.cancel()

    tried = again.retry_in != wait
    assert (tried, world.clock.monotonic() - before < wait) == (happens != "nothing", True)


def test_this_machine_tells_its_addresses_without_a_word_to_anybody() -> None:
    assert len(addresses_outwards()) == 2
    assert addresses_outwards() == addresses_outwards()
