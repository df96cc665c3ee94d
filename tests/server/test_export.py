"""`chatcore-server export`: everything but secrets, a JSON object a line, always in the same order."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import chatcore
from chatcore import UserId
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.domain.conversations import direct
from chatcore.testing.contracts.storage_base import ALICE, ALICE_BOB, BOB, CAROL, GENERAL, NOON, enrol, read, send
from chatcore.testing.server_process import ServerProcess
from chatcore_server.cli import main
from tests.server.operating import operate


def a_user(user: UserId, name: str, number: int, **other: object) -> dict[str, object]:
    """Say how a user is exported."""
    usual = {"fact": number, "display_name": name, "disabled": False, "erased": False, "created_at_ms": NOON}
    return {"type": "user", "id": user, "name": name, "number": number} | usual | other


USERS = [
    a_user(ALICE, "user-aaaa", 1),
    a_user(BOB, "user-bbbb", 2),
    a_user(CAROL, "user-cccc", 3),
]


@pytest.fixture
async def db(tmp_path: Path) -> Path:
    path = tmp_path / "chat.db"
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE, BOB, CAROL)
        await send(storage, BOB, GENERAL, "hello")
        await send(storage, ALICE, ALICE_BOB, "zażółć", "two\nlines", "three")
        await read(storage, BOB, ALICE_BOB, 1, 3)
        await storage.add_session("secret-digest", ALICE, NOON)
    return path


def message(conversation: str, seq: int, sender: str, client_id: str, text: str, number: int) -> dict[str, object]:
    return {
        "type": "message",
        "conversation": conversation,
        "seq": seq,
        "sender": sender,
        "client_id": client_id,
        "text": text,
        "sent_at_ms": NOON,
        "number": number,
    }


DIRECT = [
    message(ALICE_BOB, 1, ALICE, f"a-{ALICE_BOB.replace('.', '_')}"[:40] + "-0", "zażółć", 2),
    message(ALICE_BOB, 2, ALICE, f"a-{ALICE_BOB.replace('.', '_')}"[:40] + "-1", "two\nlines", 3),
    message(ALICE_BOB, 3, ALICE, f"a-{ALICE_BOB.replace('.', '_')}"[:40] + "-2", "three", 4),
]
READ = {
    "type": "read_state",
    "user": BOB,
    "conversation": ALICE_BOB,
    "cursor": 1,
    "runs": [[3, 3]],
    "read": 2,
    "version": 1,
}


def test_everything_is_there_once_and_in_order(db: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--db", str(db)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line) for line in lines] == [
        {"type": "export", "form": 1, "users": 3, "messages": 4},
        *USERS,
        *DIRECT,
        message("general", 1, BOB, "b-general-0", "hello", 1),
        READ,
    ]


def test_no_secret_is_in_it(db: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["export", "--db", str(db)])

    told = capsys.readouterr().out
    assert "hash" not in told
    assert "secret-digest" not in told


def test_one_conversation_comes_with_its_members_only(db: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--db", str(db), "--conversation", ALICE_BOB]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line) for line in lines] == [
        {"type": "export", "form": 1, "conversation": ALICE_BOB},
        *USERS[:2],
        *DIRECT,
        READ,
    ]


def test_the_general_chat_comes_with_everybody(db: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--db", str(db), "--conversation", "general"]) == 0

    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["type"] for record in records] == ["export", "user", "user", "user", "message"]


@pytest.mark.parametrize("name", ["alice", direct(ALICE, UserId("f" * 16))])
def test_what_is_no_conversation_is_refused(db: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--db", str(db), "--conversation", name]) == 1

    assert capsys.readouterr() == ("", f"chatcore-server: there is no conversation {name}\n")


def test_a_conversation_that_nobody_has_begun_is_empty(db: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--db", str(db), "--conversation", direct(BOB, CAROL)]) == 0

    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["type"] for record in records] == ["export", "user", "user"]


def test_standard_output_that_takes_no_more_is_told(db: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        command = (sys.executable, "-m", "chatcore_server", "export", "--db", str(db))
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (
        1,
        "chatcore-server: cannot write to standard output: no space left on device\n",
    )


@pytest.mark.parametrize("suffix", ["", "-wal", ".lock", ".sock", ".port"])
def test_no_file_of_the_database_itself_is_replaced(db: Path, suffix: str, capsys: pytest.CaptureFixture[str]) -> None:
    to = db.with_name(db.name + suffix)

    assert main(["export", "--force", "--db", str(db), str(to)]) == 1

    assert capsys.readouterr() == ("", f"chatcore-server: the file {to} is of the database {db} itself\n")


def test_a_file_is_written_whole_for_its_owner_and_replaced_only_by_force(
    db: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "chat.jsonl"
    assert main(["export", "--db", str(db), str(to)]) == 0
    written = to.read_text(encoding="utf-8")

    assert main(["export", "--db", str(db), str(to)]) == 1

    assert capsys.readouterr() == ("", f"chatcore-server: the file {to} is there already\n")
    assert main(["export", "--force", "--db", str(db), str(to)]) == 0
    assert to.read_text(encoding="utf-8") == written
    assert len(written.splitlines()) == 9
    assert to.stat().st_mode & 0o777 == 0o600


def test_force_replaces_exports_only(db: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    to = tmp_path / "letter.txt"
    to.write_text("precious")

    assert main(["export", "--force", "--db", str(db), str(to)]) == 1

    assert capsys.readouterr().err == (
        f"chatcore-server: {to} is not replaced: it is something else than what would be written\n"
    )
    assert to.read_text() == "precious"


async def test_a_database_in_use_is_exported_as_of_one_moment(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db") as server, chatcore.connect(server.url) as alice:
        await alice.register("alice", "correct horse battery")
        await alice.post(chatcore.GENERAL, "hello")

        ended = await operate(server.db, "export")

    assert [json.loads(line)["type"] for line in ended.out.splitlines()] == ["export", "user", "message"]
