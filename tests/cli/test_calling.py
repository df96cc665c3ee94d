"""What calls the user: the bell and the window's title."""

from chatcore_cli.preferences import Preferences

from chatcore.testing import ChatWorld
from chatcore.view.desk import RING_PAUSE
from tests.cli.emulator import ENTER, FOCUS_OUT, terminal


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


async def test_nothing_rings_while_the_user_does_not_want_to_be_disturbed() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await bob.conversation_with("alice")
        async with terminal(world, alice, preferences=Preferences(notify="9")) as t:
            await t.type("/quiet", ENTER, FOCUS_OUT)
            await bob.post(conversation, "not now")
            await t.settle()
            assert (bells(t.glass.raw), "]9;" in t.glass.raw) == (0, False)

            t.clock.elapse(RING_PAUSE)
            await t.type("/quiet", ENTER, FOCUS_OUT)
            await bob.post(conversation, "now")
            await t.settle()
            assert (bells(t.glass.raw), "]9;" in t.glass.raw) == (1, True)


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
