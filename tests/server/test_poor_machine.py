"""A machine without hard links or without sockets in files: the server starts, and every command does its work."""

import asyncio
import json
import logging
import os
import socket
import stat
from contextlib import suppress
from pathlib import Path

import pytest

import chatcore
from chatcore import GENERAL
from chatcore.adapters.sqlite.tools.new_file import new_file, second_name
from chatcore.adapters.sqlite.tools.snapshot import snapshot
from chatcore.errors import StorageError
from chatcore.testing.server_process import ServerProcess
from chatcore_server.admin.address import Port, port_path, socket_path
from chatcore_server.admin.call import call
from chatcore_server.admin.frames import BackedUp, BackUp
from tests.server.operating import acts, operate, operators_at
from tests.server.poor_machine import refuse
from tests.server.test_admin_socket import Copier
from tests.waiting import until

POOR = "tests.server.poor_machine"
PASSWORD = "correct horse battery"

ALL = ["links", "sockets in files", "links, sockets in files"]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


def texts(path: Path) -> list[str]:
    with snapshot(path) as connection:
        return [text for (text,) in connection.execute("select text from message order by number")]


@pytest.mark.parametrize("lacks", ALL)
async def test_people_chat_and_operators_back_up_export_and_restore(
    db: Path, lacks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LACKS", lacks)
    folder = db.parent
    async with ServerProcess(db, module=POOR) as server, chatcore.connect(server.url) as client:
        await client.register("alice", PASSWORD)
        await client.post(GENERAL, "one")
        backed_up = await operate(db, "backup", str(folder / "chat.bak"), module=POOR)
        again = await operate(db, "backup", str(folder / "chat.bak"), module=POOR)
        await client.post(GENERAL, "two")
        second = await operate(db, "restore", str(folder / "chat.bak"), module=POOR)
        exported = await operate(db, "export", str(folder / "chat.jsonl"), module=POOR)
        assert await server.terminate() == 0
    left = sorted(each.name for each in folder.iterdir() if each.suffix != ".log")

    restored = await operate(db, "restore", str(folder / "chat.bak"), module=POOR)

    assert (backed_up.status, backed_up.err) == (0, "")
    assert (again.status, again.err) == (1, f"chatcore-server: the file {folder / 'chat.bak'} is there already\n")
    assert "in use by another server" in second.err
    assert exported.status == 0
    assert left == ["chat.bak", "chat.db", "chat.db.audit", "chat.jsonl"]
    assert (restored.status, restored.err) == (0, "")
    former = next(folder.glob("chat.db.until-*"))
    assert (texts(db), texts(former)) == (["one"], ["one", "two"])
    assert server.log.count("operators come by a port") == ("sockets in files" in lacks)


async def test_what_is_left_of_a_server_that_was_killed_is_no_hindrance(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LACKS", "sockets in files")
    async with ServerProcess(db, module=POOR) as server:
        await server.kill()
        assert port_path(db).exists()

        alone = await operate(db, "backup", str(db.parent / "1.bak"))
        await server.start()
        beside = await operate(db, "backup", str(db.parent / "2.bak"))

        assert (alone.status, beside.status) == (0, 0)
        await until(lambda: "2.bak has 0 users" in server.log)
        assert "1.bak has" not in server.log


# ---- the port ------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatcore_server.admin.doors._bind", refuse)


@pytest.mark.usefixtures("no_sockets")
async def test_the_port_is_told_to_the_owner_only_and_forgotten_at_the_end(db: Path) -> None:
    async with operators_at(db, acts(Copier())):
        mode = port_path(db).stat().st_mode

        assert (stat.S_ISREG(mode), mode & 0o777) == (True, 0o600)
        assert (await asyncio.to_thread(call, db, BackUp("/b", replace=False), BackedUp)) is not None
    assert not port_path(db).exists()


async def test_a_system_without_such_sockets_has_the_port_without_a_warning(
    db: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(socket, "AF_UNIX")

    async with operators_at(db, acts(Copier())):
        assert (await asyncio.to_thread(call, db, BackUp("/b", replace=False), BackedUp)) is not None

    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.usefixtures("no_sockets")
async def test_who_does_not_know_the_secret_is_not_listened_to(db: Path) -> None:
    copier = Copier()
    async with operators_at(db, acts(copier)):
        port = Port.read(port_path(db))
        assert port is not None
        for proof in (b"\n", port.proof("server"), Port(port.number, "guess").proof("operator"), b"x" * 200_000):
            reader, writer = await asyncio.open_connection("127.0.0.1", port.number)
            await reader.readline()
            writer.write(proof + b'{"type":"back_up","path":"/b","replace":true}\n')

            with suppress(ConnectionError):
                assert await reader.read() == b""
            writer.close()

    assert copier.asked == []


async def test_a_port_that_another_program_has_now_is_no_server(db: Path) -> None:
    heard = list[bytes]()

    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP, at your service, at your service, at your service\r\n")
        with suppress(ConnectionError):
            heard.append(await reader.read())
        heard.append(b"")
        writer.close()

    server = await asyncio.start_server(other, "127.0.0.1", 0)
    async with server:
        Port(server.sockets[0].getsockname()[1], "secret").write(port_path(db))

        assert await asyncio.to_thread(call, db, BackUp("/b", replace=False), BackedUp) is None
        await until(lambda: bool(heard))
        assert b"".join(heard) == b""


@pytest.mark.parametrize("content", ["", "precious", "[]", '{"port":"x","secret":"y"}'])
async def test_another_file_in_the_place_of_a_door_is_left_alone_and_warned_of_once(
    db: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    for path in (socket_path(db), port_path(db)):
        path.write_text(content)

    async with operators_at(db, acts(Copier())):
        assert call(db, BackUp("/b", replace=False), BackedUp) is None

    assert [path.read_text() for path in (socket_path(db), port_path(db))] == [content, content]
    assert len(caplog.records) == 1
    assert "operators cannot come" in caplog.text


def test_a_port_is_read_as_it_was_written(tmp_path: Path) -> None:
    Port(4711, "s").write(tmp_path / "port")
    Port(4712, "s").write(tmp_path / "port")

    assert json.loads((tmp_path / "port").read_bytes()) == {"port": 4712, "secret": "s"}
    assert Port.read(tmp_path / "port") == Port(4712, "s")


# ---- files ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", refuse)


@pytest.mark.usefixtures("no_links")
def test_without_hard_links_a_new_file_still_takes_nobodys_place(tmp_path: Path) -> None:
    path = tmp_path / "new"

    def be_slower() -> None:
        with new_file(path) as part:
            part.write_text("ours")
            path.write_text("theirs")

    with pytest.raises(StorageError, match="is there already"):
        be_slower()
    assert path.read_text() == "theirs"
    path.unlink()
    with new_file(path) as part:
        part.write_text("ours")
    assert path.read_text() == "ours"
    assert [each.name for each in tmp_path.iterdir()] == ["new"]


@pytest.mark.usefixtures("no_links")
def test_without_hard_links_a_second_name_has_a_copy_and_never_overwrites(tmp_path: Path) -> None:
    path, other = tmp_path / "one", tmp_path / "two"
    path.write_text("content")

    second_name(path, other)

    assert (path.read_text(), other.read_text()) == ("content", "content")
    with pytest.raises(FileExistsError):
        second_name(path, other)
