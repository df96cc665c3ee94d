"""Where text is written."""

from pathlib import Path

import pytest
from chatcore_cli.cells import width
from chatcore_cli.composer import Composer
from prompt_toolkit.document import Document
from prompt_toolkit.key_binding.bindings.basic import load_basic_bindings
from prompt_toolkit.key_binding.bindings.emacs import load_emacs_bindings
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys

from chatcore.adapters.drafts_file import DraftsFile
from chatcore.testing import ChatWorld
from chatcore.view.drafts import Drafts
from tests.cli.emulator import BACKSPACE, CTRL_C, CTRL_N, CTRL_P, DOWN, ENTER, F1, LEFT, TAB, UP, alt, paste, terminal
from tests.waiting import until


async def test_each_conversation_keeps_its_draft() -> None:
    async with ChatWorld() as world:
        alice, _, _ = await world.users("alice", "bob", "carol")
        async with terminal(world, alice) as t:
            await t.open("bob")
            await t.type("for bob", CTRL_N)
            assert "for bob" not in t.lines[-2]
            assert t.roster[1].strip() == "Draft: for bob"

            await t.type("for carol", CTRL_P)

            assert "> for bob" in t.lines[-2]


async def test_a_draft_comes_back_when_an_old_message_was_looked_at() -> None:
    async with ChatWorld() as world:
        alice, _, _ = await world.users("alice", "bob", "carol")
        async with terminal(world, alice) as t:
            await t.open("bob")
            await t.type("an old one", ENTER, "my draft", UP)
            assert "> an old one" in t.lines[-2]

            await t.type(CTRL_N, CTRL_P)
            assert "> my draft" in t.lines[-2]

            await t.type(UP, DOWN)
            assert "> my draft" in t.lines[-2]


async def test_an_old_message_that_is_sent_again_leaves_the_draft_as_it_was() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type("again", ENTER, "my draft", UP, ENTER)
            await t.settle()

            assert "> my draft" in t.lines[-2]
            log = await bob.history(await bob.conversation_with("alice"))
            assert [message.text for message in log] == ["again", "again"]


async def test_an_old_message_that_was_changed_is_kept_beside_the_draft() -> None:
    async with ChatWorld() as world:
        alice, _, _ = await world.users("alice", "bob", "carol")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type("old", ENTER, "my draft", UP, " and new", CTRL_N, CTRL_P)

            assert [line[25:].strip() for line in t.lines[-3:-1]] == ["> my draft", "old and new"]


@pytest.mark.parametrize("help_is_open", [False, True])
async def test_no_key_of_a_shell_takes_the_text_away(help_is_open: bool) -> None:
    """Those that cut keep what they took for Ctrl+Y; with the help in view none does anything to it."""
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")
            composer, bob = t.screen.desk.composer, t.screen.desk.talk.conversation
            keys = {binding.keys for binding in load_emacs_bindings().bindings + load_basic_bindings().bindings}
            for stroke in sorted(keys, key=str):
                closes_help = help_is_open and stroke[0] is Keys.Escape
                if stroke in DELETE or set(stroke) & UNFIT or closes_help:
                    continue
                composer.buffer.reset(Document("my draft", 3))
                t.screen.desk.is_helping = help_is_open
                t.screen.focus()
                for key in stroke:
                    t.app.key_processor.feed(KeyPress(key))
                t.app.key_processor.process_keys()
                await t.settle(0)

                t.screen.desk.writing.switch(bob)  # from wherever the key has led
                cut = "" if help_is_open else t.app.clipboard.get_data().text
                assert len(composer.text + cut) >= len("my draft"), (stroke, composer.text)
                assert not help_is_open or composer.text == "my draft", stroke


DELETE = {(Keys.ControlH,), (Keys.ControlD,), (Keys.Delete,), (Keys.ControlDelete,)}
"""Those delete a character."""

UNFIT = {
    *(Keys.ControlC, Keys.ControlQ, Keys.ControlZ, Keys.Enter),
    *(Keys.CPRResponse, Keys.SIGINT, Keys.Any, Keys.BracketedPaste),
}
"""They throw away, leave, send, or are no keys."""


async def test_ctrl_c_closes_the_help_and_leaves_what_is_written_below() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type("my draft", F1, CTRL_C)

            assert "> my draft" in t.lines[-2]
            await t.type(CTRL_C)
            assert "> Write to bob" in t.lines[-2]


async def test_drafts_are_on_disk_a_second_after_they_were_written_and_there_at_the_next_start(tmp_path: Path) -> None:
    async with ChatWorld() as world:
        alice, _, _ = await world.users("alice", "bob", "carol")
        kept = Drafts(DraftsFile(tmp_path / "drafts"))
        kept.open()
        async with terminal(world, alice, drafts=kept) as t:
            await t.open("bob")
            await t.type("for bob", CTRL_N, "for carol")
            t.clock.advance()
            await t.settle(0)
            on_disk = (tmp_path / "drafts").read_text()
        kept.close()

        again = Drafts(DraftsFile(tmp_path / "drafts"))
        again.open()
        async with terminal(world, alice, drafts=again) as t:
            assert [line.strip() for line in t.roster if "Draft" in line] == ["Draft: for bob", "Draft: for carol"]
            await t.open("bob")
            assert "> for bob" in t.lines[-2]
            await t.type(ENTER)
            after = (tmp_path / "drafts").read_text()
        again.close()

    assert "for bob" in on_disk
    assert "for carol" in on_disk
    assert '"dropped"' in after


