"""The server's log: one escaped line for each event, for people or for machines, on standard error."""

from __future__ import annotations

import codecs
import io
import json
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from chatcore.process.courier import Courier

MOST, WITHIN = 100, 10.0
"""How many lines of one place in the code are written, and in how many seconds."""

DROPPED = "%s lines of the log were dropped: whoever reads it did not keep up"

OWN = ("chatcore", "chatcore_server")
"""Whose lines are for operators from the level on that they ask for; of libraries only what is at least a warning."""

Place = tuple[str, int]
"""A file and a line in it: there are no more of them than the code has, whatever strangers send."""

# Looked up at once: a server that is out of files could not load it any more.
_escaped_bytes = codecs.getencoder("unicode_escape")


@contextmanager
def logging_to(stream: io.RawIOBase, level: str, style: str) -> Iterator[None]:
    """Log to a stream from this level on while in the block; `style` is text or json.

    Nobody who logs waits for whoever reads: lines that find no room are dropped, and a line says how many.
    """
    formatter = JsonLines() if style == "json" else TextLines()
    with Courier(stream, told=lambda count: _line(formatter, _notice(DROPPED, count))) as courier:
        lines = Lines(courier)
        lines.setFormatter(formatter)
        asked = logging.getLevelNamesMapping()[level.upper()]
        root, own = logging.getLogger(), [logging.getLogger(name) for name in OWN]
        before = root.handlers[:], [logger.level for logger in (root, *own)]
        root.handlers[:] = [lines]
        root.setLevel(max(asked, logging.WARNING))
        for logger in own:
            logger.setLevel(asked)
        try:
            yield
        finally:
            root.handlers[:] = before[0]
            for logger, level_before in zip((root, *own), before[1], strict=True):
                logger.setLevel(level_before)


class Lines(logging.Handler):
    """Gives each line to a courier, unless the same place of the code has had too many of them."""

    def __init__(self, courier: Courier) -> None:
        super().__init__()
        self._courier = courier
        self._allowance = Allowance()

    def emit(self, record: logging.LogRecord) -> None:
        """Give one line, behind one that says how many like it were kept back before."""
        kept_back = self._allowance.take((record.pathname, record.lineno), record.created)
        if kept_back is None:
            return
        try:
            if kept_back:
                self._courier.put(_line(self, _notice("%s lines like the next one were kept back", kept_back)))
            self._courier.put(_line(self, record))
        except Exception:  # noqa: BLE001 - a wrong call of the log, as the standard handlers see it
            self.handleError(record)


class Allowance:
    """Limits the lines of each place in the code in a stretch of time: no stranger fills a disk."""

    def __init__(self) -> None:
        self._begun: dict[Place, float] = {}
        self._taken: Counter[Place] = Counter()

    def take(self, place: Place, now: float) -> int | None:
        """Return how many lines were kept back before this one; None where it is to be kept back as well."""
        kept_back = 0
        if not 0 <= now - self._begun.get(place, -WITHIN) < WITHIN:  # the clock may be set back
            kept_back = max(0, self._taken.pop(place, 0) - MOST)
            self._begun[place] = now
        self._taken[place] += 1
        return kept_back if self._taken[place] <= MOST else None


class TextLines(logging.Formatter):
    """A line for people: time, level, who tells, what. Whatever would end or colour the line is escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one line."""
        return f"{_time(record)} {record.levelname} {record.name}: {_escaped(_told(self, record))}"


class JsonLines(logging.Formatter):
    """A JSON object with `time`, `level`, `logger`, `message`, and `error` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one line."""
        line = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _line(formatter: logging.Formatter | logging.Handler, record: logging.LogRecord) -> bytes:
    return f"{formatter.format(record)}\n".encode(errors="backslashreplace")


def _notice(told: str, count: int) -> logging.LogRecord:
    return logging.LogRecord(__name__, logging.WARNING, "", 0, told, (count,), None)


def _told(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    told = record.getMessage()
    return f"{told}\n{formatter.formatException(record.exc_info)}" if record.exc_info else told


def _escaped(text: str) -> str:
    return "".join(each if each.isprintable() else _escaped_bytes(each)[0].decode() for each in text)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
