"""How a person enters the chat from their machine, and what they are told where it keeps nothing."""

from pathlib import Path
from typing import NoReturn

import attrs
import pytest

from chatcore import GENERAL, ClientId, Unreachable, UserId
from chatcore.adapters.drafts_file import DraftsFile
from chatcore.adapters.outbox_file import OutboxFile
from chatcore.home.accounts import drafts_path_by_name, outbox_path
from chatcore.home.entry import Entry
from chatcore.home.profiles import DEFAULT_SERVER, Profile
from chatcore.ports.outbox import KeptPost
from chatcore.process.folders import NoHome
from chatcore.view.language import load

HERE, THERE = "ws://127.0.0.1:1", "wss://chat.example"
ALICE = Profile(HERE, "alice", "a token")
NOBODY = Profile(HERE, "alice")
HERSELF = Profile(HERE, "alice", "a token", user=UserId("1"))


def nowhere() -> NoReturn:
    raise NoHome("this user has no home directory: set HOME")


@pytest.fixture
def entry(tmp_path: Path) -> Entry:
    return Entry(config=lambda: tmp_path / "config", state=lambda: tmp_path / "state")


@pytest.fixture
def homeless() -> Entry:
    return Entry(config=nowhere, state=nowhere)


# ---- who they are


def test_at_the_first_start_everybody_is_new_at_the_server_of_this_machine(entry: Entry) -> None:
    found = entry.find()

    assert (found.profile, found.is_new, found.trouble) == (Profile(DEFAULT_SERVER, ""), True, "")


def test_what_was_asked_for_is_filled_in_where_nothing_is_known_of_it(entry: Entry) -> None:
    entry.remember(ALICE)

    found = entry.find(THERE, "bob")

    assert (found.profile, found.is_new) == (Profile(THERE, "bob"), True)


def test_who_was_here_last_goes_on(entry: Entry) -> None:
    said = entry.remember(ALICE)

    found = entry.find()

    assert said == ""
    assert (found.profile, found.is_new) == (ALICE, False)


def test_after_a_session_the_name_is_left(entry: Entry) -> None:
    entry.remember(ALICE)

    said = entry.forget_session(ALICE)

    assert said == ""
    assert entry.find().profile == NOBODY


def test_everybody_who_was_here_is_known_and_nobody_where_that_cannot_be_read(entry: Entry, homeless: Entry) -> None:
    for name in ("alice", "bob"):
        entry.remember(Profile("ws://127.0.0.1:8765", name, "secret"))
    known = [profile.name for profile in entry.known()]
    (entry.config() / "profiles.json").write_text("not JSON", encoding="utf-8")

    assert known == ["bob", "alice"]
    assert (entry.known(), homeless.known()) == ([], [])


def test_profiles_that_cannot_be_read_are_told_and_everything_begins_anew(entry: Entry) -> None:
    entry.remember(ALICE)
    (entry.config() / "profiles.json").write_text("{")

    found = entry.find()

    assert (found.profile, found.is_new) == (Profile(DEFAULT_SERVER, ""), True)
    assert found.trouble.endswith("it was set aside as profiles.json.damaged: log in again.")


def test_a_profile_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    entry = Entry(load("pl"), config=lambda: tmp_path / "file" / "within")

    assert entry.remember(ALICE).startswith("To logowanie nie zostanie zapamiętane: ")


# ---- what they have


async def test_what_is_not_sent_is_kept_for_the_user_on_the_server(entry: Entry) -> None:
    async with entry.client(NOBODY) as client:
        assert client.unkept is None

        assert client.url == HERE
        path = outbox_path(entry.state(), HERE, "alice")
        assert list(path.parent.glob(f"{path.stem}*"))


async def test_a_client_that_sends_nothing_has_no_outbox(entry: Entry) -> None:
    async with entry.client(NOBODY, keeps=False) as client:
        assert client.unkept is None

    assert not entry.state().exists()


