"""Cuts the power of a recorded server at every place, opens what is left on the disk, and looks for what was told."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import attrs

from chatcore.adapters.sqlite import SqliteStorage
from chatcore.domain.ids import ConversationId
from chatcore.domain.messages import Message
from chatcore.errors import ChatError
from chatcore.testing.simulator.history import Truth

from .disk import Cut, Disk
from .part import Outcome, in_memory
from .recording import Recording, record
from .trace import File, What

SUFFIXES = {File.DB: "", File.WAL: "-wal", File.JOURNAL: "-journal"}
WORKERS = 2
GUARDING = 300
"""Cuts of each guard."""
STEP = 7919
"""A prime: cuts with following numbers are far apart, so that few of them are spread over all places."""


@attrs.frozen
class Finding:
    """What is wrong after one cut."""

    place: int
    cut: Cut
    fault: str


async def powercut(cuts: int, seed: int = 0) -> Outcome:
    """Cut so many times. The guards have to find losses, or the whole proof is worth nothing."""
    recording = await record(rounds=1, seed=seed)
    findings = await cut(recording, cuts, seed)
    faults = [f"power cut after record {one.place} ({one.cut.value}): {one.fault}" for one in findings]
    guards = {
        "synchronous=NORMAL": await record(rounds=0, seed=seed, module="prove.lax_server"),
        "the answer before the commit": early(recording),
    }
    lossy = {name: len({one.place for one in await cut(guard, GUARDING, seed)}) for name, guard in guards.items()}
    faults += [f"the guard ({name}) lost nothing: the test cannot fail" for name, lost in lossy.items() if not lost]
    told = ", ".join(f"{name} loses in {lost} of {GUARDING}" for name, lost in lossy.items())
    kinds = len(recording.records)
    return Outcome(f"{cuts} cuts in {kinds} writes and syncs, {len(findings)} faults; guards: {told}", faults)


def early(recording: Recording) -> Recording:
    """Return the recording of a server that answers as a transaction begins: right after the sync of the last one."""
    begun, places = 0, [0]
    for place, one in enumerate(recording.records, 1):
        places.append(begun)
        if one.what is What.SYNCED:
            begun = place
    return attrs.evolve(recording, messages=[(places[place], message) for place, message in recording.messages])


async def cut(recording: Recording, cuts: int, seed: int) -> list[Finding]:
    """Cut the power so many times, on two cores; give what was wrong afterwards."""
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(WORKERS) as pool:
        parts = (
            loop.run_in_executor(pool, cut_some, recording, range(first, cuts, WORKERS), seed)
            for first in range(WORKERS)
        )
        return [finding for part in await asyncio.gather(*parts) for finding in part]


def cut_some(recording: Recording, numbers: Sequence[int], seed: int) -> list[Finding]:
    """Make the cuts with these numbers, in a process of their own."""
    return asyncio.run(_Cutter(recording, seed).run(numbers))


class _Cutter:
    """Makes the cuts with some numbers: one place after the other, again from the first with another kind of cut."""

    def __init__(self, recording: Recording, seed: int) -> None:
        self._recording, self._seed = recording, seed

    async def run(self, numbers: Sequence[int]) -> list[Finding]:
        places = len(self._recording.records) + 1
        by_place: dict[int, list[int]] = {}
        for number in numbers:
            by_place.setdefault((number * STEP + self._seed) % places, []).append(number)
        disk, findings = Disk(), list[Finding]()
        with TemporaryDirectory(dir=in_memory()) as folder:
            for place in range(places):
                for number in by_place.get(place, ()):
                    cut = list(Cut)[(number // places + place) % len(Cut)]
                    image = disk.after_cut(cut, Random(f"{self._seed} {number}"))
                    db = _lay(image, Path(folder))
                    findings += [Finding(place, cut, fault) for fault in await self._faults(db, place)]
                if place < len(self._recording.records):
                    disk.replay(self._recording.records[place])
        return findings

    async def _faults(self, db: Path, place: int) -> list[str]:
        try:
            async with SqliteStorage(db, readers=1) as storage:
                truth = Truth(storage)
                await truth.read()
                faults = [*truth.faults_of_logs(), *await truth.faults_of_counts()]
        except ChatError as error:
            return [f"it does not open: {error.message}"]
        stored = {(m.conversation, m.seq): m for log in truth.logs.values() for m in log}
        return [*faults, *self._faults_of_stored(stored.values()), *_faults_of_file(db), *self._lost(place, stored)]

    def _faults_of_stored(self, stored: Iterable[Message]) -> Iterator[str]:
        for message in stored:
            asked = self._recording.asked.get((message.sender, message.client_id))
            if asked is None or (asked.conversation, asked.text) != (message.conversation, message.text):
                yield f"nobody wrote {message}"
        twice = [key for key, n in Counter((m.sender, m.client_id) for m in stored).items() if n > 1]
        if twice:
            yield f"stored twice: {twice}"

    def _lost(self, place: int, stored: dict[tuple[ConversationId, int], Message]) -> Iterator[str]:
        lost = [m for at, m in self._recording.messages if at <= place and stored.get((m.conversation, m.seq)) != m]
        if lost:
            yield f"{len(lost)} messages are lost that were told, the first is {lost[0].conversation} {lost[0].seq}"


def _lay(image: dict[File, bytes], folder: Path) -> Path:
    """Write what is left on the disk, and nothing else; give the database's path."""
    for old in folder.iterdir():
        old.unlink()
    db = folder / "chat.db"
    for file, contents in image.items():
        db.with_name(db.name + SUFFIXES[file]).write_bytes(contents)
    return db


def _faults_of_file(db: Path) -> Iterator[str]:
    with closing(sqlite3.connect(db)) as connection:
        said = [line for (line,) in connection.execute("pragma integrity_check")]
    if said != ["ok"]:
        yield f"integrity_check: {said}"
