"""Three servers on one PostgreSQL: the demo is played over all of them, each client at another one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import cast

import pytest

from chatcore.testing.server_process import ServerProcess

EXAMPLES = Path(__file__).parents[2] / "examples"


class Three:
    """Stands for one server: who asks where it is is sent to the next one, and what is done to it is done to all."""

    def __init__(self, servers: Sequence[ServerProcess]) -> None:
        self.servers = servers
        self._next = cycle(servers)

    @property
    def url(self) -> str:
        """Where the next one is."""
        return next(self._next).url

    async def kill(self) -> None:
        """End all at once."""
        await asyncio.gather(*(server.kill() for server in self.servers))

    async def start(self) -> None:
        """Start all at once."""
        await asyncio.gather(*(server.start() for server in self.servers))


@pytest.mark.checkout
async def test_every_act_of_the_demo_holds_where_its_people_are_at_three_servers(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(EXAMPLES)
    from acts import Play
    from transcript import Transcript

    async with (
        ServerProcess(tmp_path / "one", "--db", database) as one,
        ServerProcess(tmp_path / "two", "--db", database) as two,
        ServerProcess(tmp_path / "three", "--db", database) as three,
    ):
        stands_for_one = cast("ServerProcess", Three([one, two, three]))
        await Play(stands_for_one, Transcript()).run()

    assert "All of it happened as it should" in capsys.readouterr().out