async def test_a_pasted_text_of_several_lines_is_not_sent_by_itself() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type(paste("one\r\ntwo"))
            assert [line[25:] for line in t.lines[-3:-1]] == [" > one", "   two"]

            await t.type(ENTER)
            await t.settle()
            assert [m.text for m in await bob.history(await bob.conversation_with("alice"))] == ["one\ntwo"]


async def test_joined_emoji_are_written_apart_and_sent_as_they_were() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type("a👨‍👩‍👧b🇵🇱c")
            assert t.lines[-2][25:] == " > a👨👩👧bPLc"
            assert t.glass.screen.cursor.x == 25 + width(" > a👨👩👧bPLc")

            await t.type(*[LEFT] * 4, "x")
            assert t.lines[-2][25:] == " > a👨👩👧xbPLc"

            await t.type(ENTER)
            await t.settle()
            assert [m.text for m in await bob.history(await bob.conversation_with("alice"))] == ["a👨‍👩‍👧xb🇵🇱c"]


async def test_backspace_takes_what_can_be_seen() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")
            await t.type(BACKSPACE, "a👨‍👩‍👧❤️👍🏽")

            seen = []
            for _ in range(6):
                await t.type(BACKSPACE)
                seen.append(t.lines[-2][25:].removeprefix(" > "))

            assert seen == ["a👨👩👧❤", "a👨👩👧", "a👨👩", "a👨", "a", "Write to bob"]


async def test_alt_enter_begins_a_line_and_the_composer_grows() -> None:
    async with ChatWorld() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type("1", *(alt(ENTER) + str(number) for number in range(2, 12)))

            assert [line[25:].strip(" >") for line in t.lines[-9:-1]] == [str(number) for number in range(4, 12)]


async def test_a_message_that_is_too_long_stays_written() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type(paste("x" * 4_001), ENTER)
            await t.settle()

            assert "at most 4000 characters; this one has 4001" in t.lines[-1]
            assert len(t.screen.desk.composer.text) == 4_001
            assert await bob.history(await bob.conversation_with("alice")) == []


async def test_white_space_alone_is_not_sent() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type("   ", ENTER)
            await t.settle()

            assert await bob.history(await bob.conversation_with("alice")) == []


@pytest.mark.parametrize(
    ("written", "completed"),
    [
        ("bo", "bob: "),
        ("hello bo", "hello bob "),
        ("ask @bo", "ask @bob "),
        ("/he", "/help "),
        ("/open car", "/open carol "),
    ],
)
async def test_tab_completes_names_and_commands(written: str, completed: str) -> None:
    async with ChatWorld() as world:
        alice, _, _ = await world.users("alice", "bob", "carol")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await t.type(written, TAB)
            await t.settle(0)

            assert t.screen.desk.composer.text == completed


@pytest.mark.parametrize(
    ("written", "completed"),
    [("Rob", "Robert: "), ("bo", "bob: "), ("/open Rob", "/open bob "), ("/open @bo", "/open @bob ")],
)
async def test_tab_completes_both_names_and_has_the_account_s_opened(written: str, completed: str) -> None:
    async with ChatWorld() as world:
        alice, bob, _ = await world.users("alice", "bob", "carol")
        await bob.set_display_name("Robert")
        async with terminal(world, alice) as t:
            await t.open("carol")

            await t.type(written, TAB)
            await t.settle(0)

            assert t.screen.desk.composer.text == completed


async def test_where_several_names_suit_tab_walks_through_them_and_enter_takes_one() -> None:
    async with ChatWorld() as world:
        alice, _, _ = await world.users("alice", "bob1", "bob2")
        async with terminal(world, alice) as t:
            await t.open("bob1")

            await t.type("b", TAB)
            assert t.screen.desk.composer.text == "bob"
            assert "bob2" in t.lines[-1] or "bob2" in t.text
            await t.type(TAB, TAB)
            await t.type(ENTER)

            assert t.screen.desk.composer.text == "bob2: "


def test_what_could_not_be_sent_stands_before_what_was_written_meanwhile_and_can_be_fetched_again() -> None:
    composer = Composer(list, {})
    composer.show("sent")
    composer.sent()
    composer.show("meanwhile")

    composer.give_back("sent")

    assert composer.text == composer.unsent == "sent\nmeanwhile"


async def test_one_writes_on_in_one_s_own_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "%s, and the rest\\n\\n" "$(cat "$1")" > "$1"\n')
    editor.chmod(0o755)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", str(editor))
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("bob")
            await t.type("begun", alt("v"))
            await until(lambda: t.screen.desk.written != "begun")
            await t.type(ENTER)
            await t.settle()

    assert [row.last.text for row in bob.replica.rows if row.last] == ["begun, and the rest"]
