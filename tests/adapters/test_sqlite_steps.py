"""How far each statement goes in a SQLite storage: no further in a large database than in a small one."""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from chatcore.adapters.sqlite import SqliteStorage, accounts, invitations, log, marks, pages, sessions, tallies
from chatcore.adapters.sqlite.database import Database, Record
from chatcore.domain.conversations import GENERAL, direct
from chatcore.domain.ids import UserId
from chatcore.domain.invitations import InvitationRecord
from chatcore.domain.sessions import Ages
from chatcore.domain.users import AccountName, NewUser, UserChange
from chatcore.testing.contracts.storage_base import ALICE, ALICE_BOB, BOB, CAROL, NOON, append_one, post, read, send
from tests.third_kind import circle, with_circles

Method = Callable[[Database, str, Iterable[Any]], Awaitable[list[Record]]]

CIRCLE = circle(ALICE, BOB, CAROL)

SMALL, LARGE = 400, 2_000
"""Of everything: users, sessions, messages of a conversation, conversations of a user, runs of read messages."""

MARGIN = 100
"""Steps by which a statement may differ: SQLite prepares it anew, or splits a page."""

MODULES = (accounts, invitations, log, marks, pages, sessions, tallies)
STATEMENTS = [
    value
    for module in MODULES
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, str) and re.match(r"\s*(select|with|insert|update|delete)\s", value)
]
"""All that the adapter has; some are only beginnings."""


