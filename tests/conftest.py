"""What all tests share: a plain environment, any order, assertions of the contracts told in full, cheap Hypothesis."""

import asyncio
import gc
import logging
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from random import Random  # noqa: TID251 - of a given seed

import pytest
from hypothesis import HealthCheck, settings

from tests import environment, postgres
from tests.small_disk import mounted

settings.register_profile("quick", deadline=None, max_examples=50)
settings.register_profile(
    "ci", deadline=None, max_examples=100, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "quick")


@pytest.fixture(autouse=True)
def _process_as_before() -> Iterator[None]:
    """Hold every test to leaving signals and logging as it found them, for whichever comes next."""
    before = environment.heard(), environment.logged()
    yield
    assert (environment.heard(), environment.logged()) == before


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """Take back how an application logs: some frameworks see to it for the whole process where one is made."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of 1 MiB."""
    with mounted(tmp_path / "small"):
        yield tmp_path / "small"


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL of this session's own."""
    with postgres.running() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def template(cluster: postgres.Cluster) -> str:
    """The name of a database with today's schema, to be copied."""
    return asyncio.run(postgres.make_template(cluster))


@pytest.fixture
def database(cluster: postgres.Cluster, template: str) -> Iterator[str]:
    """The address of an empty database with today's schema."""
    cluster.make("chat", template)
    yield cluster.address("chat")
    cluster.drop("chat")


def pytest_configure(config: pytest.Config) -> None:
    """Leave the caller's environment, before any test is collected and any worker started."""
    home = tempfile.TemporaryDirectory(prefix="chatcore-home-")
    config.add_cleanup(home.cleanup)
    environment.enter(Path(home.name))


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Start two workers for each core: many tests wait more than they compute, for other programs and for time."""
    return (yield) * 2


def pytest_collection_finish() -> None:
    """Keep what has been loaded out of each collection of garbage: it is there to the end."""
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what `make test SHUFFLE=…` says, and where servers keep their chats."""
    parser.addoption("--shuffle", metavar="SEED", help="run the tests in another order, each SEED in its own")
    parser.addoption("--db", choices=["file", "postgres", "nodes"], help="where the servers of tests keep their chats")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Shuffle the tests where that is wanted, and skip what needs a program that is not there.

    `make test` says what is missing, and fails. Tests of a module stay together, since they may share a server.
    """
    if (seed := config.getoption("shuffle")) is not None:
        chance = Random(seed)
        modules = list(dict.fromkeys(item.path for item in items))
        place = {path: number for number, path in enumerate(chance.sample(modules, len(modules)))}
        chance.shuffle(items)
        items.sort(key=lambda item: place[item.path])
    for item in items:
        for marker in item.iter_markers("needs"):
            (program,) = marker.args
            if shutil.which(program) is None:
                item.add_marker(pytest.mark.skip(reason=f"needs {program}"))
