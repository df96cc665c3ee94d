"""Two servers of an earlier version are replaced by today's one after the other, while people write."""

from __future__ import annotations

import subprocess
from contextlib import AsyncExitStack
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from chatcore.adapters.postgres.migrations import steps
from chatcore.testing.postgres_process import Cluster
from chatcore.testing.server_process import ServerProcess
from chatcore.testing.simulator.ledger import Fate
from prove.travellers import Balancer, Travellers
from prove.wires import Wire
from tests.waiting import until

EARLIER = "5fdf6ec302bcbf75e3de7f08f051ad0d1946437e"
"""A version whose servers ring each other and do not write down yet that they live."""

BEFORE = 3
"""Its schema."""

ROOT = Path(__file__).parents[2]
PEOPLE = ("alice", "bob", "carol", "dave")
FOR_EACH = 60
"""Messages that are written between two steps of the upgrade."""


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the earlier version, or skip the test."""
    folder = tmp_path_factory.mktemp("earlier")
    done = subprocess.run(
        ["git", "-C", str(ROOT), "archive", "--format=zip", EARLIER], check=False, capture_output=True
    )
    if done.returncode:
        pytest.skip(f"needs the commit {EARLIER} in the history")
    with ZipFile(BytesIO(done.stdout)) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.checkout
async def test_people_see_no_more_of_an_upgrade_than_a_reconnect(
    cluster: Cluster, earlier: Path, tmp_path: Path
) -> None:
    cluster.make("rolling")
    address = cluster.address("rolling")
    old_code = {"PYTHONPATH": str(earlier), "PYTHONSAFEPATH": "1"}
    old = [ServerProcess(tmp_path / f"old{n}", "--db", address, environment=old_code) for n in range(2)]
    new = [ServerProcess(tmp_path / f"new{n}", "--db", address) for n in range(2)]
    try:
        async with AsyncExitStack() as stack:
            for server in old:
                await stack.enter_async_context(server)
            wires = [await stack.enter_async_context(Wire(0, server.port)) for server in old]
            crowd = Travellers(Balancer([wire.url for wire in wires], 1), 1)
            await stack.enter_async_context(crowd)
            await crowd.join(PEOPLE, devices=2)
            schemas = [_schema(cluster)]
            crowd.chat(0.2)
            for former, latter, wire in zip(old, new, wires, strict=True):
                await _written(crowd)
                await stack.enter_async_context(latter)
                schemas.append(_schema(cluster))
                await _written(crowd)  # at the former, beside the latter
                wire.there = latter.port
                await former.terminate()
            await _written(crowd)

            assert await crowd.faults(address) == []
            assert not any(entry.fate is Fate.REFUSED for entry in crowd.ledger.entries)
    finally:
        cluster.drop("rolling")
    assert schemas == [BEFORE, len(steps()), len(steps())]


async def _written(crowd: Travellers) -> None:
    enough = crowd.acked + FOR_EACH
    await until(lambda: crowd.acked >= enough, 60)


def _schema(cluster: Cluster) -> int:
    return int(cluster.run("select value from meta where name = 'schema'", database="rolling"))
