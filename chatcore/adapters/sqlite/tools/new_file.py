"""A file that appears whole and on disk, or not at all; and second names of files."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO, Protocol

from ....errors import StorageError


class Kind(Protocol):
    """What kind of file may be replaced by a new one."""

    def __call__(self, file: BinaryIO, /) -> bool:
        """Return whether a file is of the kind, by its beginning."""


@contextmanager
def new_file(path: Path, *, replace: bool = False, kind: Kind | None = None) -> Iterator[Path]:
    """Return the name of an empty file, for its owner only, to be written to; it becomes `path` when the block is left.

    Nothing is left behind when the block raises. Raises StorageError where `path` cannot be written, and where it is
    there already unless it is to be replaced: with `kind`, only a regular file of this kind, or an empty one, is.
    """
    taken = f"the file {path} is there already"
    try:
        if is_there(path):
            if not replace:
                raise StorageError(taken)
            if kind is not None:
                _check_replaced(path, kind)
        part = _part(path)
        try:
            yield part
            _sync(part)
            if replace:
                part.replace(path)
            else:
                # Unlike a rename, this fails where somebody else was faster.
                _linked(part, path, or_else=_claim)
            _sync_folder(path.parent)
        finally:
            part.unlink(missing_ok=True)
    except FileExistsError:
        raise StorageError(taken) from None
    except OSError as error:
        msg = f"cannot write {path}: {(error.strerror or str(error)).lower()}"
        raise StorageError(msg) from error


def is_there(path: Path) -> bool:
    """Return whether there is anything of this name, a link that leads nowhere too; raise OSError."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except ValueError as error:  # a zero in it
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL)) from error
    return True


def _check_replaced(path: Path, kind: Kind) -> None:
    """Raise StorageError where there is something that a slip of the pen would destroy. Opens regular files alone."""
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        msg = f"{path} is not replaced: it is not a regular file"
        raise StorageError(msg)
    with path.open("rb") as file:
        if found.st_size and not kind(file):
            msg = f"{path} is not replaced: it is something else than what would be written"
            raise StorageError(msg)


def second_name(path: Path, other: Path) -> None:
    """Give a file another name, or have a copy under it where the file system has no second names. Raises OSError."""
    _linked(path, other, or_else=_copy)


def _linked(path: Path, other: Path, *, or_else: Callable[[Path, Path], None]) -> None:
    """Give a file another name, which must not be there yet; exFAT and some network file systems have none."""
    try:
        other.hardlink_to(path)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError, AttributeError) as error:
        try:
            or_else(path, other)
        except OSError as second:
            raise second from error


def _claim(part: Path, path: Path) -> None:
    """Make the name as an empty file, if nobody else has, and then put the file in its place."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        part.replace(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _copy(path: Path, other: Path) -> None:
    try:
        with path.open("rb") as source, other.open("xb") as target:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
    except FileExistsError:
        raise
    except BaseException:
        other.unlink(missing_ok=True)
        raise


def _part(path: Path) -> Path:
    open_file, name = mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(open_file)
    return Path(name)


def _sync(path: Path) -> None:
    """Wait until a file is on disk."""
    with path.open("rb+", buffering=0) as opened:
        os.fsync(opened.fileno())


def _sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on disk, where the system can be asked for that."""
    if os.name == "nt":
        return
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(opened)
