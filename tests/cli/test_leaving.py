"""Leaving while messages are on their way: over a slow line, on virtual time."""

from chatcore import GENERAL, ChatClient
from chatcore.testing import ChatWorld
from tests.cli.emulator import CTRL_Q, ENTER, ChatEmulator, terminal


def slow_world() -> ChatWorld:
    """Return a world in which a message and its answer take up to 150 ms each."""
    return ChatWorld(seed=3, delay=0.15)


async def written_at_once(t: ChatEmulator) -> None:
    await t.open("General")
    for text in ("one", "two", "three"):
        t.screen.desk.composer.paste(text)
        t.screen.desk.send()
    t.send(CTRL_Q)


def has_left(t: ChatEmulator) -> bool:
    return not t.app.is_running


async def texts(reader: ChatClient) -> list[str]:
    return [message.text for message in await reader.history(GENERAL)]


async def test_what_was_just_entered_is_sent_before_the_program_leaves_and_it_says_so() -> None:
    async with slow_world() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await written_at_once(t)
            await t.until(lambda text: "Sending 3 messages…" in text or has_left(t))
            said = t.text
            await world.settle(3)

            assert "Sending 3 messages…" in said
            assert has_left(t)
            assert await texts(bob) == ["one", "two", "three"]


async def test_what_is_written_meanwhile_is_counted_too() -> None:
    async with slow_world() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            world.vanish(alice)
            await written_at_once(t)
            await t.until(lambda text: "Sending 3 messages…" in text)

            await t.type("four", ENTER)

            assert "Sending 4 messages…" in t.text


async def test_asked_again_it_leaves_at_once() -> None:
    async with slow_world() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            world.vanish(alice)
            await written_at_once(t)
            await t.until(lambda text: "Sending 3 messages…" in text)
            left_early = has_left(t)
            t.send(CTRL_Q)
            await world.settle(0)

            assert (left_early, has_left(t)) == (False, True)
            assert alice.waiting == 3


async def test_a_line_over_which_nothing_comes_holds_it_for_three_seconds() -> None:
    async with slow_world() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            world.vanish(alice)
            await written_at_once(t)
            begun = world.clock.monotonic()
            while not has_left(t):
                await world.settle(0.1)

            assert world.clock.monotonic() - begun < 3.5


async def test_without_a_connection_it_leaves_at_once() -> None:
    async with slow_world() as world:
        alice, _ = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await world.kill()
            await world.settle(1)
            await written_at_once(t)
            await world.settle(0)

            assert has_left(t)


async def test_a_log_out_sends_what_was_just_entered() -> None:
    async with slow_world() as world:
        alice, bob = await world.users("alice", "bob")
        async with terminal(world, alice) as t:
            await t.open("General")
            t.screen.desk.composer.paste("bye")
            t.screen.desk.send()
            await t.type("/logout", ENTER)
            await world.settle(5)

            assert await texts(bob) == ["bye"]
