"""The socket beside the database: its owner's alone, there while the server runs, unharmed by bad input."""

import asyncio
import json
import os
import socket
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs
import pytest

from chatcore.adapters import standing
from chatcore.errors import StorageError, Unreachable
from chatcore.testing.server_process import ServerProcess
from chatcore_server.admin import call as asking
from chatcore_server.admin import doors
from chatcore_server.admin.address import port_path, reachable, socket_path
from chatcore_server.admin.call import call
from chatcore_server.admin.frames import (
    MAX_LINE,
    BackedUp,
    BackUp,
    EnableUser,
    ListUsers,
    Request,
    Running,
    Status,
    Stop,
    Stopping,
)
from tests.server.operating import acts, operate, operators_at
from tests.waiting import until

NOBODY = 65_534


@attrs.frozen
class Extent:
    users: int
    messages: int


class Copier:
    """Copies nothing, for as long as it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[Path, bool]] = []
        self.is_endless = False
        self.ends: list[str] = []
        self.began = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def __call__(self, to: Path, *, replace: bool, rest: Callable[[], None]) -> Extent:
        self.asked.append((to, replace))
        self._loop.call_soon_threadsafe(self.began.set)
        try:
            while self.is_endless:
                rest()
        except StorageError as error:
            self.ends.append(error.message)
            raise
        return Extent(2, 3)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


@pytest.fixture
async def copier(db: Path) -> AsyncIterator[Copier]:
    copier = Copier()
    async with operators_at(db, acts(copier)):
        yield copier


async def said(db: Path, line: bytes) -> dict[str, object]:
    """Say a line to the server; give its answer."""
    reader, writer = await asyncio.open_unix_connection(str(socket_path(db)))
    writer.write(line)
    answer: dict[str, object] = json.loads(await reader.readline())
    writer.close()
    return answer


# ---- the file ------------------------------------------------------------------------------------------------------


async def test_only_the_owner_may_open_it(copier: Copier, db: Path) -> None:
    mode = socket_path(db).stat().st_mode

    assert (stat.S_ISSOCK(mode), mode & 0o777) == (True, 0o600)


async def test_it_is_gone_when_the_server_has_stopped(db: Path) -> None:
    async with ServerProcess(db) as server:
        assert socket_path(db).is_socket()

        assert await server.terminate() == 0

        assert not socket_path(db).exists()


async def test_one_that_a_killed_server_has_left_is_replaced(db: Path, tmp_path: Path) -> None:
    async with ServerProcess(db) as server:
        await server.kill()
        assert socket_path(db).is_socket()
        await server.start()

        assert (await operate(db, "backup", str(tmp_path / "chat.bak"))).status == 0
        await until(lambda: "chat.bak has 0 users" in server.log)


async def test_another_file_in_its_place_is_left_alone_and_operators_come_by_a_port(db: Path, tmp_path: Path) -> None:
    socket_path(db).write_text("precious")

    async with ServerProcess(db) as server:
        backed_up = await operate(db, "backup", str(tmp_path / "chat.bak"))

    assert socket_path(db).read_text() == "precious"
    assert backed_up.status == 0
    assert "operators come by a port: there can be no socket" in server.log


async def test_a_path_that_is_too_long_for_a_socket_is_no_hindrance(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    folder.mkdir()

    async with operators_at(folder / "chat.db", acts(Copier())):
        answer = await asyncio.to_thread(call, folder / "chat.db", BackUp("/b", replace=False), BackedUp)

        assert (folder / "chat.db.sock").is_socket()
        assert answer is not None
    assert not (folder / "chat.db.sock").exists()


@pytest.mark.parametrize("has_sockets", [True, False])
async def test_operators_come_in_again_where_the_file_of_their_door_was_removed(
    db: Path, has_sockets: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(standing, "LOOKS", 0.02)
    monkeypatch.setattr(doors, "has_sockets", lambda: has_sockets)
    door = socket_path(db) if has_sockets else port_path(db)
    async with operators_at(db, acts(Copier())):
        door.unlink()
        await until(lambda: f"{door} was taken away: there is a new one" in caplog.messages)

        assert await asyncio.to_thread(call, db, BackUp("/b", replace=False), BackedUp)
    assert door.name not in os.listdir(db.parent)  # noqa: PTH208


def test_a_short_path_is_its_own_address(tmp_path: Path) -> None:
    with reachable(tmp_path / "chat.db.sock") as address:
        assert address == str(tmp_path / "chat.db.sock")


# ---- what is said --------------------------------------------------------------------------------------------------


async def test_a_request_is_a_line_and_so_is_its_answer(copier: Copier, db: Path) -> None:
    answer = await said(db, b'{"type":"back_up","path":"/b","replace":true}\n')

    assert answer == {"type": "backed_up", "users": 2, "messages": 3}
    assert copier.asked == [(Path("/b"), True)]


@pytest.mark.parametrize(
    ("line", "field", "told"),
    [
        (b"rubbish\n", None, "the frame is not valid JSON in UTF-8"),
        (b'{"type":"post"}\n', "type", "there is no frame type 'post'"),
        (b'{"type":"back_up","path":"/b"}\n', "replace", "back_up.replace: the field 'replace' is missing"),
        (b'{"type":"back_up","path":"b","replace":true}\n', "path", "the path is not an absolute one"),
        (b"x" * (MAX_LINE * 3), None, "the frame is not valid JSON in UTF-8"),
    ],
)
async def test_what_is_no_request_is_refused_with_its_field(
    copier: Copier, db: Path, line: bytes, field: str | None, told: str
) -> None:
    answer = await said(db, line)

    wrong = {"code": "bad_frame", "message": told, "field": field}
    wanted = {"type": "error", "id": None, **wrong, "wait_ms": None, "reason": None, "until_ms": None}
    assert answer == wanted
    assert copier.asked == []


async def test_whoever_says_nothing_and_goes_is_no_trouble(copier: Copier, db: Path) -> None:
    _, writer = await asyncio.open_unix_connection(str(socket_path(db)))
    writer.close()

    assert (await said(db, b'{"type":"back_up","path":"/b","replace":true}\n'))["type"] == "backed_up"


# ---- the end -------------------------------------------------------------------------------------------------------


async def test_an_operator_who_goes_away_ends_the_copy(copier: Copier, db: Path) -> None:
    copier.is_endless = True
    _, writer = await asyncio.open_unix_connection(str(socket_path(db)))
    writer.write(b'{"type":"back_up","path":"/b","replace":true}\n')
    await copier.began.wait()

    writer.close()
    copying = [task for task in asyncio.all_tasks() if "_Conversation.run" in repr(task)]
    await asyncio.wait(copying)

    assert copier.ends == ["the backup was given up"]


async def test_a_server_that_stops_ends_the_copy_and_its_operator_is_told(db: Path) -> None:
    copier = Copier()
    copier.is_endless = True
    async with operators_at(db, acts(copier)):
        asking = asyncio.create_task(asyncio.to_thread(call, db, BackUp("/b", replace=False), BackedUp))
        await copier.began.wait()

    assert copier.ends == ["the backup was given up"]
    with pytest.raises(Unreachable, match="the server has ended before it was done"):
        await asking


async def test_a_server_that_has_nothing_else_to_do_answers_who_stops_it(db: Path) -> None:
    order = asyncio.Event()

    async def stop(_: object) -> Stopping:
        order.set()
        return Stopping(7)

    async with operators_at(db, {Stop: stop}):
        asking = asyncio.create_task(asyncio.to_thread(call, db, Stop(), Stopping))
        await order.wait()

    assert await asking == Stopping(7)


def test_without_a_server_there_is_no_answer(db: Path) -> None:
    assert call(db, BackUp("/b", replace=False), BackedUp) is None


def test_a_socket_that_nobody_listens_to_is_no_server(db: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(socket_path(db)))

    assert call(db, BackUp("/b", replace=False), BackedUp) is None


@pytest.mark.parametrize("request_", [Status(), Stop(), ListUsers(0), EnableUser("ann")])
def test_a_server_that_hangs_is_told_and_not_waited_for(
    db: Path, request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "ANSWER_TIME", 0.05)
    monkeypatch.setattr(asking, "CHANGE_TIME", 0.05)
    with socket.socket(socket.AF_UNIX) as hung:
        hung.bind(str(socket_path(db)))
        hung.listen()

        with pytest.raises(Unreachable, match=r"chat\.db\.sock does not answer: it hangs"):
            call(db, request_, Running)


@contextmanager
def without_privileges() -> Iterator[None]:
    """Root may open everything: be nobody for a while."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


async def test_a_socket_of_somebody_else_is_told(copier: Copier, db: Path) -> None:
    socket_path(db).chmod(0)

    with without_privileges(), pytest.raises(Unreachable, match="permission denied"):
        call(db, BackUp("/b", replace=False), BackedUp)
