"""`chatcore-server fsck`: a sound database has no faults, and each number that is wrong is told in one line."""
# ruff: noqa: S608 - only constants are put together

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random  # noqa: TID251 - of a given seed

import pytest

import chatcore
from chatcore.adapters.sqlite import SqliteStorage, migrations
from chatcore.adapters.sqlite.tools.faults import faults
from chatcore.adapters.sqlite.tools.snapshot import snapshot
from chatcore.domain.conversations import GENERAL, Conversation, direct
from chatcore.domain.ids import ClientId, UserId
from chatcore.domain.marks import NewMarks
from chatcore.domain.messages import NewMessage
from chatcore.domain.users import AccountName, NewUser, UserChange
from chatcore.ports.commits import Change
from chatcore.testing.contracts.storage_base import (
    ALICE,
    ALICE_BOB,
    ALICE_CAROL,
    BOB,
    CAROL,
    NOON,
    enrol,
    post,
    read,
    send,
)
from chatcore.testing.server_process import ServerProcess
from chatcore_server.cli import main


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A database with three users, five messages to everybody, two conversations, marks and a session."""
    path = tmp_path / "chat.db"
    async with SqliteStorage(path) as storage:
        await enrol(storage, ALICE, BOB)
        await storage.append([post(ALICE, GENERAL, f"g-{n}") for n in range(3)], NOON + 1)
        await enrol(storage, CAROL)
        await storage.append([post(BOB, GENERAL, "g-3"), post(ALICE, GENERAL, "g-4")], NOON + 2)
        await send(storage, ALICE, ALICE_BOB, "one", "two", "three", "four")
        await send(storage, BOB, ALICE_BOB, "five")
        await send(storage, CAROL, ALICE_CAROL, "six")
        await read(storage, BOB, GENERAL, 1, 3)
        await read(storage, CAROL, GENERAL, 5)
        await read(storage, BOB, ALICE_BOB, 1, 3)
        await storage.add_session("digest", ALICE, NOON)
        await storage.renew_token("digest", "second", NOON + 1, NOON)
        await storage.led("second")
        await storage.renew_token("digest", "third", NOON + 2, NOON + 1)
    return path


def run(path: Path, sql: str) -> None:
    """Do something to the file behind everybody's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(sql)


def found_in(path: Path) -> list[str]:
    """List the faults of a file."""
    with snapshot(path) as connection:
        return list(faults(connection))


# ---- sound ---------------------------------------------------------------------------------------------------------


