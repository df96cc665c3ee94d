"""The NATS of the tests: each that needs one starts its own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from chatcore.testing import nats_process
from chatcore.testing.nats_process import NatsServer

__all__ = ["NatsServer", "nats_server"]


@contextmanager
def nats_server(folder: Path, config: str = "") -> Iterator[NatsServer]:
    """Start a NATS server with a configuration, or skip the test."""
    with ExitStack() as block:
        try:
            server = block.enter_context(nats_process.running(folder, config))
        except nats_process.NotInstalled:
            pytest.skip("needs nats-server")
        yield server
