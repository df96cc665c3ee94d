"""The courier: who gives it something never waits, whatever becomes of what it writes."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

from chatcore.process.courier import ROOM, Courier, write_all

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Broken(io.RawIOBase):
    """A file that takes nothing."""

    def write(self, data: ReadableBuffer, /) -> int:
        raise OSError(28, "No space left on device")


def pipe(*, waits: bool = True) -> tuple[io.FileIO, io.FileIO]:
    reading, writing = os.pipe()
    os.set_blocking(writing, waits)
    return io.FileIO(reading, "r"), io.FileIO(writing, "w")


def test_everything_arrives_in_order() -> None:
    reading, writing = pipe()
    with writing, Courier(writing) as courier:
        for number in range(1_000):
            courier.put(b"%d\n" % number)

    with reading:
        assert reading.readall().split() == [b"%d" % number for number in range(1_000)]


def test_what_cannot_be_written_is_told_and_nobody_fails() -> None:
    told: list[OSError] = []

    with Courier(Broken(), lost=told.append) as courier:
        courier.put(b"hello")

    assert [error.strerror for error in told] == ["No space left on device"]


def test_more_than_there_is_room_for_is_dropped_at_once() -> None:
    reading, writing = pipe()
    with reading, writing:
        courier = Courier(writing)
        for _ in range(100):
            courier.put(b"x" * (ROOM // 10))

        assert not courier.finish(0.0)
        os.set_blocking(reading.fileno(), False)
        received = 0
        while not courier.finish(0.01):
            received += len(reading.read(ROOM) or b"")
        received += len(reading.read(ROOM) or b"")

    # What was in the pipe already made room for a little more.
    assert ROOM // 2 < received < 2 * ROOM


def test_a_pipe_that_somebody_else_has_made_impatient_is_waited_for() -> None:
    reading, writing = pipe(waits=False)
    with writing, Courier(writing) as courier:
        courier.put(b"x" * (ROOM // 2))
        with reading:
            received = b""
            while len(received) < ROOM // 2:
                received += os.read(reading.fileno(), ROOM)

    assert received == b"x" * (ROOM // 2)


def test_everything_is_written_where_the_system_takes_a_part_of_it() -> None:
    class Part(io.RawIOBase):
        taken = b""

        def write(self, data: ReadableBuffer, /) -> int:
            self.taken += bytes(data)[:3]
            return min(3, len(bytes(data)))

    part = Part()

    write_all(part, b"12345678")

    assert part.taken == b"12345678"
