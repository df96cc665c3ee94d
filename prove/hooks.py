"""Kills a program that has a chat inside, again and again: nothing is untold, and nothing told of another history."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import attrs

from chatcore.adapters.sqlite.tools.backup import back_up
from chatcore.adapters.sqlite.tools.restore import restore
from chatcore.domain.messages import Message

from .crowd import copied, truth_of
from .hooks_program import READER
from .part import Outcome

PATIENCE = 30.0
"""Seconds without a word after which the program is not waited for."""


@attrs.define
class Books:
    """What the program has said, life by life."""

    cursor: str | None = None
    written: int = 0
    "The number that it is to go on with."
    events: list[tuple[str, ...]] = attrs.field(factory=list)
    stored: dict[int, tuple[int, str]] = attrs.field(factory=dict)
    refused: set[int] = attrs.field(factory=set)
    told: list[list[str]] = attrs.field(factory=list)
    is_other: bool = False
    "Whether the last life was told that its cursor is of another history."

    has_said_more: bool = False
    "Whether it was given an event in its last life."

    def begin(self) -> None:
        """Another life begins."""
        self.told.append([])
        self.is_other = self.has_said_more = False

    @property
    def count_told(self) -> int:
        """How many calls were made about what was missed."""
        return sum(map(len, self.told))

    def is_told(self, log: Sequence[Message]) -> bool:
        """Return whether everything was given as an event, and told of as missed."""
        given = [int(event[2]) for event in self.events if event[0] == "message"]
        return given[-1:] == [log[-1].number] and len({one for life in self.told for one in life}) >= len(log)

    def take(self, line: str) -> None:
        """Write down what was said."""
        match line.split():
            case ["message" | "user", cursor, *_] as event:
                self.cursor = cursor
                self.events.append(tuple(event))
                self.has_said_more = True
            case ["written", number]:
                self.written = int(number)
            case ["stored", number, place, text]:
                self.stored[int(number)] = int(place), text
                self.written = int(number) + 1
            case ["refused", number]:
                self.refused.add(int(number))
                self.written = int(number) + 1
            case ["told", place, *names]:
                self.told[-1].append(f"{place} {' '.join(names)}")
            case ["other"]:
                self.is_other = True
            case _:
                msg = f"the program has said {line!r}"
                raise ValueError(msg)

    def faults(self, log: Sequence[Message]) -> Iterator[str]:
        """Tell where the log cannot be what was said of it."""
        by_name = {int(message.client_id): message for message in log}
        for number, (place, text) in self.stored.items():
            message = by_name.get(number)
            if message is None or (message.number, message.text) != (place, text):
                yield f"{number} was acked as {place} {text}, stored is {message}"
        yield from (f"{number} was refused and is stored" for number in self.refused & by_name.keys())
        given = [int(event[2]) for event in self.events if event[0] == "message"]
        if given != [message.number for message in log]:
            yield f"the events have {len(given)} messages, the log {len(log)}, or in another order"
        users = set[str]()
        for kind, _, *rest in self.events:
            if kind == "user":
                users.add(rest[0])
            elif rest[1] not in users:
                yield f"message {rest[0]} came before its author"
        yield from self._faults_of_told({f"{message.number} {READER}" for message in log})

    def _faults_of_told(self, wanted: set[str]) -> Iterator[str]:
        told, last = set[str](), set[str]()
        for life in self.told:
            again = [one for one in life if one in told]
            if len(set(life)) < len(life) or not last.issuperset(again):
                yield f"told again: {again}, though only {last} could be"
            told.update(life)
            last |= set(life[-1:])
        if told != wanted:
            yield f"{len(wanted - told)} messages were not told of, {len(told - wanted)} others were"


async def hooks(kills: int, seed: int = 0) -> Outcome:
    """Kill the program so many times, then put another history in place in two ways."""
    chance, books = Random(seed), Books()
    with TemporaryDirectory() as folder:
        db, older, backup = (Path(folder) / name for name in ("chat.db", "older.db", "backup.db"))
        for kill in range(kills):
            async with _life(db, books, books.written) as program:
                before = len(books.stored)
                await program.until(lambda before=before: len(books.stored) > before)  # type: ignore[misc]
                await program.listen(chance.random() * 0.3)
            if kill == kills // 2:
                await asyncio.to_thread(copied, db, older)
        log = await _log(db)
        async with _life(db, books, FOLLOWS) as program:
            await program.until(lambda: books.is_told(log))
        faults = list(books.faults(log))
        for what, put_in_place in (
            ("a restored backup", lambda: _restore(db, backup)),
            ("an older copy", lambda: _put_in_place(db, older)),
        ):
            await asyncio.to_thread(put_in_place)
            async with _life(db, books, FOLLOWS) as program:
                await program.until(lambda: books.is_other or books.has_said_more)
            if not books.is_other:
                faults.append(f"the cursor was taken for one of {what}")
    again = books.count_told - len(log)
    return Outcome(
        f"{kills} kills, {len(log)} messages, {len(books.refused)} refused; {len(books.events)} events in order; "
        f"all were missed and told of, {again} of them again",
        faults,
    )


FOLLOWS = -1
"""In the place of a number: nothing is written."""


class _Program:
    """The program, while it runs."""

    def __init__(self, process: asyncio.subprocess.Process, books: Books) -> None:
        self._process, self._books = process, books

    async def until(self, enough: Callable[[], bool]) -> None:
        """Write down what it says until that is enough, or it says no more: then the books show what is missing."""
        with suppress(TimeoutError):
            while not enough():
                async with asyncio.timeout(PATIENCE):
                    await self._take_line()

    async def listen(self, seconds: float) -> None:
        """Write down what it says for so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await self._take_line()

    async def kill(self) -> None:
        """End it, and write down what it has said until then."""
        with suppress(ProcessLookupError):
            self._process.kill()
        with suppress(RuntimeError):
            while True:
                await self._take_line()
        await self._process.wait()

    async def _take_line(self) -> None:
        line = await self._process.stdout.readline() if self._process.stdout else b""
        if not line.endswith(b"\n"):
            msg = "the program has ended"
            raise RuntimeError(msg)
        self._books.take(line.decode())


@asynccontextmanager
async def _life(db: Path, books: Books, number: int) -> AsyncIterator[_Program]:
    """Run the program from a number on, and kill it at the end of the block."""
    books.begin()
    cursor = [] if books.cursor is None else [books.cursor]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "prove.hooks_program", str(db), str(number), *cursor), stdout=asyncio.subprocess.PIPE
    )
    program = _Program(process, books)
    try:
        yield program
    finally:
        await program.kill()


async def _log(db: Path) -> list[Message]:
    async with truth_of(db) as truth:
        return sorted((m for log in truth.logs.values() for m in log), key=lambda message: message.number)


def _restore(db: Path, backup: Path) -> None:
    back_up(db, backup)
    restore(db, backup, datetime.now(UTC))


def _put_in_place(db: Path, copy: Path) -> None:
    for suffix in ("-wal", "-shm"):
        db.with_name(db.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(copy, db)
