"""What is remembered from one start to the next."""

import json
import stat
from pathlib import Path

import pytest

from chatcore.client.profiles import MAX_PROFILES, BadProfile, Profile, Profiles

HERE, THERE = "ws://127.0.0.1:8765", "wss://chat.example"
ALICE, BOB = Profile(HERE, "alice", "secret-a"), Profile(HERE, "bob", "secret-b")


@pytest.fixture
def profiles(tmp_path: Path) -> Profiles:
    return Profiles(tmp_path / "chatcore" / "profiles.json")


def test_nothing_is_known_at_first(profiles: Profiles) -> None:
    assert profiles.find() is None


def test_the_one_used_last_is_found_first(profiles: Profiles) -> None:
    for profile in (ALICE, BOB, ALICE):
        profiles.remember(profile)

    assert profiles.find() == ALICE
    assert profiles.find(name="BOB") == BOB


def test_a_user_is_found_by_server_and_name(profiles: Profiles) -> None:
    there = Profile(THERE, "alice", "secret-c")
    for profile in (ALICE, there):
        profiles.remember(profile)

    assert profiles.find(HERE) == ALICE
    assert profiles.find(THERE, "alice") == there
    assert profiles.find(THERE, "bob") is None


def test_a_new_token_takes_the_place_of_the_old_one(profiles: Profiles) -> None:
    profiles.remember(ALICE)

    profiles.remember(Profile(HERE, "Alice"))

    assert profiles.find() == Profile(HERE, "Alice", None)
    assert "secret-a" not in profiles.path.read_text()


def test_the_one_that_is_first_already_is_not_written_again(profiles: Profiles) -> None:
    for profile in (BOB, ALICE):
        profiles.remember(profile)
    written = profiles.path.stat()

    profiles.remember(ALICE)

    assert profiles.path.stat() == written


def test_nobody_else_can_read_the_file_and_nothing_else_is_left(profiles: Profiles) -> None:
    profiles.remember(ALICE)
    profiles.remember(BOB)

    assert stat.S_IMODE(profiles.path.stat().st_mode) == 0o600
    assert {path.name for path in profiles.path.parent.iterdir()} <= {"profiles.json", "profiles.json.lock"}


def test_a_write_that_fails_leaves_the_file_as_it_was(profiles: Profiles, monkeypatch: pytest.MonkeyPatch) -> None:
    profiles.remember(ALICE)

    def full(_handle: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        profiles.remember(BOB)

    assert profiles.find() == ALICE
    assert {path.name for path in profiles.path.parent.iterdir()} <= {"profiles.json", "profiles.json.lock"}


def test_no_more_are_kept_than_the_limit(profiles: Profiles) -> None:
    for number in range(MAX_PROFILES + 5):
        profiles.remember(Profile(HERE, f"user{number}"))

    assert len(json.loads(profiles.path.read_text())["profiles"]) == MAX_PROFILES


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"profiles": [{}]}', '{"profiles": [{"server": 1, "name": "a", "token": null}]}', "\xff"],
)
def test_a_damaged_file_is_told_in_one_sentence(profiles: Profiles, text: str) -> None:
    profiles.path.parent.mkdir()
    profiles.path.write_bytes(text.encode("latin-1"))

    with pytest.raises(BadProfile, match=r"profiles\.json (is damaged|cannot be read)"):
        profiles.find()
