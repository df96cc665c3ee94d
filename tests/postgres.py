"""The PostgreSQL of the tests: one for all of them, and the database of which each test has a copy."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from chatcore.adapters.postgres import PostgresStorage
from chatcore.testing import postgres_process
from chatcore.testing.postgres_process import Cluster

__all__ = ["TEMPLATE", "Cluster", "make_template", "running"]

TEMPLATE = "chatcore_template"
"""The database of which each test's is a copy: it has today's schema, and nothing else."""


@contextmanager
def running() -> Iterator[Cluster]:
    """Start a PostgreSQL, or skip the test."""
    with ExitStack() as block:
        try:
            cluster = block.enter_context(postgres_process.running())
        except postgres_process.NotInstalled:
            pytest.skip("needs postgresql")
        yield cluster


async def make_template(cluster: Cluster) -> str:
    """Make the database of which each test's is a copy; give its name."""
    cluster.make(TEMPLATE)
    async with PostgresStorage(cluster.address(TEMPLATE)):
        pass
    return TEMPLATE
