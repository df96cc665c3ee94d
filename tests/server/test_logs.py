"""Each event is one line of the log, whatever is in it, and nobody waits for the one who reads it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from threading import Event
from typing import TYPE_CHECKING

import attrs
import pytest

from chatcore.process.courier import ROOM, Courier
from chatcore_server.logs import MOST, WITHIN, Allowance, JsonLines, TextLines, logging_to

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def record(message: str, *arguments: object, error: Exception | None = None) -> logging.LogRecord:
    exc_info = (type(error), error, None) if error else None
    made = logging.LogRecord("chatcore.host", logging.WARNING, "", 0, message, arguments, exc_info)
    made.created = 1_700_000_000.25
    return made


def test_a_line_has_time_level_logger_and_message() -> None:
    line = TextLines().format(record("%s has left", "alice"))

    assert line == "2023-11-14T22:13:20.250+00:00 WARNING chatcore.host: alice has left"


def test_nothing_in_a_message_ends_or_colours_the_line() -> None:
    line = TextLines().format(record("name %s", "a\nb\r\x1b[31m\u202ec\u2028 żółw"))

    assert line.endswith(r"name a\nb\r\x1b[31m\u202ec\u2028 żółw")


def test_an_error_stays_in_its_line() -> None:
    line = TextLines().format(record("no", error=ValueError("of\nall")))

    assert "\n" not in line
    assert line.endswith(r"no\nValueError: of\nall")


def test_a_json_line_is_one_object() -> None:
    line = JsonLines().format(record("%s has\nleft", "alice", error=ValueError("why")))

    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2023-11-14T22:13:20.250+00:00",
        "level": "warning",
        "logger": "chatcore.host",
        "message": "alice has\nleft",
        "error": "ValueError: why",
    }


# ---- where the lines go


@attrs.define(slots=False, eq=False)
class Shelf(io.RawIOBase):
    """A file whose writer may have to wait."""

    free: Event = attrs.field(factory=Event)
    written: bytes = b""

    def write(self, data: ReadableBuffer, /) -> int:
        self.free.wait()
        self.written += bytes(data)
        return len(bytes(data))

    @property
    def lines(self) -> list[str]:
        return self.written.decode().splitlines()


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    """A file that takes everything at once; the loggers are put back afterwards."""
    root, library = logging.getLogger(), logging.getLogger("websockets")
    before = root.level, root.handlers[:], library.level
    shelf = Shelf()
    shelf.free.set()
    yield shelf
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    library.setLevel(before[2])


@pytest.mark.parametrize("style", ["text", "json"])
def test_everything_from_the_level_on_is_written_before_the_server_ends(style: str, shelf: Shelf) -> None:
    with logging_to(shelf, "info", style):
        logging.getLogger("chatcore").info("shown")
        logging.getLogger("chatcore").debug("not shown")
        logging.getLogger("websockets.server").info("not shown: a connection has come")

    (line,) = shelf.lines
    assert "shown" in line


def test_whoever_logs_does_not_wait_for_whoever_reads_and_how_much_was_dropped_is_told(shelf: Shelf) -> None:
    shelf.free.clear()
    long = "x" * (ROOM // 50)

    with logging_to(shelf, "info", "text"):
        for number in range(80):
            logging.getLogger("chatcore").info("%s %s", number, long)
        shelf.free.set()

    *kept, last = shelf.lines
    assert [line.split()[3] for line in kept] == [str(number) for number in range(len(kept))]
    assert len(kept) < 50
    assert last.endswith(f": {80 - len(kept)} lines of the log were dropped: whoever reads it did not keep up")


def test_a_reader_who_never_reads_keeps_nobody_from_ending(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Courier.finish, "__defaults__", (0.0,))
    shelf.free.clear()

    with logging_to(shelf, "info", "text"):
        logging.getLogger("chatcore").info("nobody reads this")

    assert shelf.lines == []
    shelf.free.set()


def test_what_happens_again_and_again_does_not_fill_the_disk(shelf: Shelf) -> None:
    with logging_to(shelf, "info", "text"):
        for number in range(1_000):
            logging.getLogger("chatcore").info("again %s", number)
        logging.getLogger("chatcore").info("something else")

    assert len(shelf.lines) == MOST + 1
    assert shelf.lines[-1].endswith("something else")


def test_what_was_kept_back_is_counted_and_told_when_it_happens_later_on() -> None:
    allowance, place = Allowance(), ("listener.py", 12)

    at_once = [allowance.take(place, 1000.0) for _ in range(MOST + 7)]

    assert at_once == [0] * MOST + [None] * 7
    assert allowance.take(("listener.py", 99), 1000.0) == 0
    assert allowance.take(place, 1000.0 + WITHIN) == 7
    assert allowance.take(place, 5.0) == 0  # the clock was set back
