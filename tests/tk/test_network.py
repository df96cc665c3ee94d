"""The network's thread: what fails there is told."""

import pytest
from chatcore_tk.network import Network


def test_work_that_fails_is_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ZeroDivisionError("a mistake")

    network = Network()
    network.start()

    network.call(lambda: network.spawn(fail()))
    network.stop()

    assert "work in the network's thread has failed" in caplog.text
    assert "ZeroDivisionError: a mistake" in caplog.text
