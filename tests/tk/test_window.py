"""The window beside the requirement rows: the way in and out, keys and mouse, what is remembered, bad input."""

import json
import stat
from pathlib import Path

import pytest

from chatcore.testing.server_process import ServerProcess
from tests.tk.conftest import Open
from tests.tk.desktop import PASSWORD, window
from tests.tk.test_requirements import leaves, messages, names, person, row, say, texts
from tests.waiting import until

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]

HEAD = 110
"""Pixels above the list."""


# ---- the way in and out


async def test_a_wrong_address_is_told_beside_the_server_and_nothing_typed_is_lost(
    display: str, tmp_path: Path
) -> None:
    async with window(display, tmp_path / "home", "ws://127.0.0.1:1") as alice:
        await alice.enter("alice", register=False)

        seen = await alice.until(lambda seen: seen["errors"]["server"])

        assert "127.0.0.1:1" in seen["errors"]["server"]
        assert (seen["server"], seen["name"]) == ("ws://127.0.0.1:1", "alice")


async def test_a_refused_log_in_is_told_beside_its_field(open_window: Open) -> None:
    alice = await open_window("alice", register=None)

    await alice.enter("alice", register=False)

    await alice.until(lambda seen: seen["errors"]["password"] == "The name or the password is wrong.")
    await alice.keys("shift+Tab", "ctrl+a")
    await alice.type("general")
    await alice.keys("Tab", "Tab", "Tab", "space")  # over password and log-in to the button that registers
    await alice.until(lambda seen: "cannot be used" in seen["errors"]["name"])


async def test_the_session_is_remembered_for_this_user_alone_and_the_password_never(
    open_window: Open, display: str, server: ServerProcess, tmp_path: Path
) -> None:
    async with person(server, "bob") as bob:
        await say(bob, "general", "hello")
        alice = await open_window("alice")
        await alice.find("General")
        await alice.keys("ctrl+t", "ctrl+plus")
        await alice.until(lambda seen: seen["dark"])
        await leaves(alice)

        async with window(display, tmp_path / "alice", server.url) as again:
            seen = await again.until(lambda seen: seen["head"][0] == "General chat" and texts(seen) == ["hello"])

            assert (seen["me"], seen["dark"], seen["size"]) == ("alice", True, 12)
    files = [path for path in (tmp_path / "alice").rglob("*") if path.is_file()]
    assert not any(PASSWORD in path.read_text(errors="replace") for path in files)
    profiles = next(path for path in files if path.name == "profiles.json")
    assert stat.S_IMODE(profiles.stat().st_mode) == 0o600


async def test_log_out_returns_to_the_log_in_and_ends_the_session(open_window: Open, server: ServerProcess) -> None:
    alice = await open_window("alice")
    await alice.focus()
    await alice.keys("F10")
    await alice.until(lambda seen: seen["keyboard"] == "menu")
    await alice.keys("Up", "Up", "Up", "Return")  # the first, the last, and the one above it

    seen = await alice.until(lambda seen: seen["form"])

    assert seen["name"] == "alice"
    profiles = json.loads(next(alice.home.rglob("profiles.json")).read_text())["profiles"]
    assert [profile["token"] for profile in profiles] == [None]
    await alice.type(PASSWORD)
    await alice.keys("Return")
    await alice.until(lambda seen: not seen["form"] and seen["status"] == "online")


async def test_the_window_closes_cleanly_while_it_is_offline_and_while_it_connects(
    open_window: Open, display: str, server: ServerProcess, tmp_path: Path
) -> None:
    alice = await open_window("alice")
    await server.kill()
    await alice.until(lambda seen: seen["status"] == "offline")
    await alice.focus()
    await leaves(alice)

    async with window(display, tmp_path / "alice", server.url) as again:
        await again.until(lambda seen: seen["banner"])
        await again.focus()
        await leaves(again)


async def test_offline_nothing_says_that_a_conversation_has_no_messages_unless_it_is_known(
    open_window: Open, server: ServerProcess
) -> None:
    async with person(server, "bob") as bob, person(server, "carol"):
        alice = await open_window("alice")
        await say(bob, "alice", "hello")
        await alice.find("carol")
        await alice.until(lambda seen: seen["said"] == "No messages yet. Write the first one.")
        await server.kill()
        await alice.until(lambda seen: seen["status"] == "offline")

        await alice.find("bob")
        await alice.until(lambda seen: seen["said"] == "The messages come with the connection.")

        await server.start()
        await alice.until(lambda seen: texts(seen) == ["hello"])


async def test_that_nobody_has_a_name_is_said_although_nothing_was_opened_yet(
    open_window: Open, server: ServerProcess
) -> None:
    async with person(server, "bob"):
        alice = await open_window("alice")
        await alice.until(lambda seen: "bob" in names(seen))

        await alice.type("zz")

        await alice.until(lambda seen: seen["nobody"] == "Nobody has this in the name.")


# ---- keys and mouse


