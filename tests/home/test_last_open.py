"""Which conversation was open last."""

import errno
import json
from pathlib import Path

import pytest

from chatcore import GENERAL, ConversationId
from chatcore.home.last_open import MAX_KEPT, LastOpen

WITH_BOB = ConversationId("direct:a:b")


def test_each_account_finds_its_own_again(tmp_path: Path) -> None:
    LastOpen(tmp_path / "opened.json").note("alice", WITH_BOB)
    LastOpen(tmp_path / "opened.json").note("bob", GENERAL)
    LastOpen(tmp_path / "opened.json").note("alice", GENERAL)

    again = LastOpen(tmp_path / "opened.json")

    assert [again.of(name) for name in ("alice", "bob", "carol")] == [GENERAL, GENERAL, None]


def test_those_who_were_there_last_are_kept(tmp_path: Path) -> None:
    opened = LastOpen(tmp_path / "opened.json")
    for number in range(MAX_KEPT + 1):
        opened.note(f"user {number}", GENERAL)

    assert [opened.of(f"user {number}") for number in (0, 1, MAX_KEPT)] == [None, GENERAL, GENERAL]


@pytest.mark.parametrize("damage", ["no JSON", '{"opened": 1}', '{"opened": {"alice": 1}}', "[]"])
def test_a_file_that_is_none_of_its_own_is_begun_anew(tmp_path: Path, damage: str) -> None:
    (tmp_path / "opened.json").write_text(damage)
    opened = LastOpen(tmp_path / "opened.json")
    before = opened.of("alice")

    opened.note("alice", GENERAL)

    assert (before, opened.of("alice")) == (None, GENERAL)


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    opened = LastOpen(tmp_path / "file" / "opened.json")

    opened.note("alice", GENERAL)

    assert opened.of("alice") is None


def test_what_a_newer_version_keeps_there_stays(tmp_path: Path) -> None:
    file = tmp_path / "opened.json"
    file.write_text('{"opened": {"alice": {"id": "general", "at": 7}}, "pinned": ["bob"]}')
    opened = LastOpen(file)
    before = opened.of("alice")

    opened.note("bob", GENERAL)

    kept = {"alice": {"id": "general", "at": 7}, "bob": "general"}
    assert (before, json.loads(file.read_text())) == (None, {"opened": kept, "pinned": ["bob"]})


def test_a_file_that_cannot_be_read_just_now_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = LastOpen(tmp_path / "opened.json")
    opened.note("alice", WITH_BOB)

    with monkeypatch.context() as patched:

        def refuse(_path: Path) -> bytes:
            raise OSError(errno.EMFILE, "too many open files")

        patched.setattr(Path, "read_bytes", refuse)
        opened.note("bob", GENERAL)

    assert opened.of("alice") == WITH_BOB