def test_a_sound_database_has_no_faults(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fsck", "--db", str(path)]) == 0

    assert capsys.readouterr() == ("no faults: 3 users and 11 messages\n", "")


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_was_posted_and_read_there_are_no_faults(tmp_path: Path, seed: int) -> None:
    chance, users, now = Random(seed), list[UserId](), NOON

    def change(turn: int) -> Change:
        conversation = GENERAL if len(users) < 2 or chance.random() < 0.5 else direct(*chance.sample(users, 2))
        user = chance.choice(Conversation.of(conversation).members.among(users))
        if chance.random() < 0.5:
            return NewMessage(user, conversation, ClientId(f"c{chance.getrandbits(40)}"), "hello")
        return NewMarks(user, conversation, tuple(chance.sample(range(1, turn + 5), 3)))

    async with SqliteStorage(tmp_path / "chat.db") as storage:
        for turn in range(120):
            now += chance.choice([0, 0, 1, 50, -30])  # clocks are set back now and then
            if turn % 15 == 0:
                users.append(UserId(f"{chance.getrandbits(64):016x}"))
                await storage.add_user(NewUser(users[-1], AccountName(f"u{turn}", f"u{turn}"), "hash"), now)
            await storage.append([change(turn) for _ in range(chance.randrange(1, 6))], now)

            if turn % 20 == 19:
                assert found_in(storage.path) == []


async def test_a_database_in_use_is_checked_without_standing_in_the_servers_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    db = tmp_path / "chat.db"
    async with ServerProcess(db) as server, chatcore.connect(server.url) as alice:
        await alice.register("alice", "correct horse battery")
        with snapshot(db) as connection:
            await alice.post(chatcore.GENERAL, "written while somebody reads")

            assert list(faults(connection)) == []

        assert main(["fsck", "--db", str(db)]) == 0
        assert capsys.readouterr().out == "no faults: 1 user and 1 message\n"


def test_a_check_writes_nothing(path: Path) -> None:
    before = path.read_bytes()

    with snapshot(path) as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("delete from meta")
    found_in(path)

    assert path.read_bytes() == before


# ---- faults --------------------------------------------------------------------------------------------------------

IN_GENERAL = "where conversation = 'general'"
OF_BOB = f"where user = '{BOB}'"

FAULTS = {
    "a message is missing": (
        f"delete from message {IN_GENERAL} and seq = 3",
        ["general: message 4 comes after message 2", "general: message 4 has the count 4, a recount gives 3"],
    ),
    "a time goes backwards": (
        f"update message set sent_at_ms = {NOON} {IN_GENERAL} and seq = 5",
        ["general: message 5 was sent before the one before it"],
    ),
    "a counter is wrong": (
        f"update message set live = 6 {IN_GENERAL} and seq = 5",
        ["general: message 5 has the count 6, a recount gives 5"],
    ),
    "a sender's counter is wrong": (
        f"update message set own = 5 {IN_GENERAL} and seq = 5",
        ["general: message 5 has the count 5 of its sender, a recount gives 4"],
    ),
    "messages were stored in another order": (
        f"update message set number = 20 {IN_GENERAL} and seq = 4",
        ["general: message 5 was stored before the one before it"],
    ),
    "a client id stands for two messages": (
        f"drop index message_client_id; update message set client_id = 'g-1' {IN_GENERAL} and seq = 3",
        ["schema: message_client_id is missing", f"user {ALICE}: the client id g-1 stands for 2 messages"],
    ),
    "a direct message counts readers": (
        f"update message set readers = 1 where conversation = '{ALICE_BOB}' and seq = 1",
        [f"{ALICE_BOB}: message 1 has a number of readers, and none are counted there"],
    ),
    "a reader is not counted": (
        f"update message set readers = 0 {IN_GENERAL} and seq = 1",
        ["general: message 1 has 0 readers, a recount gives 1"],
    ),
    "a reader is counted twice": (
        f"update message set readers = 3 {IN_GENERAL} and seq = 5",
        ["general: message 5 has 3 readers, a recount gives 1"],
    ),
    "nobody has read it": (
        f"update message set readers = 1 {IN_GENERAL} and seq = 4",
        ["general: message 4 has 1 readers, a recount gives 0"],
    ),
    "a read state counts too much": (
        f"update reading set read = 3 {OF_BOB} and conversation = '{ALICE_BOB}'",
        [f"{ALICE_BOB}: the read state of user {BOB} counts 3 as read, a recount gives 2"],
    ),
    "runs touch the cursor": (
        f"update run set first = 2, last = 2 {OF_BOB} and conversation = '{ALICE_BOB}'",
        [f"{ALICE_BOB}: the read state of user {BOB} has runs with nothing unread between them"],
    ),
    "runs are in disorder": (
        f"insert into run values ('{BOB}', '{ALICE_BOB}', 4, 3)",
        [f"{ALICE_BOB}: the read state of user {BOB} has runs that are not in order"],
    ),
    "runs of no read state": (
        f"insert into run values ('{BOB}', '{direct(BOB, CAROL)}', 2, 2)",
        [f"{direct(BOB, CAROL)}: the read state of user {BOB} is missing, there are runs of it"],
    ),
    "what is not there was read": (
        f"update run set first = 7, last = 8 {OF_BOB} and conversation = '{ALICE_BOB}'",
        [f"{ALICE_BOB}: the read state of user {BOB} goes to message 8, the last one is 5"],
    ),
    "marks without a version": (
        f"update reading set version = 0 {OF_BOB} and conversation = '{ALICE_BOB}'",
        [f"{ALICE_BOB}: the read state of user {BOB} has marks and no version"],
    ),
    "a line is missing": (
        f"delete from line {OF_BOB}",
        [f"{ALICE_BOB}: is missing from the list of user {BOB}"],
    ),
    "a line is of no messages": (
        f"insert into line values ('{BOB}', '{direct(BOB, CAROL)}', 11)",
        [
            f"{direct(BOB, CAROL)}: is without messages in the list of user {BOB}",
            f"{direct(BOB, CAROL)}: came to the top of the list of user {BOB} without a message",
        ],
    ),
    "a line did not rise": (
        "update message set number = 12 where text = 'five'",
        [f"{ALICE_CAROL}: stands above one with a newer message in the list of user {ALICE}"],
    ),
    "a user's number is missing": (
        f"update user set number = 4, fact = 4 where id = '{CAROL}'",
        [f"user {CAROL}: has the number 4, a recount gives 3"],
    ),
    "a fact about a user is older than their registration": (
        f"update user set fact = 0 where id = '{CAROL}'",
        [f"user {CAROL}: the newest fact about them is 0, before their number 3"],
    ),
    "a session of somebody disabled": (
        f"update user set disabled = 'spam' where id = '{ALICE}'",
        [f"user {ALICE}: has a session, is disabled"],
    ),
    "somebody half erased": (
        f"update user set erased = 1, disabled = '', name = '' where id = '{CAROL}'",
        [f"user {CAROL}: was erased, and not all of them is gone"],
    ),
    "a server started on more than there is": (
        "insert into generation values (1, 'one', 2, 1), (2, 'two', 99, 3), (3, 'three', 3, 3)",
        ["generation two: begins at message 99 and fact 3, behind what came after it"],
    ),
    "an invitation for fewer than came by it": (
        "insert into invitation values ('digest-of-a-code', '', 0, 1, 2, null)",
        ["invitation digest-of-a-: was used 2 times, it is for 1"],
    ),
    "a session of nobody": (
        f"update session set user = '{'d' * 16}'",
        [f"user {'d' * 16}: has a session, is not registered"],
    ),
    "a token of a session that is not there": (
        "insert into token values ('former-token', 'nobody', 1)",
        ["token former-token: leads to a session that is not there"],
    ),
    "a token that is none of its session by its rank": (
        "update token set rank = 9 where digest = 'third'",
        ["token third: is not among those of its session by its rank"],
    ),
    "a token that is another session's first one": (
        "update token set digest = 'digest' where digest = 'third'",
        ["token digest: leads to two sessions"],
    ),
    "a replaced token that is forgotten": (
        "delete from token where digest = 'second'",
        ["session digest: its token was replaced so often: 1; known of these: 0"],
    ),
    "a session whose newest token was never used": (
        "update session set rank = 3",
        ["session digest: its token was replaced so often: 3; known of these: 2"],
    ),
    "a session used too early": (
        "update session set used_at_ms = 0",
        [f"user {ALICE}: has a session that was used before it began"],
    ),
    "a read state of nobody": (
        f"update reading set user = '{'d' * 16}' {OF_BOB} and conversation = '{ALICE_BOB}'",
        [f"user {'d' * 16}: who has read in {ALICE_BOB}, is not registered"],
    ),
    "a stranger wrote": (
        f"update message set sender = '{ALICE}', conversation = '{direct(BOB, CAROL)}', seq = 1 where text = 'five'",
        [f"user {ALICE}: the sender of messages to {direct(BOB, CAROL)}, does not belong there"],
    ),
    "no conversation": (
        f"update message set conversation = 'd.x' where conversation = '{ALICE_CAROL}'",
        ["d.x: this is not the id of a conversation"],
    ),
    "no epoch": ("delete from meta", ["schema: there is no epoch"]),
    "a strange table": ("create table recipe (name text)", ["schema: recipe is none of ours"]),
    "another index": (
        "drop index line_newest; create index line_newest on line (risen)",
        ["schema: line_newest is not as it should be"],
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_told(path: Path, fault: str) -> None:
    sql, told = FAULTS[fault]
    run(path, sql)

    found = found_in(path)

    assert [line for line in told if line not in found] == [], found


def test_a_reader_cannot_be_counted_for_what_was_written_before_they_joined(path: Path) -> None:
    run(path, f"update reading set cursor = 5, read = 5 where user = '{CAROL}'")
    run(path, f"delete from run where user = '{CAROL}' {IN_GENERAL.replace('where', 'and')}")
    run(path, f"update message set readers = 1 {IN_GENERAL} and seq = 4")

    assert found_in(path) == []


async def test_a_clock_that_was_wrong_for_a_while_is_no_fault(tmp_path: Path) -> None:
    year = 365 * 24 * 3_600_000
    async with SqliteStorage(tmp_path / "chat.db") as storage:
        await enrol(storage, ALICE, BOB)
        await storage.append([post(ALICE, GENERAL, "next-year")], NOON + year)
        await storage.append([post(ALICE, GENERAL, "now")], NOON + 1)
        await storage.add_user(NewUser(CAROL, AccountName("carol", "carol"), "hash"), NOON + 2)
        await storage.append([post(ALICE, GENERAL, "for-carol")], NOON + 3)
        await read(storage, BOB, GENERAL, 1, 2, 3)
        await read(storage, CAROL, GENERAL, 3)

    assert found_in(tmp_path / "chat.db") == []


async def test_whoever_was_renamed_kept_out_or_erased_there_are_no_faults(tmp_path: Path) -> None:
    async with SqliteStorage(tmp_path / "chat.db") as storage:
        await enrol(storage, ALICE, BOB, CAROL)
        await send(storage, CAROL, GENERAL, "hello")
        for user in (ALICE, BOB, CAROL):
            await storage.add_session(f"of {user}", user, NOON)
        await storage.change_user(ALICE, UserChange(name=AccountName("anna", "anna"), display_name="Anna"), NOON)
        await storage.change_user(BOB, UserChange(disabled=True, reason="spam"), NOON)
        await storage.change_user(CAROL, UserChange(erased=True), NOON)

    assert found_in(tmp_path / "chat.db") == []


def test_a_page_that_was_overwritten_is_told(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        ((page,),) = connection.execute("select rootpage from sqlite_schema where name = 'message_place'")
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096 + 8)
        file.write(b"\xff" * 64)

    assert [line for line in found_in(path) if line.startswith("file: ")]


def test_faults_are_lines_and_the_exit_status_is_1(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(path, "delete from meta; update session set used_at_ms = 0")

    assert main(["fsck", "--db", str(path)]) == 1

    assert capsys.readouterr().out.splitlines() == [
        "schema: there is no epoch",
        f"user {ALICE}: has a session that was used before it began",
    ]


# ---- refused -------------------------------------------------------------------------------------------------------


def no_file(path: Path) -> str:
    path.unlink()
    return f"there is no database {path}"


def an_empty_one(path: Path) -> str:
    path.write_bytes(b"")
    return f"the database {path} is empty"


def a_text(path: Path) -> str:
    path.write_text("Dear diary, " * 100)
    return f"cannot read the database {path}: it is not a database"


def another_programs(path: Path) -> str:
    run(path, "pragma application_id = 1")
    return f"{path} is the database of another program"


def a_newer_one(path: Path) -> str:
    run(path, "pragma user_version = 99")
    known = len(migrations.steps())
    return f"{path} was made by a newer version: its schema is 99, this program knows those up to {known}"


@pytest.mark.parametrize("made", [no_file, an_empty_one, a_text, another_programs, a_newer_one])
def test_what_is_no_database_of_ours_is_refused(
    path: Path, capsys: pytest.CaptureFixture[str], made: Callable[[Path], str]
) -> None:
    reason = made(path)

    assert main(["fsck", "--db", str(path)]) == 1

    assert capsys.readouterr() == ("", f"chatcore-server: {reason}\n")


def test_an_older_schema_is_for_the_server_to_bring_up_to_date(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = migrations.steps()
    monkeypatch.setattr(migrations, "steps", lambda: (*first, "create table colour (name text)"))
    monkeypatch.setattr("chatcore.adapters.sqlite.tools.snapshot.steps", migrations.steps)

    assert main(["fsck", "--db", str(path)]) == 1

    brings = f"has the old schema {len(first)}: a server that starts on it brings it to {len(first) + 1}"
    assert brings in capsys.readouterr().err
