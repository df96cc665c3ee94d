"""Random worlds over a storage of one's own."""

import pytest

from chatcore.adapters.memory import MemoryStorage
from chatcore.testing.simulator.simulation import Simulation


@pytest.mark.parametrize("seed", range(5))
async def test_everybody_sees_the_same_in_the_end(seed: int) -> None:
    simulation = Simulation(seed, storage=MemoryStorage())

    faults = await simulation.run()

    assert faults == [], simulation.story()
