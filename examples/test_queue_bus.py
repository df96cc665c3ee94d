"""The queue bus keeps the port's promises."""

import pytest
from queue_bus import QueueBus

from chatcore.testing.contracts.bus import BusContract


class TestQueueBus(BusContract):
    @pytest.fixture
    def bus(self) -> QueueBus:
        return QueueBus()
