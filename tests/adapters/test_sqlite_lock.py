"""The lock against a second server: on the file itself, by whatever name it is reached, for as long as it is in use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import lock_descriptor

from chatcore.adapters.sqlite import SqliteStorage, lock
from chatcore.adapters.sqlite.lock import alone
from chatcore.errors import StorageError
from chatcore.testing.contracts.storage_base import ALICE, ALICE_BOB, BOB, send

OPENING = """
import asyncio, sys
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.errors import StorageError

async def main():
    try:
        async with SqliteStorage(sys.argv[1]):
            print("opened")
    except StorageError as error:
        print(error.message)

asyncio.run(main())
"""

ALONE = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('pragma journal_mode = delete')"
"""Does what SQLite allows nobody as long as somebody else has the database open."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


def said_by(program: str, path: Path) -> str:
    """Run a program on a file; give what it says."""
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def name_of(path: Path, kind: str) -> Path:
    """Return the file one more name."""
    other = path.with_name("other.db")
    match kind:
        case "symbolic link":
            other.symlink_to(path)
        case "hard link":
            other.hardlink_to(path)
        case "link to the folder":
            (path.parent / "folder").symlink_to(path.parent)
            other = path.parent / "folder" / path.name
        case _:
            other = path
    return other


KINDS = ["its own name", "symbolic link", "hard link", "link to the folder"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_second_server_is_refused_by_whatever_name_it_comes(path: Path, kind: str) -> None:
    async with SqliteStorage(path) as storage:
        other = name_of(path, kind)
        for leftover in path.parent.glob("*.lock"):
            leftover.unlink()

        here = await refusal(other)
        elsewhere = said_by(OPENING, other)
        await send(storage, ALICE, ALICE_BOB, "still there")

    assert here == f"the database {other} is in use by another server"
    assert elsewhere == f"{here}\n"
    if kind != "hard link":  # SQLite keeps the log of a file under each of its names
        assert said_by(OPENING, other) == "opened\n"


async def refusal(path: Path) -> str:
    """Say why a file is not opened."""
    with pytest.raises(StorageError) as refused:
        await SqliteStorage(path).open()
    return refused.value.message


async def test_a_second_try_in_the_same_program_takes_no_lock_from_the_first(path: Path) -> None:
    async with SqliteStorage(path):
        for _ in range(3):
            await refusal(path)

        assert "database is locked" in said_by(ALONE, path)
    assert said_by(ALONE, path) == ""


@pytest.mark.parametrize("kind", ["its own name", "symbolic link", "link to the folder"])
async def test_where_the_file_cannot_be_locked_itself_a_file_beside_it_is(
    path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "_can_lock_itself", lambda _: False)
    async with SqliteStorage(path):
        monkeypatch.setattr(lock, "_held", set())

        reason = await refusal(name_of(path, kind))

    assert "is in use by another server" in reason


@pytest.mark.skipif(sys.platform != "linux", reason="mounts are told in another way elsewhere")
def test_a_file_system_of_the_network_is_told_from_one_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = tmp_path.stat().st_dev
    mounts = tmp_path / "mountinfo"
    monkeypatch.setattr(lock, "_MOUNTS", mounts)
    number = f"{os.major(device)}:{os.minor(device)}"
    line = "36 35 {} / /srv/with\\040space rw,noatime shared:1 - {} server:/srv rw"

    for kind, expected in (("ext4", True), ("nfs4", False), ("cifs", False), ("exfat", True)):
        mounts.write_text("\n".join([line.format("0:0", "proc"), line.format(number, kind)]))
        assert lock._can_lock_itself(device) is expected
    mounts.unlink()
    assert lock._can_lock_itself(device)


def test_a_file_that_was_only_made_for_the_lock_does_not_stay(path: Path) -> None:
    with alone(path) as hold:
        assert (hold.is_new, path.exists()) == (True, True)
    assert not path.exists()

    path.touch()
    with alone(path) as hold:
        assert not hold.is_new
    assert path.exists()


def test_a_file_that_is_replaced_while_it_is_being_locked_is_not_taken_for_the_new_one(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text("former")
    opened: list[int] = []

    def replacing(descriptor: int, *, blocking: bool) -> bool:
        opened.append(os.fstat(descriptor).st_ino)
        if len(opened) == 1:
            path.with_name("new").write_text("new")
            path.with_name("new").replace(path)
        return lock_descriptor(descriptor, blocking=blocking)

    monkeypatch.setattr(lock, "lock_descriptor", replacing)

    with alone(path):
        assert opened[-1] == path.stat().st_ino
    assert len(opened) == 2


# ---- the file that has gone ----------------------------------------------------------------------------------------


async def test_a_database_in_its_place_is_no_trouble(path: Path) -> None:
    async with SqliteStorage(path) as storage:
        storage.check()
        await send(storage, ALICE, ALICE_BOB, "one")
        storage.check()


def delete(path: Path) -> None:
    path.unlink()


def move(path: Path) -> None:
    path.rename(path.with_name("moved.db"))


def move_the_folder(path: Path) -> None:
    path.parent.rename(path.parent.with_name("moved"))


def replace(path: Path) -> None:
    new = path.with_name("new.db")
    new.touch()
    new.replace(path)


def delete_the_log(path: Path) -> None:
    path.with_name(f"{path.name}-wal").unlink()


def delete_what_is_shared(path: Path) -> None:
    path.with_name(f"{path.name}-shm").unlink()


@pytest.mark.parametrize(
    "harm", [delete, move, move_the_folder, replace, delete_the_log, delete_what_is_shared], ids=lambda h: h.__name__
)
async def test_a_database_that_is_not_in_its_place_any_more_is_told_and_not_written_to(tmp_path: Path, harm) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    (tmp_path / "folder").mkdir()
    path = tmp_path / "folder" / "chat.db"
    async with SqliteStorage(path) as storage:
        await send(storage, ALICE, ALICE_BOB, "one")
        storage.check()

        harm(path)

        with pytest.raises(StorageError, match=r"chat\.db.* (is not there any more|is another one now): .*restore"):
            storage.check()
        with pytest.raises(StorageError, match="while the server had it open"):
            await send(storage, BOB, ALICE_BOB, "two")


async def test_a_link_that_is_turned_elsewhere_is_told(tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "real.db")
    async with SqliteStorage(link) as storage:
        storage.check()
        (tmp_path / "other.db").touch()
        link.unlink()
        link.symlink_to(tmp_path / "other.db")

        with pytest.raises(StorageError, match="another one"):
            storage.check()
