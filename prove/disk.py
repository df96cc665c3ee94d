"""A disk that can lose power: what was synced is there, of the rest anything may be, whole, torn or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from random import Random

import attrs

from .trace import File, Record, What

FILES = (File.DB, File.WAL, File.JOURNAL)


class Cut(Enum):
    """What becomes of that which was not synced."""

    DROPPED = "dropped"
    KEPT = "kept"
    "All of it has reached the disk in order, though nobody asked for it."
    SOME = "some"
    "Any of the writes, in any order."
    TORN_512 = "torn at 512 bytes"
    TORN_4096 = "torn at 4,096 bytes"
    PREFIX = "a prefix, its last write torn"


@attrs.define(eq=False)
class _Inode:
    """A file, whatever it is called or no longer."""

    durable: bytearray = attrs.field(factory=bytearray)
    pending: list[Record] = attrs.field(factory=list)
    "Writes and truncations since the last sync."


class Disk:
    """Replays records; `after_cut` tells what is on it when the power goes now."""

    def __init__(self) -> None:
        self._names: dict[File, _Inode] = {}
        self._durable_names: list[dict[File, _Inode]] = [{}]
        "What the folder was when it was synced last, then after each change since."

    def replay(self, record: Record) -> None:
        """Do what a record says."""
        inode = self._names.get(record.file)
        match record.what:
            case What.CREATED:
                self._rename({**self._names, record.file: _Inode()})
            case What.UNLINKED:
                self._rename({name: one for name, one in self._names.items() if name is not record.file})
            case What.SYNCED if record.file is File.FOLDER:
                self._durable_names = [self._names]
            case What.SYNCED if inode:
                inode.durable = _applied(inode.durable, inode.pending)
                inode.pending.clear()
            case What.WRITTEN | What.TRUNCATED if inode:
                inode.pending.append(record)
            case _:
                pass  # nothing of these files is lost or kept by it

    def after_cut(self, cut: Cut, chance: Random) -> dict[File, bytes]:
        """Return the contents of each file that is there after the power has gone and come."""
        if cut is Cut.KEPT:
            names = self._names
        else:
            names = self._durable_names[0] if cut is Cut.DROPPED else chance.choice(self._durable_names)
        return {name: _surviving(inode, cut, chance) for name, inode in names.items()}

    def _rename(self, names: dict[File, _Inode]) -> None:
        self._names = names
        self._durable_names.append(names)


Tear = Callable[[Record, Random], Iterable[tuple[int, bytes]]]


def _surviving(inode: _Inode, cut: Cut, chance: Random) -> bytes:
    pending = inode.pending
    match cut:
        case Cut.DROPPED:
            return bytes(inode.durable)
        case Cut.KEPT:
            return bytes(_applied(inode.durable, pending))
        case Cut.SOME:
            some = [record for record in pending if chance.random() < 0.5]
            chance.shuffle(some)
            return bytes(_applied(inode.durable, some))
        case Cut.TORN_512:
            return bytes(_applied(inode.durable, _sectors(pending, 512, chance)))
        case Cut.TORN_4096:
            return bytes(_applied(inode.durable, _sectors(pending, 4096, chance)))
        case Cut.PREFIX:
            whole = chance.randint(0, len(pending))
            torn = _sectors(pending[whole : whole + 1], 512, chance)
            return bytes(_applied(inode.durable, [*pending[:whole], *torn]))


def _applied(contents: bytearray, records: Sequence[Record]) -> bytearray:
    """Return a file's contents after writes and truncations. What lies between its end and a later write is zeros."""
    if not records:
        return contents
    contents = bytearray(contents)
    for record in records:
        if record.what is What.TRUNCATED:
            contents = contents[: record.at] + bytes(max(0, record.at - len(contents)))
        else:
            contents.extend(bytes(max(0, record.at - len(contents))))
            contents[record.at : record.at + len(record.data)] = record.data
    return contents


def _sectors(records: Iterable[Record], size: int, chance: Random) -> list[Record]:
    """Take writes apart where sectors begin, and keep some of the parts."""
    parts = []
    for record in records:
        ends = [record.at, *range(record.at // size * size + size, record.at + len(record.data), size)]
        for first, end in zip(ends, [*ends[1:], record.at + len(record.data)], strict=True):
            if chance.random() < 0.5:
                data = record.data[first - record.at : end - record.at]
                parts.append(Record(record.what, record.file, record.fd, first, data))
    return parts
