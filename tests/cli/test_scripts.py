"""What scripts get to read."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import attrs
import pytest
from chatcore_cli.scripts import Script

from chatcore import GENERAL, ChatClient, LoggedOut, Unreachable
from chatcore.adapters.outbox_file import OutboxFile
from chatcore.service import account_changes
from chatcore.testing import ChatWorld


def script(world: ChatWorld, client: ChatClient, write: Callable[[str], None], *, as_json: bool = False) -> Script:
    return Script(client, world.clock, lambda moment: moment.astimezone(UTC), write, as_json=as_json, is_ascii=True)


async def test_what_others_write_cannot_move_a_cursor() -> None:
    written: list[str] = []
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.post(await bob.conversation_with("alice"), "evil \u202e\u200btext ż")

        await script(world, alice, written.append).history("bob", 10)
        await script(world, alice, written.append).list()
        await script(world, alice, written.append, as_json=True).history("bob", 10)

    assert written[0] == "2023-11-14 22:13 bob: evil \ufffdtext ż"
    assert "evil \ufffdtext ż" in written[1]
    assert written[-1].isascii()
    assert json.loads(written[-1])["text"] == "evil \u202e\u200btext ż"


async def test_the_general_chat_has_two_names() -> None:
    written: list[str] = []
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        reading = script(world, bob, written.append)

        for name in ("general", "Everybody"):
            await script(world, alice, written.append).send(name, "hello")
            await reading.history(name, 1)

        assert [message.text for message in await bob.history(GENERAL)] == ["hello", "hello"]
    assert len(written) == 2


async def test_a_message_that_is_never_answered_is_told() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        await world.kill()

        with pytest.raises(Unreachable, match="no answer came in time"):
            await script(world, alice, print).send("general", "hello")


async def test_what_a_script_could_not_send_goes_out_with_the_next_program(tmp_path: Path) -> None:
    async with ChatWorld() as world:
        alice = await world.log_in("alice", keeper=OutboxFile(tmp_path / "outbox"))
        token = alice.token
        await world.kill()
        with pytest.raises(Unreachable, match="the message waits and goes out with the next start"):
            await script(world, alice, print).send("general", "first")
        await alice.__aexit__(None, None, None)
        await world.start()

        again = await world.client(token, OutboxFile(tmp_path / "outbox"))
        await world.settle()
        await script(world, again, print).send("general", "second")

        assert [message.text for message in await again.history(GENERAL)] == ["first", "second"]
        await again.__aexit__(None, None, None)


async def test_the_last_messages_come_oldest_first() -> None:
    written: list[str] = []
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await bob.conversation_with("alice")
        for number in range(5):
            await bob.post(conversation, f"line {number}")

        await script(world, alice, written.append).history("bob", 2)

    assert [line.rpartition(": ")[2] for line in written] == ["line 3", "line 4"]


async def test_who_is_logged_out_elsewhere_tails_what_has_come_and_is_told() -> None:
    written: list[str] = []
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        other = await world.client(alice.token)
        await other.synced()
        tailing = asyncio.ensure_future(script(world, other, written.append).tail())
        await world.settle()

        await bob.post(GENERAL, "hello")
        await world.settle()
        await alice.log_out()

        with pytest.raises(LoggedOut):
            await tailing
    assert [line.partition("hello")[1] for line in written] == ["hello"]


async def test_scripts_take_and_give_the_account_s_name_and_beside_it_what_people_see() -> None:
    written: list[str] = []
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.set_display_name("Robert B.")
        await script(world, alice, print).send("@bob", "hello")
        await bob.post(await bob.conversation_with("alice"), "hi")
        await world.settle()

        for as_json in (False, True):
            told = script(world, alice, written.append, as_json=as_json)
            await told.list()
            await told.history("bob", 1)

    row, general, message = written[:3]
    assert (row[14:30], message[17:]) == ("Robert B. @bob  ", "Robert B. @bob: hi")
    first, second, last = map(json.loads, written[3:])
    assert (first["name"], first["display_name"], second["name"]) == ("bob", "Robert B.", "general")
    assert [(each["sender"], each["sender_display_name"]) for each in (first["last"], last)] == [
        ("bob", "Robert B.")
    ] * 2
    assert "general" in general


async def test_scripts_are_told_who_is_disabled_and_who_is_gone() -> None:
    written: list[str] = []
    async with ChatWorld() as world:
        alice, bob, carol = await world.users("alice", "bob", "carol")
        await account_changes.disable(world.host.ctx, bob.me.id, "")
        await account_changes.erase(world.host.ctx, carol.me.id)
        await world.settle()

        await script(world, alice, written.append).list()
        await script(world, alice, written.append, as_json=True).list()

    assert {line[:26].rstrip() for line in written[:3]} == {
        "active      0 general",
        "disabled    0 bob",
        "disabled    0 deleted user",
    }
    rows = {each["display_name"]: each for each in map(json.loads, written[3:])}
    assert (rows["bob"]["disabled"], rows["bob"]["active"]) == (True, False)
    assert rows["deleted user"]["name"] == ""


async def test_on_a_terminal_long_lines_go_on_below_an_indent_and_elsewhere_they_stay_whole() -> None:
    shown: list[str] = []
    piped: list[str] = []
    text = "one two three four five six\nseven"
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.post(await bob.conversation_with("alice"), text)

        on_terminal = attrs.evolve(script(world, alice, shown.append), columns=lambda: 40)
        await on_terminal.history("bob", 1)
        await on_terminal.list()
        await script(world, alice, piped.append).history("bob", 1)

    assert shown[0].split("\n") == ["2023-11-14 22:13 bob: one two three", "    four five six", "    seven"]
    assert (len(shown[1]), shown[1][-1]) == (40, "…")
    assert piped == ["2023-11-14 22:13 bob: one two three four five six\n    seven"]


async def test_history_goes_back_from_a_message_and_as_far_as_there_are_any() -> None:
    written: list[str] = []
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await bob.conversation_with("alice")
        for number in range(1, 131):
            await bob.post(conversation, f"text {number}")
        reading = script(world, alice, written.append, as_json=True)

        await reading.history("bob", 2, 5)
        await reading.history("bob", None, 4)
        some = [json.loads(line)["seq"] for line in written]
        written.clear()
        await reading.history("bob", None)

    assert some == [3, 4, 1, 2, 3]
    assert [json.loads(line)["seq"] for line in written] == list(range(1, 131))
