"""What shim.c has written down of a server: writes and syncs of its database's files, and the frames it sent."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from enum import Enum

import attrs

from chatcore.wire import frames as f
from chatcore.wire.codec import server_frames

_HEAD = struct.Struct("<ccHiqI")


class What(Enum):
    """The kinds of records; the values are the shim's letters."""

    PROCESS = b"P"
    "A server has started: all that was open is closed."
    CREATED = b"C"
    WRITTEN = b"W"
    TRUNCATED = b"T"
    SYNCED = b"S"
    UNLINKED = b"U"
    ACCEPTED = b"A"
    SENT = b"N"
    RESENT = b"R"
    "Of what was sent last only the first bytes have gone out."


class File(Enum):
    """Which file; the values are the shim's numbers."""

    NONE = b"\x00"
    DB = b"\x01"
    WAL = b"\x02"
    JOURNAL = b"\x03"
    FOLDER = b"\x04"
    CLIENT = b"\x05"


@attrs.frozen(eq=False)
class Record:
    """One thing that a server did."""

    what: What
    file: File
    fd: int
    at: int
    "The offset of a write, the new size of a truncated file, how many bytes have gone out."
    data: bytes


def read_trace(raw: bytes) -> list[Record]:
    """Return the records; one that a kill has cut off in the middle is left out."""
    records, at = [], 0
    while at + _HEAD.size <= len(raw):
        what, file, _, fd, offset, size = _HEAD.unpack_from(raw, at)
        at += _HEAD.size
        if at + size > len(raw):
            break
        records.append(Record(What(what), File(file), fd, offset, raw[at : at + size]))
        at += size
    return records


def told(records: list[Record]) -> Iterator[tuple[int, int, f.ServerFrame]]:
    """Return each frame that was sent: how many records stand before the first of its bytes, its connection, itself."""
    streams: dict[int, _Stream] = {}
    decode = server_frames().decode
    connections = 0
    for place, record in enumerate(records):
        match record.what:
            case What.ACCEPTED:
                connections += 1
                streams[record.fd] = _Stream(connections)
            case What.SENT if record.fd in streams:
                stream = streams[record.fd]
                for begun, data in stream.take(place, _gone_out(records, place)):
                    frame = decode(data)
                    if frame is not None:
                        yield begun, stream.number, frame
            case _:
                pass  # what goes to the disk tells nobody anything


def _gone_out(records: list[Record], place: int) -> bytes:
    record = records[place]
    for later in records[place + 1 : place + 50]:
        if later.fd == record.fd and later.file is File.CLIENT:
            return record.data[: later.at] if later.what is What.RESENT else record.data
    return record.data


class _Stream:
    """The bytes of one WebSocket, from the server's end: RFC 6455 section 5.2, without masks."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._left = b""
        self._begun = 0
        self._is_open = False

    def take(self, place: int, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Take bytes in; give the text frames that are whole now, and where each began."""
        if not self._left:
            self._begun = place
        self._left += data
        if not self._is_open:
            head, end, rest = self._left.partition(b"\r\n\r\n")
            self._is_open = bool(end)
            self._left = rest if end else head
        while self._is_open and (size := _frame_size(self._left)):
            head_size, whole = size
            if len(self._left) < whole:
                return
            is_text = self._left[0] == 0x81
            payload, self._left = self._left[head_size:whole], self._left[whole:]
            begun, self._begun = self._begun, place
            if is_text:
                yield begun, payload


def _frame_size(data: bytes) -> tuple[int, int] | None:
    """Return the size of a frame's head and of all of it; None where the head is not whole."""
    if len(data) < 2:
        return None
    short = data[1]
    head = 2 if short < 126 else 4 if short == 126 else 10
    if len(data) < head:
        return None
    size = short if head == 2 else int.from_bytes(data[2:head])
    return head, head + size
