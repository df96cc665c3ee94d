"""What the answer to a post says when it was lost the first time, found by random worlds."""

from chatcore import ItemState
from chatcore.testing import ChatWorld


async def test_what_others_read_before_a_lost_answer_is_repeated_is_shown_with_it() -> None:
    async with ChatWorld(latency=0.0) as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await alice.conversation_with("bob")
        alice.opened(conversation)
        await world.settle()
        link = world.link(alice)
        assert link is not None
        link.is_stalled = True
        alice.post_soon(conversation, "hello")
        await world.settle()
        await bob.mark_read(conversation, 1)
        await world.settle()

        world.cut(alice)
        await world.settle(40)

        (item,) = alice.replica.timeline(conversation)
        assert (item.seq, item.state, item.readers) == (1, ItemState.READ, 1)
