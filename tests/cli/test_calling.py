"""What calls the user: the bell and the window's title."""

from chatcore.testing import ChatWorld
from tests.cli.emulator import FOCUS_OUT, terminal


async def test_a_message_that_is_not_on_the_screen_rings_the_bell_once() -> None:
    async with ChatWorld() as world:
        alice, bob, _ = await world.users("alice", "bob", "carol")
        conversation = await bob.conversation_with("alice")
        async with terminal(world, alice) as t:
            await t.open("carol")

            for text in ("one", "two", "three"):
                await bob.post(conversation, text)
            await t.settle()

            assert bells(t.glass.raw) == 1


async def test_a_message_in_the_open_conversation_rings_only_when_nobody_looks() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await bob.conversation_with("alice")
        async with terminal(world, alice) as t:
            await t.open("bob")

            await bob.post(conversation, "seen")
            await t.settle()
            assert bells(t.glass.raw) == 0

            await t.type(FOCUS_OUT)
            await bob.post(conversation, "not seen")
            await t.settle()
            assert bells(t.glass.raw) == 1


async def test_the_title_counts_what_is_unread() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            assert t.glass.screen.title == "chatcore"

            await bob.post(await bob.conversation_with("alice"), "hello")
            await t.settle()
            assert t.glass.screen.title == "(1) chatcore"

            await t.open("bob")
            assert t.glass.screen.title == "chatcore"


def bells(raw: str) -> int:
    """The bells that are not the end of an escape sequence (the title's, the clipboard's)."""
    rest = raw
    while "\x1b]" in rest:
        before, _, after = rest.partition("\x1b]")
        rest = before + after.partition("\x07")[2]
    return rest.count("\x07")
