"""The scenario that every frontend shows in the same way: inherit it, give it a stage, get the tests."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

import attrs

from ..client.client import ChatClient

PATIENCE = 400
"""How often a frontend is looked at before something that is to be seen counts as missing."""


@attrs.frozen
class ShownRow:
    """A line of the list, as somebody sees it."""

    name: str
    active: bool
    badge: str = ""


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


class Stage(Protocol):
    """A server, one frontend under test, and other people."""

    async def person(self, name: str) -> ChatClient:
        """Let somebody register, without a frontend."""

    async def frontend(self, name: str) -> Frontend:
        """Let somebody register with the frontend under test."""

    async def stop(self) -> None:
        """Stop the server: nobody is connected any more."""

    async def start(self) -> None:
        """Start it again."""

    async def wait(self) -> None:
        """Let a moment pass."""


Staged = AbstractAsyncContextManager[Stage]
"""A stage that is to be set up, and cleared after the test."""


def row(name: str, badge: str = "", *, active: bool = True) -> ShownRow:
    """Write a row short."""
    return ShownRow(name, active, badge)


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
