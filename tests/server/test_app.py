"""What the composition root makes of failures."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

import chatcore
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.errors import StorageError
from chatcore.ports.commits import Change, Outcome
from chatcore_server import app, storages
from chatcore_server.app import ServerError
from chatcore_server.config import Config


class FailingStorage(SqliteStorage):
    async def append(self, changes: Sequence[Change], now_ms: int) -> Sequence[Outcome]:
        msg = "disk I/O error"
        raise StorageError(msg)


async def test_a_server_whose_storage_fails_acknowledges_nothing_and_ends_with_its_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storages, "SqliteStorage", FailingStorage)
    url: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    config = Config(port=0, db=tmp_path / "chat.db", password_cost="low")
    serving = asyncio.create_task(app._serve(config, url.set_result))
    async with chatcore.connect(await url) as alice:
        await alice.register("alice", "correct horse battery")
        posting = asyncio.create_task(alice.post(chatcore.GENERAL, "hello"))

        with pytest.raises(ServerError, match="disk I/O error"):
            await serving

        assert not posting.done()
    with pytest.raises(chatcore.Closed):
        await posting


async def test_a_data_directory_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))

    with pytest.raises(ServerError, match=f"cannot make the folder {tmp_path}/file/chatcore: not a directory"):
        await app._serve(Config(port=0), lambda _: None)
