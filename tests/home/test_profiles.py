"""What is remembered from one start to the next."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs
import pytest

from chatcore import UserId
from chatcore.home.profiles import MAX_PROFILES, BadProfile, Profile, Profiles

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


def test_all_are_told_the_one_used_last_first(profiles: Profiles) -> None:
    for profile in (ALICE, BOB):
        profiles.remember(profile)
    profiles.forget(ALICE)

    assert profiles.all() == [Profile(HERE, "alice"), BOB]


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


@pytest.mark.parametrize("text", ["", "[]", "{", "\xff", "[" * 100_000])
def test_a_damaged_file_is_told_in_one_sentence_set_aside_and_stops_nothing(profiles: Profiles, text: str) -> None:
    profiles.path.parent.mkdir()
    profiles.path.write_bytes(text.encode("latin-1"))

    with pytest.raises(BadProfile, match=r"profiles\.json is damaged; it was set aside as profiles\.json\.damaged:"):
        profiles.find()
    profiles.remember(ALICE)

    assert profiles.find() == ALICE
    assert profiles.path.with_name("profiles.json.damaged").read_bytes() == text.encode("latin-1")


def test_a_second_damaged_file_does_not_take_the_place_of_the_first(profiles: Profiles) -> None:
    profiles.path.parent.mkdir()
    for text in ("first", "second"):
        profiles.path.write_text(text)
        with pytest.raises(BadProfile):
            profiles.find()

    assert {path.read_text() for path in profiles.path.parent.iterdir()} == {"first", "second"}


def test_what_a_newer_version_has_written_is_passed_over_and_stays(profiles: Profiles) -> None:
    newer = {"server": HERE, "name": "alice", "token": "old", "avatar": "blue"}
    passkey = {"server": HERE, "passkey": "instead of a name"}
    profiles.path.parent.mkdir()
    profiles.path.write_text(json.dumps({"version": 9, "profiles": [7, passkey, newer]}))
    found = profiles.find()

    profiles.remember(BOB)
    profiles.remember(ALICE)

    assert found == Profile(HERE, "alice", "old")
    alice = {**newer, "token": "secret-a"}
    bob = {"server": HERE, "name": "bob", "token": "secret-b"}
    assert json.loads(profiles.path.read_text()) == {"version": 9, "profiles": [alice, bob, 7, passkey]}


def test_a_file_that_cannot_be_read_is_told_and_not_written_over(profiles: Profiles) -> None:
    profiles.path.mkdir(parents=True)

    with pytest.raises(BadProfile, match=r"profiles\.json cannot be read: "):
        profiles.find()
    with pytest.raises(BadProfile):
        profiles.remember(ALICE)


def test_a_file_that_is_a_link_stays_one(profiles: Profiles, tmp_path: Path) -> None:
    profiles.path.parent.mkdir()
    profiles.path.symlink_to(tmp_path / "elsewhere.json")

    profiles.remember(ALICE)

    assert profiles.path.is_symlink()
    assert profiles.find() == ALICE


def test_a_file_that_was_removed_meanwhile_is_written_again(profiles: Profiles) -> None:
    profiles.remember(ALICE)
    profiles.path.unlink()

    profiles.remember(ALICE)

    assert profiles.find() == ALICE


@pytest.mark.parametrize("spelt", ["WS://127.0.0.1:8765/", "ws://127.0.0.1.:8765"])
def test_a_server_is_the_same_however_its_address_is_spelt(profiles: Profiles, spelt: str) -> None:
    profiles.remember(ALICE)

    profiles.remember(Profile(spelt, "alice", "newer"))

    assert profiles.find(HERE) == Profile(spelt, "alice", "newer")
    assert len(json.loads(profiles.path.read_text())["profiles"]) == 1


def test_a_renamed_account_has_one_profile_which_knows_what_it_was_called(profiles: Profiles) -> None:
    profiles.remember(ALICE)

    profiles.remember(Profile(HERE, "alicja", ALICE.token), formerly="alice")
    profiles.remember(Profile(HERE, "ala", ALICE.token), formerly="alicja")
    profiles.remember(Profile(HERE, "ala"))

    assert profiles.find() == Profile(HERE, "ala", None, ("alice", "alicja"))
    assert profiles.find(HERE, "alice") is None


def test_who_has_a_name_now_that_another_one_gave_up_keeps_their_profile(profiles: Profiles) -> None:
    profiles.remember(Profile(HERE, "alice", "another token"))

    profiles.remember(Profile(HERE, "alicja", "a token"), formerly="alice")

    assert profiles.find(HERE, "alice") == Profile(HERE, "alice", "another token")


# ---- a session for each program


@pytest.fixture
def terminal(profiles: Profiles) -> Profiles:
    return Profiles(profiles.path, "terminal")


@pytest.fixture
def window(profiles: Profiles) -> Profiles:
    return Profiles(profiles.path, "window")


def test_a_program_that_never_had_a_session_borrows_that_of_another(terminal: Profiles, window: Profiles) -> None:
    terminal.remember(ALICE)

    found = window.find()

    assert found == attrs.evolve(ALICE, is_borrowed=True)
    assert terminal.find() == ALICE


def test_each_program_goes_on_with_its_own_session(terminal: Profiles, window: Profiles) -> None:
    terminal.remember(ALICE)
    borrowed = window.find()
    assert borrowed
    window.remember(borrowed)

    used = window.keep_own(borrowed, "secret-w")

    assert used == "secret-w"
    assert window.find() == attrs.evolve(ALICE, token="secret-w")
    assert terminal.find() == ALICE


def test_a_program_whose_session_has_ended_asks_for_the_password_and_the_other_goes_on(
    terminal: Profiles, window: Profiles
) -> None:
    terminal.remember(ALICE)
    window.remember(attrs.evolve(ALICE, token="secret-w"))

    window.forget(attrs.evolve(ALICE, token="secret-w"))

    found = window.find()
    assert found
    assert (found.token, found.is_borrowed) == (None, False)
    assert terminal.find() == ALICE
    assert "secret-w" not in window.path.read_text()


def test_a_borrowed_session_that_has_ended_is_nobody_s_any_more(terminal: Profiles, window: Profiles) -> None:
    terminal.remember(ALICE)
    borrowed = window.find()
    assert borrowed

    window.forget(borrowed)

    assert [found.token for each in (terminal, window) if (found := each.find())] == [None, None]


def test_the_one_token_of_an_older_version_becomes_that_of_the_first_program(
    profiles: Profiles, terminal: Profiles, window: Profiles
) -> None:
    profiles.remember(ALICE)  # as an older version did
    found = terminal.find()
    assert found == ALICE

    terminal.remember(found)

    assert terminal.find() == ALICE
    assert window.find() == attrs.evolve(ALICE, is_borrowed=True)


def test_two_programs_that_took_the_same_old_token_part_at_the_next_start(
    profiles: Profiles, terminal: Profiles, window: Profiles
) -> None:
    profiles.remember(ALICE)
    for each in (terminal, window):
        each.remember(ALICE)

    found = window.find()

    assert found
    assert found.is_borrowed


def test_a_program_that_was_started_twice_goes_on_with_one_session(terminal: Profiles, window: Profiles) -> None:
    terminal.remember(ALICE)
    borrowed = window.find()
    assert borrowed

    used = [window.keep_own(borrowed, token) for token in ("first", "second")]

    assert used == ["first", "first"]


def test_an_account_is_the_same_by_its_id_however_it_is_called(terminal: Profiles) -> None:
    terminal.remember(attrs.evolve(ALICE, user=UserId("1")))

    terminal.remember(Profile(HERE, "alicja", "newer", user=UserId("1")))
    terminal.remember(Profile(HERE, "alice", "hers", user=UserId("2")))

    assert terminal.find(HERE, "alicja") == Profile(HERE, "alicja", "newer", ("alice",), UserId("1"))
    assert terminal.find(HERE, "alice") == Profile(HERE, "alice", "hers", (), UserId("2"))


def test_many_programs_that_write_at_once_lose_nothing(profiles: Profiles) -> None:
    programs = [Profiles(profiles.path, f"program {number}") for number in range(8)]

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda each: each.remember(attrs.evolve(ALICE, token=each._program)), programs))

    assert [found.token for each in programs if (found := each.find())] == [each._program for each in programs]
