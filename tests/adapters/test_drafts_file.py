"""Drafts that outlive the program."""

from pathlib import Path

import pytest

from chatcore import GENERAL, ConversationId, StorageError
from chatcore.adapters.drafts_file import DraftsFile

WITH_BOB = ConversationId("with bob")


def reopened(path: Path) -> dict[ConversationId, str]:
    drafts = DraftsFile(path)
    try:
        return dict(drafts.open())
    finally:
        drafts.close()


def test_the_last_text_of_each_conversation_is_kept_and_an_empty_one_is_forgotten(tmp_path: Path) -> None:
    drafts = DraftsFile(tmp_path / "drafts")
    drafts.open()
    drafts.keep(GENERAL, "zażółć")
    drafts.keep(GENERAL, "zażółć\ngęślą 🦊")
    drafts.keep(WITH_BOB, "gone")
    drafts.keep(WITH_BOB, "")
    drafts.close()

    assert reopened(tmp_path / "drafts") == {GENERAL: "zażółć\ngęślą 🦊"}
    assert (tmp_path / "drafts").stat().st_mode & 0o777 == 0o600


def test_two_programs_do_not_destroy_each_others_drafts(tmp_path: Path) -> None:
    first, second = DraftsFile(tmp_path / "drafts"), DraftsFile(tmp_path / "drafts")
    first.open()
    second.open()
    first.keep(GENERAL, "from the first")
    second.keep(GENERAL, "from the second")
    second.keep(WITH_BOB, "hi bob")
    first.keep(WITH_BOB, "hi bob")
    first.close()
    second.close()

    both = {GENERAL: "from the first\nfrom the second", WITH_BOB: "hi bob"}
    assert reopened(tmp_path / "drafts") == both
    assert reopened(tmp_path / "drafts") == both


def test_a_draft_of_both_that_is_sent_is_gone_for_good(tmp_path: Path) -> None:
    first, second = DraftsFile(tmp_path / "drafts"), DraftsFile(tmp_path / "drafts")
    for drafts, text in ((first, "one"), (second, "two")):
        drafts.open()
        drafts.keep(GENERAL, text)
    first.close()
    second.close()
    drafts = DraftsFile(tmp_path / "drafts")
    drafts.open()
    drafts.keep(GENERAL, "")
    drafts.close()

    assert reopened(tmp_path / "drafts") == {}
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_understood_stays(tmp_path: Path) -> None:
    path = tmp_path / "drafts"
    path.write_text('{"conversation": "general", "text": ["a", "newer", "form"]}\n{"other": 1}\n', encoding="utf-8")

    assert reopened(path) == {}
    assert path.read_text(encoding="utf-8").count("\n") == 2


def test_a_path_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageError, match=r"the drafts .*/file/drafts cannot be used"):
        DraftsFile(tmp_path / "file" / "drafts").open()
