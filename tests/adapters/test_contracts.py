"""The contracts of bus and transport, over all adapters of ours."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chatcore.adapters.local_bus import LocalBus
from chatcore.adapters.memory_link import link_pair
from chatcore.adapters.websocket import WebSocketDialer
from chatcore.testing.clock import VirtualClock
from chatcore.testing.contracts.bus import BusContract
from chatcore.testing.contracts.transport import Ends, TransportContract
from tests.certificates import make_certificates
from tests.websocket_door import Door


class TestLocalBus(BusContract):
    @pytest.fixture
    def bus(self) -> LocalBus:
        return LocalBus()


class TestMemoryLinks(TransportContract):
    @pytest.fixture
    def ends(self) -> Ends:
        return link_pair()


class TestMemoryLinksWithAClock(TransportContract):
    @pytest.fixture
    def ends(self) -> Ends:
        return link_pair(clock=VirtualClock())


class TestWebSockets(TransportContract):
    @pytest.fixture
    async def ends(self) -> AsyncIterator[Ends]:
        async with Door() as door:
            client = await WebSocketDialer().dial(door.url)
            yield client, await door.next_link()
            client.abort()


class TestEncryptedWebSockets(TransportContract):
    @pytest.fixture
    async def ends(self, tmp_path: Path) -> AsyncIterator[Ends]:
        certificates = make_certificates(tmp_path)
        async with Door(tls=certificates.for_server()) as door:
            client = await WebSocketDialer(tls=certificates.for_client()).dial(door.url)
            yield client, await door.next_link()
            client.abort()
