"""The cache in a file: whole or not there, for nobody else, and never a reason to fail."""

from __future__ import annotations

import errno
import logging
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs
import pytest

from chatcore.adapters.cache_file import LEFT_BEHIND, CacheFile, decoded, encoded
from chatcore.domain.conversations import GENERAL, direct
from chatcore.domain.generations import Point
from chatcore.domain.ids import ClientId, UserId
from chatcore.domain.messages import Message, last
from chatcore.domain.tallies import Tally
from chatcore.domain.users import User
from chatcore.ports.cache import Known
from chatcore.ports.storage import Page

ALICE, BOB = User(UserId("a" * 16), "alice", 1, 1), User(UserId("b" * 16), "Bób", 2, 3)
WITH_BOB = direct(ALICE.id, BOB.id)
MESSAGE = Message(WITH_BOB, 1, BOB.id, ClientId("1"), "zażółć\n\u2028🎉", 1_700_000_000_000, 1, 1, 7)
TALLY = Tally(WITH_BOB, 1, 1, 0, last(MESSAGE), 1, 4)
PAGE = Page(TALLY, (MESSAGE,), ((1, 1),), (), more=False)
KNOWN = Known(1_700_000_000_123, ALICE, "epoch", Point("g", 7, 3), (ALICE, BOB), (Tally(GENERAL), TALLY), (PAGE,))


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Hear what is of no weight, too: what goes wrong with a cache costs nobody anything."""
    caplog.set_level(logging.INFO, "chatcore.adapters.cache_file")


def cache(folder: Path, user: UserId | None = ALICE.id) -> CacheFile:
    return CacheFile(lambda user: folder / f"cache-{user}", user)


def kept(folder: Path, known: Known = KNOWN) -> Path:
    keeper = cache(folder)
    keeper.keep(known)
    keeper.close()
    return folder / f"cache-{known.me.id}"


def test_what_was_kept_is_found_as_it_was(tmp_path: Path) -> None:
    path = kept(tmp_path / "state")

    assert cache(tmp_path / "state").open() == KNOWN
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_long_list_is_found_as_it_was(tmp_path: Path) -> None:
    users = tuple(User(UserId(f"{number:016x}"), f"user{number}", number, number) for number in range(1, 1_001))
    tallies = tuple(Tally(direct(ALICE.id, user.id), 1, 1, 0, None, 1, 4) for user in users)
    known = attrs.evolve(KNOWN, users=users, tallies=tallies)
    kept(tmp_path, known)

    assert cache(tmp_path).open() == known


def test_there_is_nothing_at_first_nor_for_another_user_nor_for_nobody(tmp_path: Path) -> None:
    kept(tmp_path)

    assert cache(tmp_path / "elsewhere").open() is None
    assert cache(tmp_path, BOB.id).open() is None
    assert cache(tmp_path, None).open() is None


def test_the_last_one_wins(tmp_path: Path) -> None:
    keeper = cache(tmp_path)
    for at_ms in range(5):
        keeper.keep(attrs.evolve(KNOWN, at_ms=at_ms))
    keeper.close()

    found = cache(tmp_path).open()
    assert found
    assert found.at_ms == 4


def test_who_logs_out_leaves_nothing_whatever_was_just_being_written(tmp_path: Path) -> None:
    keeper = cache(tmp_path)
    keeper.keep(KNOWN)
    keeper.drop(ALICE.id)
    keeper.close()
    after = kept(tmp_path)
    keeper.drop(ALICE.id)  # as late as it may come

    assert not after.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", [0.0, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("damage", ["cut", "flipped", "zeroed"])
def test_a_damaged_file_is_dropped_with_one_line(
    tmp_path: Path, place: float, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = kept(tmp_path)
    data = path.read_bytes()
    at = min(int(place * len(data)), len(data) - 1)
    torn = {"cut": data[:at], "flipped": data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], "zeroed": bytes(len(data))}
    path.write_bytes(torn[damage])

    found = cache(tmp_path).open()

    assert (found, path.exists(), len(caplog.records)) == (None, False, 1)
    assert caplog.records[0].getMessage().startswith(f"the cache {path} is dropped: ")


def test_a_file_that_cannot_be_read_today_is_there_tomorrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path)

    def refuse(_: Path) -> bytes:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", refuse)
        assert cache(tmp_path).open() is None

    assert cache(tmp_path).open() == KNOWN


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"format":"chatcore cache 99"}\n{}',
        encoded(attrs.evolve(KNOWN, me=BOB)),
        encoded(attrs.evolve(KNOWN, at_ms=-1)),
        encoded(attrs.evolve(KNOWN, at_ms=10**30)),
    ],
    ids=["empty", "list", "nothing", "newer version", "somebody else", "before all time", "after all time"],
)
def test_what_another_has_written_is_dropped(tmp_path: Path, data: bytes, caplog: pytest.LogCaptureFixture) -> None:
    path = kept(tmp_path)
    path.write_bytes(data)

    assert (cache(tmp_path).open(), path.exists(), len(caplog.records)) == (None, False, 1)


def test_times_that_no_clock_shows_are_not_believed() -> None:
    page = attrs.evolve(PAGE, messages=(attrs.evolve(MESSAGE, sent_at_ms=2**53),))

    with pytest.raises(Exception, match="time"):
        decoded(encoded(attrs.evolve(KNOWN, pages=(page,))))


def test_a_folder_that_cannot_be_written_is_told_once_and_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    keeper = cache(tmp_path / "file" / "within")
    for _ in range(3):
        keeper.keep(KNOWN)
    keeper.close()

    assert len(caplog.records) == 1


def test_what_a_killed_program_had_half_written_is_cleared_away_later(tmp_path: Path) -> None:
    path = kept(tmp_path)
    old, fresh = (tmp_path / f".{path.name}-{which}" for which in ("old", "fresh"))
    for left in (old, fresh):
        left.write_bytes(b"half")
    long_ago = path.stat().st_mtime - LEFT_BEHIND - 60
    os.utime(old, (long_ago, long_ago))

    kept(tmp_path)

    assert (old.exists(), fresh.exists()) == (False, True)


def test_programs_that_write_and_read_at_once_find_it_whole(tmp_path: Path) -> None:
    kept(tmp_path)

    def work(number: int) -> Known | None:
        kept(tmp_path, attrs.evolve(KNOWN, at_ms=number))
        return cache(tmp_path).open()

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(work, range(64)))

    assert all(known and attrs.evolve(known, at_ms=0) == attrs.evolve(KNOWN, at_ms=0) for known in found)
