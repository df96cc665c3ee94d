"""The scenario that every frontend shows in the same way: inherit it, give it a stage, get the tests."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol

import attrs

from ..client.client import ChatClient
from ..domain.conversations import GENERAL

PATIENCE = 400
"""How often a frontend is looked at before something that is to be seen counts as missing."""


@attrs.frozen
class ShownRow:
    """A line of the list, as somebody sees it."""

    name: str
    "With the account's name behind it, where that is shown."
    active: bool
    badge: str = ""
    is_disabled: bool = False
    "Whether it is drawn as one to whom nobody can write."


@attrs.frozen
class ShownMessage:
    """A message, as somebody sees it."""

    sender: str
    text: str
    status: str
    "The ticks of sent messages (◷ ✓ ✓✓ !), `read` or `unread` of received ones."


@attrs.frozen
class Shown:
    """What is to be seen: the list from above, the open conversation from above, whether the program is online."""

    rows: tuple[ShownRow, ...]
    messages: tuple[ShownMessage, ...]
    is_online: bool


class Frontend(Protocol):
    """Drives one program as its user does, in English. The user is logged in, and looks at the program."""

    async def open(self, name: str) -> None:
        """Choose a conversation in the list by the name that it has there."""

    async def write(self, text: str) -> None:
        """Write one line in the open conversation and send it."""

    async def look(self, *, at_it: bool) -> None:
        """Look at the program, or elsewhere."""

    async def shown(self) -> Shown:
        """Read what is to be seen at this moment."""


Operation = Literal["rename", "display-name", "disable", "enable", "erase"]


class Stage(Protocol):
    """A server, one frontend under test, and other people."""

    async def person(self, name: str) -> ChatClient:
        """Let somebody register, without a frontend."""

    async def frontend(self, name: str) -> Frontend:
        """Let somebody register with the frontend under test."""

    async def operate(self, operation: Operation, name: str, value: str = "") -> None:
        """Change the account of a name, as whoever runs the chat does; `value` is the new name or the reason."""

    async def stop(self) -> None:
        """Stop the server: nobody is connected any more."""

    async def start(self) -> None:
        """Start it again."""

    async def wait(self) -> None:
        """Let a moment pass."""


Staged = AbstractAsyncContextManager[Stage]
"""A stage that is to be set up, and cleared after the test."""


def row(name: str, badge: str = "", *, active: bool = True, disabled: bool = False) -> ShownRow:
    """Write a row short."""
    return ShownRow(name, active, badge, disabled)


class FrontendScenario:
    """Give the fixture `staged`: a context manager that gives a fresh `Stage` to each test."""

    async def test_after_log_in_the_list_is_there_in_order(self, staged: Staged) -> None:
        """Rows with status and badges, sorted; the program is online."""
        async with staged as stage:
            bob, _ = await stage.person("bob"), await stage.person("carol")
            frontend = await stage.frontend("alice")
            await _say(bob, "alice", "one", "two")

            await _until(stage, frontend, rows=(row("bob", "2"), row("carol"), row("General chat")), is_online=True)

    async def test_a_conversation_that_is_started_appears_on_both_sides(self, staged: Staged) -> None:
        """The row moves up here and there, with a badge there."""
        async with staged as stage:
            bob, _ = await stage.person("bob"), await stage.person("anna")
            frontend = await stage.frontend("alice")
            await _until(stage, frontend, rows=(row("anna"), row("bob"), row("General chat")))
            await frontend.open("bob")

            await frontend.write("hello bob")

            await _until(stage, frontend, rows=(row("bob"), row("anna"), row("General chat")))
            await _until(stage, frontend, messages=(ShownMessage("You", "hello bob", "✓"),))
            assert [(r.name, r.unread) for r in bob.replica.rows[:1]] == [("alice", 1)]

    async def test_messages_come_live_and_are_ticked_when_they_are_read(self, staged: Staged) -> None:
        """Received ones appear as read, sent ones get their second tick."""
        async with staged as stage:
            bob = await stage.person("bob")
            frontend = await stage.frontend("alice")
            await _until(stage, frontend, rows=(row("bob"), row("General chat")))
            await frontend.open("bob")
            await frontend.write("are you there?")
            await _until(stage, frontend, messages=(ShownMessage("You", "are you there?", "✓"),))

            await bob.mark_read(await bob.conversation_with("alice"), 1)
            await _say(bob, "alice", "yes")

            mine, his = ShownMessage("You", "are you there?", "✓✓"), ShownMessage("bob", "yes", "read")
            await _until(stage, frontend, messages=(mine, his))
            await _until(stage, frontend, rows=(row("bob"), row("General chat")))

    async def test_a_message_is_read_only_when_somebody_looks(self, staged: Staged) -> None:
        """It waits as unread, with a badge, until somebody looks."""
        async with staged as stage:
            bob = await stage.person("bob")
            frontend = await stage.frontend("alice")
            await _until(stage, frontend, rows=(row("bob"), row("General chat")))
            await frontend.open("bob")
            await frontend.look(at_it=False)

            unseen = tuple(ShownMessage("bob", text, "unread") for text in ("nobody", "sees", "this"))
            for count in (1, 2, 3):  # one after the other: a mark of the first would have come back by the third
                await _say(bob, "alice", unseen[count - 1].text)
                await _until(
                    stage, frontend, messages=unseen[:count], rows=(row("bob", str(count)), row("General chat"))
                )
            await frontend.look(at_it=True)

            seen = tuple(attrs.evolve(message, status="read") for message in unseen)
            await _until(stage, frontend, messages=seen, rows=(row("bob"), row("General chat")))

    async def test_who_comes_and_goes_is_shown(self, staged: Staged) -> None:
        """Registering adds a row, logging out changes its dot and its place."""
        async with staged as stage:
            frontend = await stage.frontend("alice")
            await _until(stage, frontend, rows=(row("General chat"),))

            bob = await stage.person("bob")
            await _until(stage, frontend, rows=(row("bob"), row("General chat")))
            await bob.log_out()

            await _until(stage, frontend, rows=(row("General chat"), row("bob", active=False)))

    async def test_what_is_written_offline_goes_out_by_itself(self, staged: Staged) -> None:
        """It waits with a clock sign, and is sent when the server is back."""
        async with staged as stage:
            await stage.person("bob")
            frontend = await stage.frontend("alice")
            await _until(stage, frontend, rows=(row("bob"), row("General chat")))
            await frontend.open("bob")

            await stage.stop()
            await _until(stage, frontend, is_online=False)
            await frontend.write("from the tunnel")
            await _until(stage, frontend, messages=(ShownMessage("You", "from the tunnel", "◷"),))
            await stage.start()

            await _until(stage, frontend, messages=(ShownMessage("You", "from the tunnel", "✓"),), is_online=True)

    async def test_who_takes_another_name_has_it_at_once_in_list_and_conversation(self, staged: Staged) -> None:
        """The display name, then none any more while the account has another name, too."""
        async with staged as stage:
            bob = await stage.person("bob")
            frontend = await stage.frontend("alice")
            await _until(stage, frontend, rows=(row("bob"), row("General chat")))
            await frontend.open("bob")
            await _say(bob, "alice", "it is me")

            await bob.set_display_name("Łukasz")
            await _until(stage, frontend, rows=(row("Łukasz"), row("General chat")))
            await _until(stage, frontend, messages=(ShownMessage("Łukasz", "it is me", "read"),))

            await stage.operate("rename", "bob", "robert")
            await bob.set_display_name(None)
            await _until(stage, frontend, rows=(row("robert"), row("General chat")))
            await _until(stage, frontend, messages=(ShownMessage("robert", "it is me", "read"),))

    async def test_two_who_look_alike_are_told_apart_by_their_accounts(self, staged: Staged) -> None:
        """In the list and in the general chat, for as long as there are two of one look."""
        async with staged as stage:
            kowalska, nowak = await stage.person("kowalska"), await stage.person("nowak")
            frontend = await stage.frontend("alice")
            await kowalska.set_display_name("Ann")
            await _until(stage, frontend, rows=(row("Ann"), row("General chat"), row("nowak")))
            await frontend.open("General chat")

            await nowak.set_display_name("\u0410nn")  # its first letter is a Cyrillic one, and looks the same
            await kowalska.post(GENERAL, "first")
            await nowak.post(GENERAL, "second")
            ann, other = "Ann @kowalska", "\u0410nn @nowak"
            await _until(stage, frontend, rows=(row("General chat"), row(ann), row(other)))
            twice = (ShownMessage(ann, "first", "read"), ShownMessage(other, "second", "read"))
            await _until(stage, frontend, messages=twice)
            await frontend.open(other)
            await frontend.write("you are the second")
            await _until(stage, frontend, rows=(row(other), row("General chat"), row(ann)))

            await nowak.set_display_name("Zoe")
            await _until(stage, frontend, rows=(row("Zoe"), row("General chat"), row("Ann")))
            await frontend.open("General chat")
            once = (ShownMessage("Ann", "first", "read"), ShownMessage("Zoe", "second", "read"))
            await _until(stage, frontend, messages=once)

    async def test_nobody_writes_to_who_is_disabled_until_they_are_enabled(self, staged: Staged) -> None:
        """They are grey, never active, and what is written to them is not sent."""
        async with staged as stage:
            await stage.person("bob")
            frontend = await stage.frontend("alice")
            await _until(stage, frontend, rows=(row("bob"), row("General chat")))
            await frontend.open("bob")

            await stage.operate("disable", "bob")
            gone = (row("General chat"), row("bob", active=False, disabled=True))
            await _until(stage, frontend, rows=gone)
            await frontend.write("hello")
            await _until(stage, frontend, rows=gone, messages=())

            await stage.operate("enable", "bob")
            await _until(stage, frontend, rows=(row("General chat"), row("bob", active=False)))
            await frontend.write(" again")  # behind what could not be sent
            await _until(stage, frontend, messages=(ShownMessage("You", "hello again", "✓"),))

    async def test_of_who_is_erased_only_what_they_wrote_is_there(self, staged: Staged) -> None:
        """In the list and in the conversation they are a deleted user."""
        async with staged as stage:
            bob = await stage.person("bob")
            frontend = await stage.frontend("alice")
            await _until(stage, frontend, rows=(row("bob"), row("General chat")))
            await frontend.open("bob")
            await _say(bob, "alice", "farewell")
            await _until(stage, frontend, messages=(ShownMessage("bob", "farewell", "read"),))

            await stage.operate("erase", "bob")

            await _until(stage, frontend, rows=(row("deleted user", active=False, disabled=True), row("General chat")))
            await _until(stage, frontend, messages=(ShownMessage("deleted user", "farewell", "read"),))


# ---- within


async def _until(
    stage: Stage,
    frontend: Frontend,
    *,
    rows: tuple[ShownRow, ...] | None = None,
    messages: tuple[ShownMessage, ...] | None = None,
    is_online: bool | None = None,
) -> None:
    """Look until these are shown; what is None may be anything. The failure tells what was shown instead."""
    shown, wanted = await _look(frontend, rows, messages, is_online)
    for _ in range(PATIENCE):
        if shown == wanted:
            return
        await stage.wait()
        shown, wanted = await _look(frontend, rows, messages, is_online)
    assert shown == wanted


async def _look(
    frontend: Frontend,
    rows: tuple[ShownRow, ...] | None,
    messages: tuple[ShownMessage, ...] | None,
    is_online: bool | None,
) -> tuple[Shown, Shown]:
    """Return what is shown and what is wanted."""
    shown = await frontend.shown()
    wanted = Shown(
        shown.rows if rows is None else rows,
        shown.messages if messages is None else messages,
        shown.is_online if is_online is None else is_online,
    )
    return shown, wanted


async def _say(sender: ChatClient, to: str, *texts: str) -> None:
    conversation = await sender.conversation_with(to)
    for text in texts:
        await sender.post(conversation, text)
