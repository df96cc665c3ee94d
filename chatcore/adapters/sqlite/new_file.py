"""A file that appears whole and on disk, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp

from ...errors import StorageError


@contextmanager
def new_file(path: Path, *, replace: bool = False) -> Iterator[Path]:
    """Give the name of an empty file, for its owner only, to be written to; it becomes `path` when the block is left.

    Nothing is left behind when the block raises. Raises StorageError where `path` cannot be written, and where it is
    there already unless it is to be replaced.
    """
    taken = f"the file {path} is there already"
    if path.exists() and not replace:
        raise StorageError(taken)
    try:
        part = _part(path)
        try:
            yield part
            _sync(part)
            if replace:
                part.replace(path)
            else:
                path.hardlink_to(part)  # unlike a rename, this fails where somebody else was faster
            _sync(path.parent)
        finally:
            part.unlink(missing_ok=True)
    except FileExistsError:
        raise StorageError(taken) from None
    except OSError as error:
        msg = f"cannot write {path}: {(error.strerror or str(error)).lower()}"
        raise StorageError(msg) from error


def _part(path: Path) -> Path:
    open_file, name = mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(open_file)
    return Path(name)


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a directory, are on disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
