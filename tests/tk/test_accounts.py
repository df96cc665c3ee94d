"""Several accounts in one window, as a person with the mouse and the keys has them."""

import json
from pathlib import Path

import pytest

from chatcore.testing.server_process import ServerProcess
from tests.tk.conftest import Open
from tests.tk.desktop import PASSWORD, Window, window
from tests.tk.test_refused import ends
from tests.tk.test_requirements import leaves

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]


async def walk(at: Window, key: str, entry: str) -> None:
    """Press a key in a menu until it has come to an entry."""
    await at.until(lambda seen: seen["keyboard"] == "menu")
    for _ in range(30):
        before = (await at.see())["entry"]
        if before.startswith(entry):
            return
        await at.keys(key)
        await at.until(lambda seen, before=before: seen["entry"] != before)  # type: ignore[misc]
    pytest.fail(f"there is no {entry}")


async def choose(at: Window, account: str) -> None:
    """Choose in the menu of accounts."""
    await at.keys("F10")
    await walk(at, "Up", "Accounts")
    await at.keys("Right")
    await at.until(lambda seen: seen["entry"] not in {"", "Accounts"})
    await walk(at, "Down", account)
    await at.keys("Return")


async def add(at: Window, name: str) -> None:
    """Register another account from the chat of one."""
    await choose(at, "Another account")
    await at.until(lambda seen: seen["form"] and not seen["name"])
    await at.type(name)
    await at.keys("Tab")
    await at.type(PASSWORD)
    await at.keys("Tab", "Tab", "space")
    await at.until(lambda seen: seen["me"] == name and seen["status"] == "online" and seen["rows"])


async def test_one_goes_from_account_to_account_without_a_password_and_finds_each_draft_again(
    open_window: Open,
) -> None:
    at = await open_window("alice")
    await at.find("General")
    await at.type("of alice")
    await add(at, "bob")
    await at.find("General")
    await at.until(lambda seen: seen["written"] == "")
    await at.type("of bob")

    await choose(at, "alice")
    alice = await at.until(lambda seen: seen["me"] == "alice" and seen["status"] == "online" and seen["written"])
    await choose(at, "bob")
    bob = await at.until(lambda seen: seen["me"] == "bob" and seen["status"] == "online" and seen["written"])

    assert (alice["written"], alice["head"][0]) == ("of alice", "General chat")
    assert (bob["written"], bob["head"][0]) == ("of bob", "General chat")
    profiles = json.loads(next(at.home.rglob("profiles.json")).read_text())["profiles"]
    assert [profile["name"] for profile in profiles] == ["bob", "alice"]
    assert all(profile["sessions"]["window"] for profile in profiles)


async def test_what_waits_in_one_account_is_said_at_leaving_it_and_goes_out_at_coming_back(
    open_window: Open, server: ServerProcess
) -> None:
    at = await open_window("alice")
    await add(at, "bob")
    await at.find("General")
    await server.kill()
    await at.until(lambda seen: seen["status"].startswith("offline"))
    await at.write("later")
    await at.until(lambda seen: ends(seen) == [("later", "◷")])

    await choose(at, "alice")
    said = await at.until(lambda seen: seen["me"] == "alice" and seen["notice"])
    await server.start()
    await at.until(lambda seen: seen["status"] == "online")
    await at.find("General")
    not_of_alice = await at.until(lambda seen: seen["said"])
    await choose(at, "bob")

    await at.until(lambda seen: seen["me"] == "bob" and ends(seen) == [("later", "✓")])
    assert said["notice"].startswith("1 message of bob is not sent yet: it goes out when you are bob again.")
    assert not not_of_alice["lines"]


async def test_the_next_start_goes_on_with_the_account_chosen_last_though_no_server_was_there(
    open_window: Open, display: str, server: ServerProcess, tmp_path: Path
) -> None:
    at = await open_window("alice")
    await add(at, "bob")
    await server.kill()
    await at.until(lambda seen: seen["status"].startswith("offline"))
    await choose(at, "alice")
    await at.until(lambda seen: seen["me"] == "alice")
    await leaves(at)

    async with window(display, tmp_path / "alice", server.url) as again:
        await again.until(lambda seen: seen["me"] == "alice")


async def test_from_the_log_in_one_goes_back_to_an_account_that_is_logged_in(open_window: Open) -> None:
    at = await open_window("alice")
    await choose(at, "Another account")
    seen = await at.until(lambda seen: seen["form"] and not seen["name"])

    await at.keys("Tab", "Tab", "Tab", "Tab", "Return")  # over the password and both buttons
    await walk(at, "Down", "alice")
    await at.keys("Return")

    await at.until(lambda seen: seen["me"] == "alice" and seen["status"] == "online")
    assert "Go on as…" in seen["shown"]
