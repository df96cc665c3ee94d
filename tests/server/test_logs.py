"""Each event is one line of the log, whatever is in it."""

import json
import logging
import sys
from collections.abc import Iterator

import pytest

from chatcore_server.logs import JsonLines, TextLines, set_up


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


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, put back afterwards."""
    root, library = logging.getLogger(), logging.getLogger("websockets")
    before = root.level, root.handlers[:], library.level
    yield root
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    library.setLevel(before[2])


@pytest.mark.parametrize("style", ["text", "json"])
def test_the_log_goes_to_standard_error_from_the_level_on(
    style: str, root: logging.Logger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up("info", style)

    logging.getLogger("chatcore").info("shown")
    logging.getLogger("chatcore").debug("not shown")
    logging.getLogger("websockets.server").info("not shown: a connection has come")

    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    assert "shown" in told.err
    assert sys.stderr is not sys.stdout
