"""What a client knows, in a file for each user: replaced whole, in a thread of its own, and checked when it is read."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from ..domain.conversations import GENERAL
from ..domain.ids import UserId
from ..domain.tallies import Tally
from ..ports.cache import Known
from ..ports.storage import Page
from ..wire import bounds
from ..wire import frames as f
from ..wire.codec import server_frames
from ..wire.limits import MAX_TALLIES, MAX_USERS

T = TypeVar("T")

log: logging.Logger = logging.getLogger(__name__)

FORMAT = "chatcore cache 1"
"""How a file begins that this version understands; another one is dropped."""

MAX_BYTES = 32 << 20
"""A larger file is none of ours: 20,000 users with as many conversations take a third of it."""

LEFT_BEHIND = 3600.0
"""Seconds after which a half-written file is that of a program that was killed."""


class CacheFile:
    """Keeps what is known of a user in a file that only its owner can read.

    Several programs may be given the same one: each replaces it whole, and the last one wins. It is not waited until it
    is on the disk: after a power cut it may be damaged, which is seen by its digest.
    """

    def __init__(self, path_of: Callable[[UserId], Path], user: UserId | None) -> None:
        """`path_of` gives the file of a user. `user`: whose is opened, None where that is not known yet."""
        self._path_of, self._user = path_of, user
        self._writer = ThreadPoolExecutor(1, "cache")
        self._has_failed = self._is_closed = False

    def open(self) -> Known | None:
        if self._user is None:
            return None
        path = self._path_of(self._user)
        try:
            return _read(path, self._user)
        except FileNotFoundError:
            return None
        except OSError as error:  # too many open files, a disk that is away: the next start may find it
            log.info("the cache %s cannot be read: %s", path, error)
            return None
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the program begins without it
            log.info("the cache %s is dropped: %s", path, error)
            _remove(path)
            return None

    def keep(self, known: Known) -> None:
        if not self._is_closed:
            self._writer.submit(self._replace, known)

    def drop(self, user: UserId) -> None:
        if self._is_closed:
            _remove(self._path_of(user))
        else:
            self._writer.submit(lambda: _remove(self._path_of(user)))  # behind what is still being written

    def close(self) -> None:
        self._is_closed = True
        self._writer.shutdown()

    def _replace(self, known: Known) -> None:
        path = self._path_of(known.me.id)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # its mode is 0600
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(encoded(known))
                _clear(path, Path(temporary).stat().st_mtime - LEFT_BEHIND)
                Path(temporary).replace(path)
            except BaseException:
                _remove(Path(temporary))
                raise
        except Exception as error:  # noqa: BLE001 - nothing is lost by it
            if not self._has_failed:
                log.info("what is known cannot be kept in %s: %s", path, error)
            self._has_failed = True


def encoded(known: Known) -> bytes:
    """Return what a file has of it: a line that says what follows, then a frame of the protocol in each line."""
    encode = server_frames().encode
    body = b"\n".join(encode(frame) for frame in _frames(known))
    head = {"format": FORMAT, "at_ms": known.at_ms, "sha256": sha256(body).hexdigest()}
    return json.dumps(head).encode() + b"\n" + body


def decoded(data: bytes) -> Known:
    """Return what a file has. Raises ValueError, or BadFrame, where it is damaged or of another version."""
    line, _, body = data.partition(b"\n")
    head = json.loads(line)
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise ValueError("another version has written it")
    at_ms = head.get("at_ms")
    if head.get("sha256") != sha256(body).hexdigest() or not isinstance(at_ms, int) or not 0 <= at_ms <= bounds.LAST_MS:
        raise ValueError("it is damaged")
    decode = server_frames().decode
    frames = [decode(line) for line in body.split(b"\n")]
    match frames:
        case [f.LoggedIn(_, me, _), f.Snapshot(epoch, told), *rest]:
            pass
        case _:  # no program of ours writes that
            raise ValueError("it does not begin as it should")
    for frame in frames:
        bounds.check(frame, me.id)
    users = tuple(user for frame in rest if isinstance(frame, f.Users) for user in frame.users)
    tallies = tuple(tally for frame in rest if isinstance(frame, f.Tallies) for tally in frame.tallies)
    pages = [frame for frame in rest if isinstance(frame, f.Page)]
    kept = tuple(Page(page.tally, page.messages, page.read, page.receipts, page.more) for page in pages)
    return Known(at_ms, me, epoch, told, users, tallies, kept)


def _frames(known: Known) -> Iterator[f.ServerFrame]:
    yield f.LoggedIn(1, known.me, None)
    yield f.Snapshot(known.epoch, known.told, is_same=True, active=(), general=Tally(GENERAL), tallies=())
    for users in _parts(known.users, MAX_USERS):
        yield f.Users(1, users, known.told.facts, more=False)
    for tallies in _parts(known.tallies, MAX_TALLIES):
        yield f.Tallies(1, tallies, more=False)
    for page in known.pages:
        yield f.Page(1, page.tally, page.messages, page.read, page.receipts, page.more)


def _parts(whole: Sequence[T], most: int) -> Iterator[tuple[T, ...]]:
    return (tuple(whole[first : first + most]) for first in range(0, len(whole), most))


def _read(path: Path, user: UserId) -> Known:
    """Return what a file has of a user. Raises OSError, ValueError and BadFrame."""
    if path.stat().st_size > MAX_BYTES:
        raise ValueError("it is too large")
    known = decoded(path.read_bytes())
    if known.me.id != user:
        raise ValueError("it is of somebody else")
    return known


def _clear(path: Path, before: float) -> None:
    """Remove what programs that were killed had half written."""
    for left in path.parent.glob(f".{path.name}-*"):
        with suppress(OSError):
            if left.stat().st_mtime < before:
                left.unlink()


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
