"""`chatcore-server invite …`: codes with which people register, beside a server or without one."""

import asyncio
import json
import re
from pathlib import Path

import pytest

import chatcore
from chatcore import ChatError
from chatcore.domain.invitations import code_digest
from chatcore.testing.server_process import ServerProcess
from chatcore.testing.world import PASSWORD
from tests.server.operating import operate, refused

CODE = re.compile(r"([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}\n")


async def make(db: Path, *arguments: str) -> str:
    made = await operate(db, "invite make", *arguments)
    assert (made.status, made.err) == (0, "")
    assert CODE.fullmatch(made.out)
    return made.out.strip()


async def register(server: ServerProcess, name: str, code: str | None) -> str:
    """Register over the network; give the code of the error, with the field at fault."""
    async with chatcore.connect(server.url) as client:
        try:
            await client.register(name, PASSWORD, invitation=code)
        except ChatError as error:
            return f"{error.code} {error.field}"
    return ""


def all_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


async def test_who_is_invited_by_an_operator_registers_and_nobody_else(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db", "--registration", "invitation") as server:
        code = await make(server.db, "--label", "a neighbour")

        assert await register(server, "alice", None) == "invitation_needed invitation"
        assert await register(server, "alice", "00000-00000-00000-00000") == "invalid_invitation invitation"
        assert await register(server, "alice", code) == ""
        assert await register(server, "bob", code) == "invalid_invitation invitation"
        listed = (await operate(server.db, "invite list")).out

    assert re.fullmatch(
        rf"{code_digest(code)[:12]}  used 1 of 1 +made [-0-9]+ [:0-9]+  no end +over  a neighbour\n", listed
    )


async def test_of_two_who_use_a_code_at_once_one_comes_in(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db", "--registration", "invitation") as server:
        code = await make(server.db)

        answers = await asyncio.gather(*(register(server, name, code) for name in ("alice", "bob", "carol")))

        assert sorted(answers) == ["", "invalid_invitation invitation", "invalid_invitation invitation"]


async def test_a_code_is_kept_nowhere_and_not_told_by_log_or_record(tmp_path: Path) -> None:
    options = ("--registration", "invitation", "--log-level", "debug")
    async with ServerProcess(tmp_path / "chat.db", *options) as server:
        code = await make(server.db, "--uses", "3", "--for", "7d", "--label", "the choir")
        assert await register(server, "alice", code) == ""
        await operate(server.db, "invite revoke", code_digest(code)[:12])
        kept = await asyncio.to_thread(all_of, tmp_path)
        audit = [json.loads(line) for line in (await operate(server.db, "audit", "--json")).out.splitlines()]
    log = server.log

    for form in (code, code.replace("-", ""), code.lower(), code[:11]):
        assert form.encode() not in kept
        assert form not in log
        assert form not in json.dumps(audit)
    assert f"an operator has made the invitation {code_digest(code)[:12]}" in log
    assert [(record["act"], record.get("label"), record.get("uses")) for record in audit] == [
        ("invite", "the choir", 3),
        ("revoke_invitation", None, None),
    ]


async def test_who_came_by_an_invitation_that_is_revoked_stays_and_nobody_follows(tmp_path: Path) -> None:
    async with ServerProcess(tmp_path / "chat.db", "--registration", "invitation") as server:
        code = await make(server.db, "--uses", "9")
        async with chatcore.connect(server.url) as alice:
            await alice.register("alice", PASSWORD, invitation=code)
            revoked = await operate(server.db, "invite revoke", code_digest(code)[:12])
            again = await operate(server.db, "invite revoke", code_digest(code)[:12])

            assert revoked.out == "the invitation is revoked\n"
            assert again == refused(f"no invitations begin with {code_digest(code)[:12]}")
            assert await register(server, "bob", code) == "invalid_invitation invitation"
            await alice.post(chatcore.GENERAL, "still here")


async def test_invitations_are_made_without_a_server_too_and_outlive_it(tmp_path: Path) -> None:
    db = tmp_path / "chat.db"
    async with ServerProcess(db):
        pass
    code = await make(db, "--until", "2099-12-24T18:00+01:00")

    async with ServerProcess(db, "--registration", "invitation") as server:
        assert await register(server, "alice", code) == ""
    assert "used 1 of 1" in (await operate(db, "invite list")).out


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["--uses", "0"], 2, "0 is not in the range 1<=x<=1000000"),
        (["--uses", "many"], 2, "'many' is not a valid integer"),
        (["--for", "soon"], 2, "'soon' is not a number of minutes, hours, days or weeks"),
        (["--until", "2001-01-01"], 1, "an invitation ends in the future"),
        (["--for", "1d", "--until", "2099-01-01"], 2, "not both"),
        (["--label", "x" * 65], 1, "label has 0 to 64 characters"),
    ],
)
async def test_an_invitation_that_cannot_be_is_refused_in_a_sentence(
    tmp_path: Path, arguments: list[str], status: int, told: str
) -> None:
    db = tmp_path / "chat.db"
    async with ServerProcess(db):
        ended = await operate(db, "invite make", *arguments)

        assert (ended.status, ended.out, "Traceback" in ended.err) == (status, "", False)
        assert told in " ".join(ended.err.split())
        assert (await operate(db, "invite list")).out == ""


async def test_codes_cannot_be_tried_out_one_after_the_other(tmp_path: Path) -> None:
    options = ("--registration", "invitation", "--throttling", "normal")
    async with ServerProcess(tmp_path / "chat.db", *options) as server:
        answers = [await asyncio.wait_for(register(server, f"user-{n}", "7" * 20), 5) for n in range(5)]
        sixth = asyncio.ensure_future(register(server, "user-6", "7" * 20))
        done, _ = await asyncio.wait([sixth], timeout=0.5)

        assert answers == ["invalid_invitation invitation"] * 5
        assert done == set()  # it waits as the server says, and asks again
        assert await sixth == "invalid_invitation invitation"