def test_what_was_being_written_is_there_the_next_time_however_the_account_is_called(entry: Entry) -> None:
    drafts = entry.drafts(HERSELF)
    drafts.write(GENERAL, "unfinished")
    drafts.close()

    drafts = entry.drafts(attrs.evolve(HERSELF, name="Alicja"))

    assert (drafts.of(GENERAL), drafts.trouble) == ("unfinished", None)
    assert entry.drafts(attrs.evolve(HERSELF, server=THERE)).of(GENERAL) == ""
    drafts.close()


def test_the_next_owner_of_a_name_finds_nothing_of_the_former_one(entry: Entry) -> None:
    drafts = entry.drafts(HERSELF)
    drafts.write(GENERAL, "a secret")
    drafts.close()

    other = entry.drafts(NOBODY)  # who logs in under the name: it is not known yet whether it is the same account
    before = other.of(GENERAL)
    other.belong_to(UserId("2"))

    assert (before, other.of(GENERAL)) == ("", "")
    other.close()


def by_name(entry: Entry, name: str) -> None:
    """Leave a draft as an older version did."""
    kept = DraftsFile(drafts_path_by_name(entry.state(), HERE, name))
    kept.open()
    kept.keep(GENERAL, f"begun as {name}")
    kept.close()


def test_what_an_older_version_kept_under_the_names_goes_to_whose_session_goes_on(entry: Entry) -> None:
    for name in ("alice", "alicja"):
        by_name(entry, name)
    entry.remember(ALICE)
    entry.remember(Profile(HERE, "alicja", ALICE.token), formerly="alice")

    drafts = entry.drafts(entry.find().profile)
    drafts.belong_to(UserId("1"))
    drafts.close()
    again = entry.drafts(Profile(HERE, "whatever", user=UserId("1")))

    assert set(again.of(GENERAL).split("\n")) == {"begun as alice", "begun as alicja"}
    again.close()


def test_what_an_older_version_kept_under_a_name_is_shown_to_nobody_who_only_has_the_name(entry: Entry) -> None:
    by_name(entry, "alice")

    for profile in (NOBODY, HERSELF):
        drafts = entry.drafts(profile)
        drafts.belong_to(UserId("1"))
        assert drafts.of(GENERAL) == ""
        drafts.close()


# ---- a machine that has no place for it


async def test_without_a_home_the_client_goes_on_and_says_that_it_keeps_nothing(homeless: Entry) -> None:
    async with homeless.client(NOBODY) as client:
        assert client.unkept is not None
        assert client.unkept.message == "this user has no home directory: set HOME"


def test_without_a_home_drafts_live_as_long_as_the_program(homeless: Entry) -> None:
    drafts = homeless.drafts(HERSELF)
    drafts.write(GENERAL, "unfinished")
    drafts.close()

    assert drafts.of(GENERAL) == "unfinished"
    assert drafts.trouble is not None


def test_without_a_home_nobody_is_known_or_remembered(homeless: Entry) -> None:
    assert homeless.find(HERE).profile == Profile(HERE, "")
    assert homeless.remember(ALICE) == ("This log-in is not remembered: this user has no home directory: set HOME")


def test_what_was_not_sent_under_a_former_name_of_an_account_is_found_by_the_new_one(entry: Entry) -> None:
    """The account was renamed while a program ran, or while none did: what it left lies under the former name."""
    outbox = OutboxFile(outbox_path(entry.state(), HERE, "alice"))
    outbox.open()
    outbox.keep(KeptPost(UserId("1"), GENERAL, ClientId("1"), "waits", 1))
    outbox.close()
    entry.remember(ALICE)

    entry.remember(Profile(HERE, "alicja", ALICE.token), formerly="alice")
    renamed = entry.find().profile
    kept = entry._outbox(Profile(HERE, "alicja")).open()

    assert (renamed.name, renamed.token) == ("alicja", ALICE.token)
    assert [post.text for post in kept] == ["waits"]


async def test_the_refusal_of_a_plain_address_names_the_option_that_allows_it(tmp_path: Path) -> None:
    entry = Entry(config=lambda: tmp_path, state=lambda: tmp_path)

    with pytest.raises(Unreachable, match="or allow it with --allow-plaintext"):
        async with entry.client(Profile("ws://192.0.2.1:8765", "ola"), keeps=False, wait=True) as client:
            await client.log_in("ola", "correct horse battery")
