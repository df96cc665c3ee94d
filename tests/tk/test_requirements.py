"""What the system must do, one requirement after the other, as a person at the window meets it."""

# ruff: noqa: N802 - a test is named after its requirement

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

import chatcore
from chatcore import ChatClient
from chatcore.testing.server_process import ServerProcess
from tests.tk.conftest import Open
from tests.tk.desktop import PASSWORD, Seen, Window
from tests.waiting import until

pytestmark = [pytest.mark.checkout, pytest.mark.needs("Xvfb"), pytest.mark.needs("xdotool")]


@asynccontextmanager
async def person(server: ServerProcess, name: str) -> AsyncIterator[ChatClient]:
    """Somebody else, without a window."""
    async with chatcore.connect(server.url) as client:
        try:
            await client.register(name, PASSWORD)
        except chatcore.NameTaken:
            await client.log_in(name, PASSWORD)
        yield client


async def say(sender: ChatClient, to: str, *texts: str) -> None:
    conversation = chatcore.GENERAL if to == "general" else await sender.conversation_with(to)
    for text in texts:
        await sender.post(conversation, text)


def names(seen: Seen) -> list[str]:
    return [row["name"] for row in seen["rows"]]


def row(seen: Seen, name: str) -> Seen:
    return next(row for row in seen["rows"] if row["name"] == name)


def messages(seen: Seen) -> list[tuple[str, str, str]]:
    return [(line["sender"], line["text"], line["foot"]) for line in seen["lines"] if "text" in line]


def texts(seen: Seen) -> list[str]:
    return [text for _, text, _ in messages(seen)]


# ---- the earlier stages


async def test_E1_E6_U1_a_registered_user_writes_to_the_chosen_one(open_window: Open, server: ServerProcess) -> None:
    async with person(server, "bob") as bob:
        alice = await open_window("alice")
        await alice.find("bob")

        await alice.write("hello bob")

        await alice.until(lambda seen: messages(seen) and messages(seen)[0][2].endswith("✓"))
        stored = await bob.history(await bob.conversation_with("alice"))
        assert [message.text for message in stored] == ["hello bob"]


async def test_E2_E3_what_the_chosen_user_writes_appears(open_window: Open, server: ServerProcess) -> None:
    async with person(server, "bob") as bob, person(server, "carol") as carol:
        alice = await open_window("alice")
        await say(bob, "alice", "one")
        await say(carol, "alice", "from somebody else")
        await alice.find("bob")

        await say(bob, "alice", "two")

        seen = await alice.until(lambda seen: len(messages(seen)) == 2)
        assert texts(seen) == ["one", "two"]


async def test_E5_a_message_to_everybody_goes_to_the_general_chat(open_window: Open, server: ServerProcess) -> None:
    async with person(server, "bob") as bob:
        alice = await open_window("alice")
        await alice.find("General")

        await alice.write("hello, everybody")

        await until(lambda: bob.replica.rows[0].last and bob.replica.rows[0].last.text == "hello, everybody")


async def test_E7_a_user_who_is_known_logs_in(open_window: Open, server: ServerProcess) -> None:
    async with person(server, "alice"):
        pass

    alice = await open_window("alice", register=False)

    assert (await alice.see())["me"] == "alice"


# ---- the task


async def test_E4_T1_T4_T5_the_list_is_sorted_and_has_status_and_unread_numbers(
    open_window: Open, server: ServerProcess
) -> None:
    async with person(server, "dave"), person(server, "carol") as carol, person(server, "zoe") as zoe:
        async with person(server, "bob"):
            pass
        alice = await open_window("alice")
        await say(carol, "alice", "first")
        await say(zoe, "alice", "second", "third")

        seen = await alice.until(
            lambda seen: (
                names(seen)[:2] == ["zoe", "carol"]
                and row(seen, "zoe")["preview"] == "third"
                and not row(seen, "bob")["active"]
            )
        )

        assert names(seen) == ["zoe", "carol", "dave", "General chat", "bob"]
        assert [row(seen, name)["badge"] for name in ("zoe", "carol", "dave")] == ["2", "1", ""]
        assert [row(seen, name)["active"] for name in ("zoe", "dave", "bob")] == [True, True, False]
        assert row(seen, "zoe")["preview"] == "third"
        assert seen["title"] == "(3) chatcore"


async def test_T2_T7e_the_status_of_a_message_changes_under_ones_eyes(open_window: Open, server: ServerProcess) -> None:
    async with person(server, "bob") as bob:
        alice = await open_window("alice")
        await alice.find("bob")
        await alice.write("read me")
        await alice.until(lambda seen: messages(seen) and messages(seen)[0][2].endswith(" ✓"))

        await bob.mark_read(await bob.conversation_with("alice"), 1)

        await alice.until(lambda seen: messages(seen)[0][2].endswith("✓✓"))