async def test_keys_lead_through_the_conversations(open_window: Open, server: ServerProcess) -> None:
    async with person(server, "bob") as bob, person(server, "carol") as carol:
        alice = await open_window("alice")
        await say(carol, "alice", "older")
        await say(bob, "alice", "newer")
        await alice.until(lambda seen: names(seen)[:2] == ["bob", "carol"] and seen["still"])

        for keys, name in (
            ("ctrl+1", "bob"),
            ("ctrl+Tab", "carol"),
            ("ctrl+shift+Tab", "bob"),
            ("ctrl+3", "General chat"),
        ):
            await alice.keys(keys)
            await alice.until(lambda seen, name=name: seen["head"][0] == name)  # type: ignore[misc]


async def test_shift_enter_begins_a_line_and_drafts_stay_with_their_conversation(
    open_window: Open, server: ServerProcess
) -> None:
    async with person(server, "bob") as bob, person(server, "carol"):
        alice = await open_window("alice")
        await alice.find("bob")
        await alice.type("one")
        await alice.keys("shift+Return")
        await alice.type("two")
        await alice.find("carol")
        assert (await alice.see())["written"] == ""

        await alice.find("bob")
        await alice.keys("Return")

        await until(lambda: bob.replica.rows[0].last and bob.replica.rows[0].last.text == "one\ntwo")
        seen = await alice.until(messages)
        assert texts(seen) == ["one\ntwo"]


async def test_the_wheel_scrolls_and_new_messages_do_not_tear_the_view_away(
    open_window: Open, server: ServerProcess
) -> None:
    async with person(server, "bob") as bob:
        alice = await open_window("alice")
        await say(bob, "alice", *(f"number {number}" for number in range(1, 61)))
        await alice.find("bob")
        await alice.keys("ctrl+End")
        await alice.until(lambda seen: texts(seen)[-1:] == ["number 60"])

        for _ in range(8):
            await alice.press(600, 300, button=4)
        before = texts(await alice.until(lambda seen: texts(seen)[-1] != "number 60"))
        await say(bob, "alice", "number 61")

        seen = await alice.until(lambda seen: seen["jump"] == "↓ 1 new")
        assert texts(seen) == before
        await alice.keys("End")
        await alice.until(lambda seen: texts(seen)[-1] == "number 61" and not seen["jump"])
        await alice.keys("ctrl+Home")
        await alice.until(lambda seen: seen["count"] == 61)  # what is older comes without a jump
        await alice.keys("ctrl+Home")
        await alice.until(lambda seen: texts(seen)[:1] == ["number 1"])


async def test_narrow_windows_show_list_and_conversation_in_turn(open_window: Open, server: ServerProcess) -> None:
    async with person(server, "bob"):
        alice = await open_window("alice")
        await alice.find("bob")
        wide = (await alice.see())["talk"][0]

        await alice.resize(480, 640)

        await alice.until(lambda seen: not seen["rows"])
        await alice.keys("Escape")
        await alice.until(lambda seen: "bob" in names(seen))
        await alice.resize(980, 640)
        await alice.until(lambda seen: seen["talk"][0] == wide)


async def test_a_name_that_does_not_fit_ends_in_an_ellipsis(open_window: Open, server: ServerProcess) -> None:
    long = "m" * 32
    async with person(server, long):
        alice = await open_window("alice")
        await alice.find("General")
        await alice.keys("ctrl+2")
        await alice.until(lambda seen: seen["head"][0] == long)

        await alice.resize(400, 640)

        seen = await alice.until(lambda seen: seen["head"][0].endswith("…"))
        assert seen["head"][0][:10] == long[:10]
        await alice.resize(980, 640)
        await alice.until(lambda seen: seen["head"][0] == long)


async def test_the_window_speaks_polish(open_window: Open) -> None:
    alice = await open_window("alice", lang="pl")

    seen = await alice.see()

    assert seen["status"] == "połączono"
    assert "Czat ogólny" in names(seen)


# ---- bad input


async def test_texts_of_others_are_data(open_window: Open, server: ServerProcess) -> None:
    evil = "[exec touch evil] $env(HOME) {unbalanced \\ ; destroy . %W"
    async with person(server, "bob") as bob:
        alice = await open_window("alice")
        await say(bob, "alice", evil, "\u202eback to front", "tab\there")

        await alice.find("bob")

        seen = await alice.until(lambda seen: len(messages(seen)) == 3)
        assert [text.replace("\n", "") for text in texts(seen)] == [evil, "\ufffdback to front", "tab    here"]
        assert row(seen, "bob")["preview"] == "tab    here"


async def test_a_text_that_is_too_long_stays_in_the_field_with_a_sentence(open_window: Open) -> None:
    alice = await open_window("alice")
    await alice.find("General")

    await alice.ask("post " + "x" * 4_001)

    seen = await alice.until(lambda seen: seen["notice"])
    assert seen["notice"] == "A message has at most 4000 characters; this one has 4001."
    assert len(seen["written"]) == 4_001


@pytest.mark.parametrize("name", ["profiles.json", "window.json"])
async def test_a_damaged_file_is_told_and_stops_nothing(
    display: str, server: ServerProcess, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "home" / "chatcore"
    folder.mkdir(parents=True)
    (folder / name).write_text('{"size": "large"')

    async with window(display, tmp_path / "home", server.url) as alice:
        seen = await alice.until(lambda seen: seen["form"] and seen["message"])

        assert name in seen["message"]
    assert (folder / f"{name}.damaged").read_text() == '{"size": "large"'
