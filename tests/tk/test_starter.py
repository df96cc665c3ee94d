"""Looking for a server on this machine, and starting one, while the window goes on."""

import socket
from pathlib import Path

import pytest
from chatcore_tk.starter import Starter

from chatcore.adapters.system import SystemClock
from chatcore.home import local_server
from tests.tk.here import Here
from tests.turns import turns
from tests.waiting import until


def starter(log: Path) -> Starter:
    network = Here()
    return Starter(network, network.hand_over, SystemClock(), log)


async def test_that_a_server_is_missing_is_told_only_of_the_usual_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking = starter(tmp_path / "server.log")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        usual = f"ws://127.0.0.1:{taken.getsockname()[1]}"
    monkeypatch.setattr(local_server, "DEFAULT_SERVER", usual)
    missing: list[str] = []

    looking.look_for("ws://127.0.0.1:1", lambda: missing.append("elsewhere"))
    await turns()
    looking.look_for(usual, lambda: missing.append("at the usual address"))
    await until(lambda: missing)

    assert missing == ["at the usual address"]


async def test_why_a_server_cannot_be_started_is_told(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    starting = starter(tmp_path / "a file" / "server.log")
    told: list[str] = []

    starting.start("ws://127.0.0.1:1", told.append)
    await until(lambda: told)

    assert "a file" in told[0]
    assert starting.process is None
