"""The law of the whole: snapshot + events = a fresh snapshot, whatever is cut, killed, full or late."""

import pytest

from chatcore.testing.simulator.simulation import Simulation


@pytest.mark.parametrize("seed", range(80))
async def test_when_all_is_quiet_every_client_shows_what_the_server_knows(seed: int) -> None:
    simulation = Simulation(seed)

    faults = await simulation.run(steps=100)

    assert faults == [], simulation.story()
    assert len(simulation.ledger.entries) > 10
