"""What is kept for a user on a server is found again however address and name are spelt."""

from pathlib import Path

import pytest

from chatcore import UserId
from chatcore.home.accounts import account_key, cache_path, drafts_path, drafts_path_by_name, outbox_path

SPELT = "ws://localhost:8765"


@pytest.mark.parametrize(
    "spelt",
    [
        "ws://localhost:8765/",
        "WS://LOCALHOST:8765",
        " ws://localhost:8765 ",
        "ws://localhost.:8765",
        "ws://127.0.0.1:8765",
        "ws://[::1]:8765/",
    ],
)
def test_the_spelling_of_the_address_makes_no_difference(spelt: str) -> None:
    assert account_key(spelt, "Alice") == account_key(SPELT, "alice")
    assert outbox_path(Path("x"), spelt, "Alice") == outbox_path(Path("x"), SPELT, "alice")


@pytest.mark.parametrize(
    ("one", "other"),
    [("ws://chat.example", "ws://chat.example:80/"), ("wss://chat.example/a/", "wss://Chat.Example:443/a")],
)
def test_the_usual_port_need_not_be_named(one: str, other: str) -> None:
    assert account_key(one, "alice") == account_key(other, "alice")


@pytest.mark.parametrize(
    "other",
    ["ws://localhost:8766", "wss://localhost:8765", "ws://localhost:8765/a", "ws://elsewhere:8765", "no address", ""],
)
def test_another_server_is_another_account(other: str) -> None:
    assert account_key(other, "alice") != account_key(SPELT, "alice")


def test_outbox_drafts_and_cache_are_apart() -> None:
    folder, user = Path("x"), UserId("1")
    paths = {outbox_path(folder, SPELT, "1"), drafts_path(folder, SPELT, user), cache_path(folder, SPELT, user)}

    assert len(paths | {drafts_path_by_name(folder, SPELT, "1")}) == 4


@pytest.mark.parametrize("address", ["ws://[::1:8765", "ws://localhost:99999", "ws://\ud800:1", "ws://x:y"])
def test_what_is_no_address_is_an_account_like_any_other(address: str) -> None:
    paths = {outbox_path(Path("x"), server, name) for server in (address, SPELT) for name in ("alice", "\ud800")}

    assert len(paths) == 4
