"""People put older copies of the database in place without a word: clients notice, and hold nothing that is not so."""

from collections.abc import Sequence

import pytest

from chatcore import GENERAL, ChatClient, ItemState, User
from chatcore.adapters.memory import MemoryStorage
from chatcore.domain.conversations import direct
from chatcore.domain.users import UserChange
from chatcore.testing import ChatWorld
from chatcore.testing.contracts.storage_base import NOON, post
from chatcore.testing.simulator.history import Witness


class Counting(MemoryStorage):
    """Counts how often the directory is asked for."""

    asked = 0

    async def users(self, after: int, limit: int) -> Sequence[User]:
        self.asked += 1
        return await super().users(after, limit)


class Server:
    """A storage whose older copy can be put in place."""

    def __init__(self, world: ChatWorld) -> None:
        self.world = world
        self.copy: MemoryStorage | None = None

    def copied(self) -> None:
        """Somebody copies the database."""
        assert isinstance(self.world.storage.inner, MemoryStorage)
        self.copy = self.world.storage.inner.copy()

    async def put_back(self) -> None:
        """Somebody puts the copy in place."""
        assert self.copy is not None
        await self.world.kill()
        self.world.storage.inner = self.copy
        await self.world.start()
        await self.world.settle(10)


def texts(client: ChatClient) -> list[str]:
    return [item.text for item in client.replica.timeline(GENERAL)]


async def test_p6_after_an_older_copy_was_put_in_place_clients_show_what_it_has_and_are_told_of_what_is_new() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        server, witness = Server(world), Witness()
        bob.subscribe(witness)
        for client in (alice, bob):
            client.opened(GENERAL)
        await alice.post(GENERAL, "in the copy")
        server.copied()
        await alice.post(GENERAL, "gone")
        await alice.post(GENERAL, "gone too")
        await server.put_back()
        shown = texts(alice), texts(bob)

        await alice.post(GENERAL, "new")
        await world.settle()

        assert shown == (["in the copy"], ["in the copy"])
        assert texts(alice) == texts(bob) == ["in the copy", "new"]
        assert [message.text for message in witness.received[GENERAL]] == ["in the copy", "gone", "gone too", "new"]
        assert bob.replica.tally(GENERAL).unread == 2


async def test_p6_a_copy_that_has_grown_beyond_what_a_client_was_told_is_not_taken_for_the_same_history() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        server = Server(world)
        bob.opened(GENERAL)
        server.copied()
        await alice.post(GENERAL, "gone")
        await world.settle()
        await world.kill()
        assert server.copy is not None
        await server.copy.begin("a server that ran while nobody could reach it")
        await server.copy.append([post(alice.me.id, GENERAL, f"{n}", f"new {n}") for n in range(3)], NOON)
        await server.put_back()

        assert texts(bob) == ["new 0", "new 1", "new 2"]


async def test_what_waits_to_be_sent_is_sent_to_the_copy_and_what_was_displayed_of_what_is_gone_is_not_marked() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        server = Server(world)
        bob.opened(GENERAL)
        bob.window_active(True)
        server.copied()
        await alice.post(GENERAL, "gone")
        await world.settle()
        await world.kill()
        bob.visible(GENERAL, [1])
        bob.post_soon(GENERAL, "waits")
        await server.put_back()

        assert texts(bob) == ["waits"]
        assert [item.state for item in bob.replica.timeline(GENERAL)] == [ItemState.SENT]
        assert alice.replica.tally(GENERAL).unread == 1


async def test_marks_that_are_gone_with_a_copy_are_unread_again() -> None:
    """The log's number does not count marks: the copy has all that was told, but for them."""
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        server = Server(world)
        with_bob = direct(alice.me.id, bob.me.id)
        for client in (alice, bob):
            client.opened(with_bob)
        await alice.post(with_bob, "read?")
        await world.settle()
        server.copied()
        await bob.mark_read(with_bob, 1)
        await world.settle()
        before = [(client.replica.timeline(with_bob)[0].state) for client in (alice, bob)]
        await server.put_back()

        after = [(client.replica.timeline(with_bob)[0].state) for client in (alice, bob)]
        assert before == [ItemState.READ, ItemState.READ]
        assert after == [ItemState.SENT, ItemState.UNREAD]
        assert bob.replica.tally(with_bob).unread == 1


async def test_after_a_plain_restart_nothing_is_loaded_anew() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        witness = Witness()
        bob.subscribe(witness)
        bob.opened(GENERAL)
        for number in range(3):
            await alice.post(GENERAL, f"{number}")
        await world.settle()
        told = witness.timelines[GENERAL]
        for _ in range(3):
            await world.kill()
            await world.start()
            await world.settle(10)
        await alice.post(GENERAL, "3")
        await world.settle()

        assert witness.timelines[GENERAL] is told
        assert [message.text for message in witness.received[GENERAL]] == ["0", "1", "2", "3"]


async def test_a_conversation_written_to_while_the_clock_was_a_year_ahead_does_not_stay_at_the_top() -> None:
    year_ms = 365 * 24 * 3600 * 1000
    async with ChatWorld() as world:
        alice, bob, carol = await world.users("alice", "bob", "carol")
        world.clock.step(year_ms)
        await alice.post(direct(alice.me.id, bob.me.id), "from next year")
        world.clock.step(-year_ms)
        await carol.post(direct(alice.me.id, carol.me.id), "today")
        await world.settle()

        assert [row.name for row in alice.replica.rows[:2]] == ["carol", "bob"]


@pytest.mark.parametrize("again", [1, 5])
async def test_a_superseded_fact_of_the_directory_is_not_asked_for_for_ever(again: int) -> None:
    storage = Counting()
    async with ChatWorld(storage=storage) as world:
        alice, bob, _ = await world.users("alice", "bob", "carol")
        world.cut(alice)
        for number in range(again):
            await storage.change_user(bob.me.id, UserChange(display_name=f"Bob {number}"), 0)
        storage.asked = 0
        newcomer = await world.log_in("alice")
        await world.settle(20)

        for client in (newcomer, alice):
            assert client.replica.complete
            assert [user.name for user in client.replica.users] == ["alice", "bob", "carol"]
            found = client.replica.user(bob.me.id)
            assert found is not None
            assert found.fact == 3 + again
        assert storage.asked == 2
