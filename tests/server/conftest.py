"""A server that the tests of a module share, and the people of one test on it, wherever their chat is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from chatcore.testing.server_process import ServerProcess
from tests.nats import NatsServer, nats_server
from tests.postgres import Cluster
from tests.server.network import Chat
from tests.server.places import Place, kept

_EVERYWHERE = (Place.FILE, Place.NODES)
"""Where the tests of requirements run by themselves: one server on PostgreSQL is less than three of them."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests where `--db` says; by themselves in a file, and those marked `everywhere` in PostgreSQL, too."""
    if "place" not in metafunc.fixturenames:
        return
    told = metafunc.config.getoption("--db")
    is_everywhere = any(metafunc.definition.iter_markers("everywhere"))
    places = [Place(told)] if told else [*_EVERYWHERE] if is_everywhere else [Place.FILE]
    is_of_a_file = any(metafunc.definition.iter_markers("of_a_file"))
    skipped = [pytest.mark.skip(reason="is about a file")] if is_of_a_file else []
    given = [pytest.param(place, marks=[] if place is Place.FILE else skipped, id=place.value) for place in places]
    metafunc.parametrize("place", given, scope="module")


@pytest.fixture(scope="module")
def shared_cluster(place: Place, request: pytest.FixtureRequest) -> tuple[Cluster | None, str]:
    """A PostgreSQL where one is needed, and what its databases are copies of."""
    if place is Place.FILE:
        return None, ""
    return request.getfixturevalue("cluster"), request.getfixturevalue("template")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_server(
    place: Place, shared_cluster: tuple[Cluster | None, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ServerProcess]:
    with kept(place, tmp_path_factory.mktemp("server"), *shared_cluster, "shared") as server:
        async with server:
            yield server


@pytest.fixture
async def chat(shared_server: ServerProcess) -> AsyncIterator[Chat]:
    async with Chat(shared_server) as chat:
        yield chat


@pytest.fixture
async def own_chat(place: Place, shared_cluster: tuple[Cluster | None, str], tmp_path: Path) -> AsyncIterator[Chat]:
    """People who have a server to themselves, which may be killed."""
    with kept(place, tmp_path, *shared_cluster, "own") as server:
        async with server, Chat(server) as chat:
            yield chat


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsServer]:
    """The NATS through which the servers of one test ring each other."""
    (tmp_path / "nats").mkdir()
    with nats_server(tmp_path / "nats") as server:
        yield server
