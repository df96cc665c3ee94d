"""The server's log: one escaped line for each event, for people or for machines, on standard error."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime


def set_up(level: str, style: str) -> None:
    """Log to standard error from this level on; `style` is text or json."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(JsonLines() if style == "json" else TextLines())
    logging.basicConfig(level=level.upper(), handlers=[lines], force=True)
    # Of each connection the library tells when it comes and goes, and each frame: nothing for an operator.
    logging.getLogger("websockets").setLevel(logging.WARNING)


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


def _told(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    told = record.getMessage()
    return f"{told}\n{formatter.formatException(record.exc_info)}" if record.exc_info else told


def _escaped(text: str) -> str:
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
