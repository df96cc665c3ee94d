"""JSON files that only their user may read: replaced in one step, and set aside where they are damaged."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

Document = dict[str, object]


class Damaged(Exception):
    """The file is none that a program wrote; it was set aside. The message says what it is called now."""


def read_document(path: Path) -> Document:
    """Read a file; empty where there is none. Raises Damaged, and OSError where it cannot be read."""
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise Damaged(f"{path} is damaged; it was set aside as {_set_aside(path).name}")
    return document


def write_document(path: Path, document: Document) -> None:
    """Replace a file in one step, readable by nobody else from its first byte on. Raises OSError."""
    path = Path(os.path.realpath(path))  # a link stays a link
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")  # its mode is 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(document, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _set_aside(path: Path) -> Path:
    """Return a damaged file another name, which none has yet; where that cannot be done it keeps its own."""
    names = (path.with_name(f"{path.name}.damaged{number or ''}") for number in range(100))
    free = next((name for name in names if not os.path.lexists(name)), path)
    with suppress(OSError):
        return path.rename(free)
    return path