class Watched:
    """Watches what a storage runs, by its text."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps: dict[str, int] = {}
        "Of SQLite's machine, at most, as far as they are counted: each turn of a loop is."
        self.started: dict[str, set[str]] = {}
        "The tables and indexes that its program enters at their start, or counts."
        self._running: str | None = None
        self._count = 0
        self._plan = Database.find
        monkeypatch.setattr(Database, "read", self._watched(Database.read))
        monkeypatch.setattr(Database, "find", self._watched(Database.find))
        monkeypatch.setattr(Database, "write", self._watched(Database.write))

    async def begin(self, storage: SqliteStorage) -> None:
        """Count from now on."""
        database = storage._opened.database
        for connection in (database._writer, next(database._readers), next(database._readers)):
            await connection.set_progress_handler(self._step, 1)
        self.steps, self.started = {}, {}

    def _watched(self, method: Method) -> Method:
        async def watching(database: Database, sql: str, parameters: Iterable[Any] = ()) -> list[Record]:
            if sql.startswith(("begin", "commit", "pragma")):
                return await method(database, sql, parameters)
            names = await self._plan(database, "select rootpage, name from sqlite_schema")
            stored = {int(page): str(name) for page, name in names}
            program = await self._plan(database, f"explain {sql}", parameters)
            self.started[sql] = set(entered_at_the_start(program, stored))
            self._count, self._running = 0, sql
            try:
                return await method(database, sql, parameters)
            finally:
                self._running = None
                self.steps[sql] = max(self.steps.get(sql, 0), self._count)

        return watching

    def _step(self) -> None:
        self._count += self._running is not None


def entered_at_the_start(program: Iterable[Record], stored: Mapping[int, str]) -> Iterator[str]:
    """Read it off the program: the words of a plan differ from version to version, and have only aliases."""
    cursors: dict[int, str] = {}
    for _, opcode, cursor, page, *_ in program:
        if opcode in {"OpenRead", "OpenWrite"} and page in stored:
            cursors[cursor] = stored[page]
        elif opcode in {"Rewind", "Count"} and cursor in cursors:
            yield cursors[cursor]


def person(number: int) -> UserId:
    """Return a user."""
    return UserId(f"{number:016x}")


async def fill(storage: SqliteStorage, size: int) -> None:
    """Have so much of everything, with Alice and Bob in the midst of it."""
    await storage._opened.database.write("pragma synchronous = off")  # faster
    people = [ALICE, BOB, CAROL, *map(person, range(size))]
    for user in people:
        await storage.add_user(NewUser(user, AccountName(f"name-{user}", f"name-{user}"), "hash"), NOON)
        await storage.add_session(f"{user}-digest", user, NOON)
    await storage.append([post(user, GENERAL, f"{user}-g") for user in people], NOON)
    await storage.append([post(ALICE, direct(ALICE, user), f"{user}-d") for user in people[3:]], NOON)
    await storage.append([post((ALICE, BOB, CAROL)[n % 3], CIRCLE, f"{n}-c") for n in range(size)], NOON)
    await storage.append([post((ALICE, BOB)[n % 2], ALICE_BOB, f"{n}-ab") for n in range(size)], NOON)
    for first in range(1, size, 1_000):
        await read(storage, BOB, ALICE_BOB, *range(first, min(first + 1_000, size), 4))
        await read(storage, BOB, CIRCLE, *range(first + 3, min(first + 1_000, size), 2))
        await read(storage, BOB, GENERAL, *range(first + 3, min(first + 1_000, size), 2))


async def use_everything(storage: SqliteStorage) -> None:
    """Call every method in every way that leads to another statement."""
    new = person(2**60)
    await storage.add_user(NewUser(new, AccountName("new", "new"), "hash", key="7", is_own=True), NOON)
    await storage.change_user(new, UserChange(name=AccountName("newer", "newer")), NOON)
    await storage.change_user(new, UserChange(display_name="Somebody", is_own=True), NOON)
    twin = "update user set name = (select name from user where id = ?), name_look = null where id = ?"
    await storage._opened.database.write(twin, (person(3), person(4)))
    await storage.change_user(person(3), UserChange(name=AccountName("third", "third")), NOON)
    await storage.account_of(new)
    await storage.account_with_key("7")
    for reason in ("spam", "more spam"):
        await storage.change_user(new, UserChange(disabled=True, reason=reason, banned_until_ms=NOON), NOON)
    await storage.bans_over(NOON, 5)
    await storage.change_user(new, UserChange(erased=True), NOON)
    await storage._opened.database.write("update user set look = null where id = ?", (ALICE,))
    await accounts.write_looks(storage._opened.database)
    await storage.add_session("digest", ALICE, NOON)
    await storage.session("digest", Ages(NOON, NOON, NOON))
    await storage.add_session_like("another", "digest", Ages(NOON, NOON, NOON), "another")
    await storage.sessions_of(ALICE, Ages(NOON, NOON, NOON))
    await storage.renew_token("digest", "token", NOON, NOON)
    await storage.led("token")
    await storage.renew_sessions(["digest"], Ages(NOON, NOON, NOON))
    await storage.end_session("digest")
    await storage.add_session("short", ALICE, NOON, lasts_ms=60_000)
    await storage.use_sessions(["short"], NOON + 60_000)
    for _ in range(2):
        await storage.enter_session("entered", CAROL, Ages(NOON, 0, 0), lasts_ms=None, host="host", address="")
    await storage.end_sessions_of_host("host")
    await storage.end_sessions_of(CAROL)
    await storage.set_password(ALICE, "another hash")
    await storage.renew_hash(ALICE, "another hash", "the same, made anew")
    for conversation in (ALICE_BOB, GENERAL, CIRCLE):
        await send(storage, ALICE, conversation, "one", "two", "three")
        end = (await storage.tally(BOB, conversation)).seq
        await append_one(storage, post(ALICE, conversation, f"again-{conversation[0]}"))
        await append_one(storage, post(ALICE, conversation, f"again-{conversation[0]}"))
        await read(storage, BOB, conversation, end)
        await read(storage, BOB, conversation, end - 1)
        await read(storage, BOB, conversation, 2, 3, 4, 7)
        await storage.tally(BOB, conversation)
        await storage.page(BOB, conversation, after=1, before=None, limit=9)
        await storage.page(BOB, conversation, after=None, before=300, limit=9)
        await storage.stretch(BOB, conversation, 1, 30)
    await append_one(storage, post(CAROL, GENERAL, "carol"))
    await append_one(storage, post(person(7), direct(person(7), person(8)), "first"))
    await storage.overview(ALICE, 5)
    await storage.tallies(ALICE, "", 5)
    for sql in (tallies._ONE, tallies._NAMES, tallies._NAMES_ON_WALK, tallies._POINT):  # where one cannot be read
        await storage._opened.database.read(sql, {"user": ALICE, "conversation": GENERAL, "after": "", "limit": 5})
    await storage.account("alice")
    await storage.user(ALICE)
    await storage.users(0, 5)
    await storage.happenings(None, 5)


async def invite(storage: SqliteStorage) -> None:
    """Do everything that can be done with an invitation."""
    await storage.add_invitation(InvitationRecord("digest", "", NOON, 1))
    invited = NewUser(person(2**61), AccountName("invited", "invited"), "hash", invitation="digest")
    await storage.add_user(invited, NOON)
    await storage.invitations()
    await storage.invitation("digest")
    await storage.revoke_invitation("digest")


async def watched_at(size: int, path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Fill a database, start anew on it, use everything, and give what was watched."""
    async with SqliteStorage(path) as storage:
        await fill(storage, size)
    with monkeypatch.context() as patched:
        watched = Watched(patched)
        async with SqliteStorage(path) as storage:
            await watched.begin(storage)
            await storage._opened.log.load()  # at the start
            await use_everything(storage)
            await invite(storage)
    return watched


async def test_no_statement_goes_further_in_a_larger_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with with_circles():
        small = await watched_at(SMALL, tmp_path / "small.db", monkeypatch)
        large = await watched_at(LARGE, tmp_path / "large.db", monkeypatch)

    assert large.steps.keys() == small.steps.keys()
    further = {
        sql: (small.steps[sql], steps) for sql, steps in large.steps.items() if steps > small.steps[sql] + MARGIN
    }
    assert further == {}
    whole = {sql: tables for sql, tables in large.started.items() if tables}
    assert whole == {invitations._ALL: {"invitation"}}  # of which there is a bounded number
    assert len(STATEMENTS) > 20
    assert [sql for sql in STATEMENTS if not any(run.startswith(sql) for run in large.steps)] == []
