"""`chatcore-server user`: what operators do with accounts, beside a running server."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import chatcore
from chatcore import Chat, ConnectionPhase
from chatcore.testing.server_process import ServerProcess
from tests.server.operating import operate, operate_here, refused
from tests.waiting import until

PASSWORD = "correct horse battery"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    async with ServerProcess(tmp_path / "chat.db") as server:
        yield server


async def test_users_are_listed_in_the_order_of_registration_with_both_names(server: ServerProcess) -> None:
    async with chatcore.connect(server.url) as bob, chatcore.connect(server.url) as alice:
        await bob.register("bob", PASSWORD)
        await alice.register("alice", PASSWORD)
        await bob.set_display_name("Łukasz B.")
        erased = alice.me

        await operate(server.db, "user disable", "bob", "--reason", "holidays")
        await operate(server.db, "user erase", "alice", "--yes")
        ended = await operate(server.db, "user list")

    assert [line.split(maxsplit=1) for line in ended.out.splitlines()] == [
        ["bob", "disabled Łukasz B."],
        [erased.id, "erased"],
    ]


async def test_more_users_than_fit_into_an_answer_are_all_listed(server: ServerProcess) -> None:
    await server.kill()
    async with chatcore.Chat(server.db) as chat:
        users = [await chat.users.ensure(f"{number}", display_name=f"User {number}") for number in range(450)]
        await chat.users.set_display_name(users[0], "the newest fact")
    await server.start()

    ended = await operate(server.db, "user list")

    assert len({line.split()[0] for line in ended.out.splitlines()}) == len(ended.out.splitlines()) == 450


async def test_who_is_changed_is_seen_at_once_by_those_who_are_connected(server: ServerProcess) -> None:
    async with chatcore.connect(server.url) as alice, chatcore.connect(server.url) as bob:
        await alice.register("alice", PASSWORD)
        await bob.register("bob", PASSWORD)

        renamed = await operate(server.db, "user rename", "bob", "robert")
        shown = await operate(server.db, "user display-name", "robert", "Bob the first")
        await until(lambda: bob.me.name == "robert" and bob.me.display_name == "Bob the first")
        await until(lambda: alice.replica.name_of(bob.me.id) == "Bob the first")
        await operate(server.db, "user display-name", "robert")
        await until(lambda: alice.replica.name_of(bob.me.id) == "robert")
        await operate(server.db, "user disable", "robert")
        await until(lambda: bob.connection.phase is ConnectionPhase.LOGGED_OUT)
        await operate(server.db, "user enable", "robert")
        await bob.log_in("robert", PASSWORD)

    assert [ended.out.split(maxsplit=1) for ended in (renamed, shown)] == [
        ["robert", "robert\n"],
        ["robert", "Bob the first\n"],
    ]


async def test_what_cannot_be_is_told_in_a_sentence(server: ServerProcess) -> None:
    async with chatcore.connect(server.url) as alice, chatcore.connect(server.url) as bob:
        await alice.register("alice", PASSWORD)
        await bob.register("bob", PASSWORD)

        assert await operate(server.db, "user rename", "carol", "dora") == refused("there is no user carol")
        assert await operate(server.db, "user rename", "bob", "alice") == refused("the name alice is taken")
        nobody = await operate(server.db, "user erase", "alice")

    assert (nobody.status, nobody.out) == (130, "")  # nobody has answered the question
    assert "erased" not in (await operate(server.db, "user list")).out


async def test_without_a_server_the_same_is_done_to_its_database(server: ServerProcess) -> None:
    async with chatcore.connect(server.url) as bob:
        await bob.register("bob", PASSWORD)
        token = bob.token
    await server.kill()

    assert (await operate(server.db, "user add", "alice", given=PASSWORD.encode())).out.split() == ["alice", "alice"]
    assert (await operate(server.db, "user rename", "bob", "robert")).status == 0
    assert (await operate(server.db, "user disable", "robert")).status == 0
    assert await operate(server.db, "user rename", "nobody", "dora") == refused("there is no user nobody")
    listed = await operate(server.db, "user list")
    missing = await operate(server.db.with_name("other.db"), "user list")

    assert [line.split()[0] for line in listed.out.splitlines()] == ["robert", "alice"]
    assert missing.status == 1
    assert not server.db.with_name("other.db").exists()
    await server.start()
    async with chatcore.connect(server.url) as alice:
        await alice.log_in("alice", PASSWORD)
    with pytest.raises(chatcore.LoggedOut):
        async with chatcore.connect(server.url, token=token):
            pass


async def test_accounts_are_made_and_given_passwords_from_standard_input_alone(server: ServerProcess) -> None:
    added = await operate(server.db, "user add", "alice", given=f"{PASSWORD}\r\nmore".encode())
    async with chatcore.connect(server.url) as alice:
        await alice.log_in("alice", PASSWORD)
        changed = await operate(server.db, "user passwd", "alice", given="zażółć gęślą jaźń\n".encode())
        await until(lambda: alice.connection.phase is ConnectionPhase.LOGGED_OUT)
        with pytest.raises(chatcore.WrongCredentials):
            await alice.log_in("alice", PASSWORD)
        await alice.log_in("alice", "zażółć gęślą jaźń")

    assert [ended.out.split() for ended in (added, changed)] == [["alice", "alice"]] * 2
    for given, told in (
        (b"", "a password has 8 to 128 characters, this one has 0"),
        (b"password1\n", "Many people have this password"),
        (b"\xff\xff\xff\xff\xff\xff\xff\xff\n", "the password on standard input is not UTF-8"),
        (b"x" * 5_000, "a password has 8 to 128 characters"),
    ):
        ended = await operate(server.db, "user passwd", "alice", given=given)
        assert (ended.status, ended.out) == (1, "")
        assert told in ended.err
    assert await operate(server.db, "user add", "alice", given=PASSWORD.encode()) == refused("the name alice is taken")
    assert (await operate(server.db, "user add", "carol", PASSWORD)).status == 2


async def test_sessions_are_listed_and_ended_one_by_one_or_all(server: ServerProcess) -> None:
    async with chatcore.connect(server.url) as one, chatcore.connect(server.url) as two:
        await one.register("alice", PASSWORD)
        await two.log_in("alice", PASSWORD)
        mine = next(session.id for session in await one.sessions() if session.is_own)

        listed = await operate(server.db, "sessions list", "alice")
        nothing = await operate(server.db, "sessions end", "alice", "no-such-session")
        ended = await operate(server.db, "sessions end", "alice", mine[:12])
        await until(lambda: one.connection.phase is ConnectionPhase.LOGGED_OUT)

        assert mine[:12] in {line.split()[0] for line in listed.out.splitlines()}
        assert (len(listed.out.splitlines()), ended.out) == (2, "1 session has ended\n")
        assert nothing == refused("no sessions of alice begin with no-such-session")
        assert two.connection.phase is ConnectionPhase.ONLINE
        await one.log_in("alice", PASSWORD)
        assert (await operate(server.db, "sessions end", "alice")).out == "2 sessions have ended\n"
        await until(lambda: {one.connection.phase, two.connection.phase} == {ConnectionPhase.LOGGED_OUT})
    assert await operate(server.db, "sessions list", "bob") == refused("there is no user bob")


async def test_who_is_banned_reads_why_and_comes_back_when_an_operator_lets_them(server: ServerProcess) -> None:
    async with chatcore.connect(server.url) as bob:
        await bob.register("bob", PASSWORD)

        banned = await operate(server.db, "user ban", "bob", "--for", "2h", "--reason", "too loud")
        await until(lambda: bob.connection.phase is ConnectionPhase.LOGGED_OUT)

        assert banned.status == 0
        assert re.fullmatch(r"bob +banned until \d{4}-\d\d-\d\d \d\d:\d\d bob\n", banned.out)
        assert bob.connection.reason.startswith("this account is banned until ")
        assert bob.connection.reason.endswith(": too loud")
        assert (await operate(server.db, "user ban", "bob", "--until", "2099-12-24T18:00+01:00")).status == 0
        with pytest.raises(chatcore.Banned, match="until 2099-12-24 17:00 UTC"):
            await bob.log_in("bob", PASSWORD)
        until_then = datetime(2099, 12, 24, 17, tzinfo=UTC).astimezone()
        listed = await operate(server.db, "user list")
        assert listed.out.split(maxsplit=1) == ["bob", f"banned until {until_then:%Y-%m-%d %H:%M} bob\n"]
        await operate(server.db, "user ban", "bob")
        assert (await operate(server.db, "user list")).out.split() == ["bob", "banned", "bob"]
        await operate(server.db, "user enable", "bob")
        await bob.log_in("bob", PASSWORD)


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["--for", "soon"], 2, "'soon' is not a number of minutes, hours, days or weeks"),
        (["--for", "0d"], 2, "'0d' is not a number"),
        (["--until", "yesterday"], 2, "'yesterday' is not a time as 2026-12-24"),
        (["--until", "2001-01-01"], 1, "a ban ends in the future"),
        (["--for", "1d", "--until", "2099-01-01"], 2, "not both"),
        (["--reason", "x" * 201], 1, "reason has 0 to 200 characters"),
    ],
)
async def test_a_ban_that_cannot_be_is_refused_in_a_sentence(
    server: ServerProcess, arguments: list[str], status: int, told: str
) -> None:
    async with chatcore.connect(server.url) as bob:
        await bob.register("bob", PASSWORD)

        ended = await operate(server.db, "user ban", "bob", *arguments)

        assert (ended.status, ended.out, "Traceback" in ended.err) == (status, "", False)
        assert told in " ".join(ended.err.split())
        assert bob.connection.phase is ConnectionPhase.ONLINE


async def test_where_registration_is_closed_operators_alone_make_accounts(tmp_path: Path) -> None:
    async with (
        ServerProcess(tmp_path / "chat.db", "--registration", "closed") as server,
        chatcore.connect(server.url) as client,
    ):
        with pytest.raises(chatcore.NotAllowed, match="whoever runs the chat makes the accounts"):
            await client.register("bob", PASSWORD)
        await operate(server.db, "user add", "bob", given=PASSWORD.encode())
        assert (await client.log_in("bob", PASSWORD)).name == "bob"


NO_LETTER = os.fsdecode(b"ann\xff")


@pytest.mark.parametrize("runs", [True, False])
async def test_what_is_no_letter_in_this_locale_is_told_in_a_sentence(
    server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, runs: bool
) -> None:
    db = server.db if runs else tmp_path / "other.db"
    if not runs:
        async with Chat(db):
            pass
    commands = [
        ("user rename", NO_LETTER, "bob"),
        ("user ban", "bob", "--reason", NO_LETTER),
        ("user erase", NO_LETTER, "--yes"),
        ("sessions list", NO_LETTER),
        ("invite make", "--label", NO_LETTER),
        ("invite revoke", NO_LETTER),
    ]

    told = [await operate_here(capsys, db, command, *arguments) for command, *arguments in commands]

    sentence = "there is something in it that is no letter in this locale: LC_ALL=C.UTF-8 is one that has all of them"
    assert told == [refused(sentence)] * len(commands)


async def test_a_backup_has_whatever_name_a_file_can_have_and_the_record_tells_it(tmp_path: Path) -> None:
    db, copy = tmp_path / "chat.db", tmp_path / f"{NO_LETTER}.db"
    async with Chat(db):
        pass

    done = await operate(db, "backup", str(copy))
    told = await operate(db, "audit", "--json")

    assert (done.status, copy.is_file()) == (0, True)
    assert json.loads(told.out)["path"] == str(copy)
