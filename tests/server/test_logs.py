"""Each event is one line of the log, whatever is in it, and nobody waits for the one who reads it."""

from __future__ import annotations

import io
import json
import logging
import sqlite3
from contextlib import AsyncExitStack, closing
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import attrs
import pytest

import chatcore
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.adapters.system import SystemClock, SystemIds
from chatcore.adapters.websocket import WebSocketListener
from chatcore.domain.ids import Token, UserId
from chatcore.domain.users import AsciiNames, User
from chatcore.host.host import Host
from chatcore.process.courier import ROOM, Courier
from chatcore.testing.fakes import QuickHasher
from chatcore.testing.server_process import ServerProcess
from chatcore.wire import frames as f
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
def shelf() -> Shelf:
    """A file that takes everything at once."""
    shelf = Shelf()
    shelf.free.set()
    return shelf


@pytest.mark.parametrize("style", ["text", "json"])
def test_everything_from_the_level_on_is_written_before_the_server_ends(style: str, shelf: Shelf) -> None:
    with logging_to(shelf, "info", style):
        logging.getLogger("chatcore").info("shown")
        logging.getLogger("chatcore").debug("not shown")
        logging.getLogger("websockets.server").info("not shown: a connection has come")

    (line,) = shelf.lines
    assert "shown" in line


def test_afterwards_lines_go_where_they_went_before(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    with logging_to(shelf, "error", "text"):
        logging.getLogger("chatcore").warning("asked not to")

    logging.getLogger("chatcore").warning("again")
    assert shelf.lines == []
    assert caplog.messages == ["again"]


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


# ---- what no line tells


async def test_no_log_at_any_level_has_a_text_a_password_a_token_or_a_digest(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path, password, text = tmp_path / "own.db", "correct horse battery", "the words themselves"
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(SqliteStorage(path))
        host = Host(storage=storage, clock=SystemClock(), ids=SystemIds(), hasher=QuickHasher(), names=AsciiNames())
        await stack.enter_async_context(host)
        listener = await stack.enter_async_context(WebSocketListener(host.serve, "127.0.0.1", 0))
        server = await stack.enter_async_context(ServerProcess(tmp_path / "chat.db", "--log-level", "debug"))
        secrets = [password, text]
        for url in (listener.url, server.url):
            async with chatcore.connect(url) as alice:
                await alice.register("alice", password)
                await alice.post(chatcore.GENERAL, text)
                secrets += filter(None, [alice.token])
            async with chatcore.connect(url, token=secrets[-1]) as alice:
                await alice.history(chatcore.GENERAL)
        for db in (path, server.db):
            with closing(sqlite3.connect(db)) as connection:
                secrets += [value for (value,) in connection.execute("select digest from session")]
                secrets += [value for (value,) in connection.execute("select password_hash from user")]
        told = server.log + caplog.text

    assert "asyncio" in told or "chatcore" in told  # what was told was heard
    assert [secret for secret in secrets if str(secret) in told] == []


def test_no_frame_shows_a_secret_when_it_is_printed() -> None:
    token = Token("a token")
    frames = [
        f.Register(1, "alice", "a password", "a token"),
        f.LogIn(1, "alice", "a password", None),
        f.Resume(1, token, None),
        f.LoggedIn(1, User(UserId("a"), "alice", 1, 1), token),
    ]

    assert [frame for frame in frames if "a password" in repr(frame) or "a token" in repr(frame)] == []