async def test_T5_pressing_a_row_opens_its_history(open_window: Open, server: ServerProcess) -> None:
    async with person(server, "bob") as bob:
        alice = await open_window("alice")
        await say(bob, "alice", "from the past")
        seen = await alice.until(lambda seen: names(seen)[0] == "bob")
        roster_top = 110  # somewhere in the first row, below head and filter

        await alice.press(60, roster_top + row(seen, "bob")["y"])

        seen = await alice.until(messages)
        assert texts(seen) == ["from the past"]
        assert seen["head"] == ["bob", "active"]
        assert row(seen, "bob")["selected"]


async def test_T7a_T7b_T7c_who_registers_comes_and_goes_is_seen_at_once(
    open_window: Open, server: ServerProcess
) -> None:
    alice = await open_window("alice")
    assert names(await alice.see()) == ["General chat"]

    async with person(server, "bob") as bob:
        await alice.until(lambda seen: "bob" in names(seen) and row(seen, "bob")["active"])

        await bob.log_out()

        await alice.until(lambda seen: not row(seen, "bob")["active"])


async def test_T7d_the_open_conversation_stays_selected_while_the_list_is_sorted_anew(
    open_window: Open, server: ServerProcess
) -> None:
    async with person(server, "bob") as bob, person(server, "carol") as carol:
        alice = await open_window("alice")
        await say(bob, "alice", "hi")
        await alice.find("bob")

        await say(carol, "alice", "news", "more news")

        seen = await alice.until(lambda seen: names(seen)[0] == "carol" and row(seen, "carol")["badge"] == "2")
        assert row(seen, "bob")["selected"]
        assert texts(seen) == ["hi"]


async def test_T8_a_message_is_read_only_when_it_was_seen_in_an_active_window(
    open_window: Open, server: ServerProcess
) -> None:
    async with person(server, "bob") as bob:
        alice = await open_window("alice")
        other = await open_window("eve")
        await alice.focus()
        await alice.find("bob")
        await other.focus()
        await alice.until(lambda seen: not seen["focused"])

        for number in (1, 2, 3):  # one after the other, so that a mark of the first would have come back by the third
            await say(bob, "alice", "are you there?")
            await alice.until(lambda seen, number=number: seen["title"] == f"({number}) chatcore")  # type: ignore[misc]

        seen = await alice.until(lambda seen: len(messages(seen)) == 3)
        assert [foot.endswith("•") for _, _, foot in messages(seen)] == [True] * 3
        await alice.focus()
        seen = await alice.until(lambda seen: not messages(seen)[0][2].endswith("•"))
        conversation = await bob.conversation_with("alice")
        bob.opened(conversation)
        await until(lambda: [i.readers for i in bob.replica.timeline(conversation)] == [1, 1, 1])
        await alice.until(lambda seen: seen["title"] == "chatcore")


async def test_T9_bubbles_stand_left_and_right_with_sender_time_and_status(
    open_window: Open, server: ServerProcess
) -> None:
    async with person(server, "bob") as bob:
        alice = await open_window("alice")
        await say(bob, "alice", "left")
        await alice.find("bob")

        await alice.write("right")

        seen = await alice.until(lambda seen: len(messages(seen)) == 2 and seen["lines"][-1]["foot"].endswith("✓"))
        left, right = [line for line in seen["lines"] if "text" in line]
        assert (left["sender"], left["text"], left["own"]) == ("bob", "left", False)
        assert (right["sender"], right["text"], right["own"]) == ("You", "right", True)
        assert left["foot"][2] == right["foot"][2] == ":"
        assert {"separator": "Today"} in seen["lines"]


async def test_U2_two_windows_chat_with_each_other(open_window: Open) -> None:
    alice = await open_window("alice")
    bob = await open_window("bob")
    await alice.until(lambda seen: "bob" in names(seen))
    await alice.focus()
    await alice.find("bob")
    await alice.write("hello from alice")
    await bob.until(lambda seen: names(seen)[0] == "alice" and row(seen, "alice")["badge"] == "1")

    await bob.focus()
    await bob.find("alice")
    await bob.write("hello from bob")

    seen = await bob.until(lambda seen: len(messages(seen)) == 2)
    assert texts(seen) == ["hello from alice", "hello from bob"]
    seen = await alice.until(lambda seen: len(messages(seen)) == 2 and "✓✓" in messages(seen)[0][2])
    assert texts(seen) == ["hello from alice", "hello from bob"]


async def leaves(window: Window) -> None:
    await window.keys("ctrl+q")
    assert await window.process.wait() == 0
