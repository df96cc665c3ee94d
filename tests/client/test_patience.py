"""How long a client waits: what it reads is asked again when the connection is back, and what is to become true."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from chatcore import GENERAL, ChatClient, Closed, LoggedOut, Unreachable
from chatcore.client.patience import PATIENCE
from chatcore.testing import ChatWorld
from chatcore.testing.fakes import SeededIds
from chatcore.testing.world import PASSWORD, URL
from tests.client.replicas import Witness
from tests.turns import turns

READS: dict[str, Callable[[ChatClient], Awaitable[object]]] = {
    "all_history": lambda client: anext(client.all_history(GENERAL)),
    "conversation_with": lambda client: client.conversation_with("carol"),
    "history": lambda client: client.history(GENERAL),
    "history after": lambda client: client.history(GENERAL, after=0),
    "load_older": lambda client: client.load_older(GENERAL),
    "unread": lambda client: client.unread(GENERAL),
}


def impatient(world: ChatWorld, patience: float = 0.0) -> ChatClient:
    return ChatClient(URL, dialer=world.network, clock=world.clock, ids=SeededIds(99), patience=patience)


@pytest.mark.parametrize("name", READS)
async def test_what_reads_waits_for_the_connection_and_is_asked_again(name: str) -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        for number in range(60):
            bob.post_soon(GENERAL, str(number))
        await world.settle(10)
        alice.opened(GENERAL)
        await world.settle()
        await world.kill()
        asking = asyncio.ensure_future(READS[name](alice))
        await world.settle(2)
        was_done = asking.done()

        await world.start()
        if name == "conversation_with":
            await world.users("carol")

        assert not was_done
        assert await asking


@pytest.mark.parametrize("name", READS)
async def test_a_question_that_was_under_way_when_the_connection_broke_is_asked_again(name: str) -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await world.users("carol")
        for number in range(60):
            bob.post_soon(GENERAL, str(number))
        await world.settle(10)
        alice.replica._people.directory._by_name.clear()
        alice.opened(GENERAL)
        await world.settle()
        asking = asyncio.ensure_future(READS[name](alice))
        await turns(3)

        world.cut(alice)

        assert await asking


@pytest.mark.parametrize("name", READS)
async def test_a_connection_that_stays_away_is_unreachable_after_the_patience(name: str) -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        for number in range(60):
            alice.post_soon(GENERAL, str(number))
        await world.settle(10)
        alice.opened(GENERAL)
        await world.settle()
        await world.kill()
        begun = world.clock.monotonic()

        with pytest.raises(Unreachable):
            await READS[name](alice)

        assert world.clock.monotonic() - begun == pytest.approx(PATIENCE)


async def test_without_patience_it_is_unreachable_at_once() -> None:
    async with ChatWorld() as world, impatient(world) as client:
        await client.register("alice", PASSWORD)
        await world.kill()
        begun = world.clock.monotonic()

        for read in (client.history(GENERAL), client.unread(GENERAL), client.conversation_with("nobody")):
            with pytest.raises(Unreachable):
                await read

        assert world.clock.monotonic() == begun


async def test_a_server_that_comes_and_goes_uses_the_patience_up() -> None:
    async with ChatWorld() as world, impatient(world, 60.0) as client:
        await client.register("alice", PASSWORD)
        asked = 0

        async def question() -> None:
            nonlocal asked
            asked += 1
            await world.settle(1)
            world.network.links[-1][0].abort()
            await turns()
            raise Unreachable

        begun = world.clock.monotonic()
        with pytest.raises(Unreachable):
            await client._patience.ask(question)

        assert asked > 2
        assert 60 <= world.clock.monotonic() - begun < 100


async def test_a_connection_that_is_about_to_end_is_not_asked_without_a_pause() -> None:
    async with ChatWorld() as world, impatient(world, 5.0) as client:
        await client.register("alice", PASSWORD)
        await client.synced()
        asked = 0

        async def question() -> None:
            nonlocal asked
            asked += 1
            raise Unreachable

        with pytest.raises(Unreachable):
            await client._patience.ask(question)

        assert asked < 5


@pytest.mark.parametrize("ends", ["closed", "logged out"])
async def test_who_waits_is_told_when_the_client_is_left_and_when_the_session_ends(ends: str) -> None:
    async with ChatWorld() as world:
        client = await impatient(world, 600).__aenter__()
        await client.register("alice", PASSWORD)
        other = await world.client(client.token)
        await world.settle()
        if ends == "closed":
            await world.kill()
        waiting: list[asyncio.Future[object]] = [asyncio.ensure_future(client.wait_for(lambda: False))]
        if ends == "closed":
            waiting.append(asyncio.ensure_future(client.history(GENERAL)))
            waiting.append(asyncio.ensure_future(client.synced()))
        await turns()

        if ends == "closed":
            await client.__aexit__(None, None, None)
        else:
            await other.log_out()

        for each in waiting:
            with pytest.raises(Closed if ends == "closed" else LoggedOut):
                await each
        await client.__aexit__(None, None, None)


async def test_what_is_true_is_returned_at_once_and_what_becomes_true_when_it_does() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        waiting = asyncio.ensure_future(alice.wait_for(lambda: alice.replica.total_unread, 5))

        await bob.post(GENERAL, "hi")

        assert await waiting == 1
        assert await alice.wait_for(lambda: "already") == "already"


async def test_what_does_not_become_true_is_a_timeout() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        begun = world.clock.monotonic()

        with pytest.raises(TimeoutError):
            await alice.wait_for(lambda: False, 5)

        assert world.clock.monotonic() - begun == pytest.approx(5)


# ---- a complete list


async def test_it_is_synced_when_the_whole_list_is_here_and_anew_after_each_reconnect() -> None:
    async with ChatWorld() as world:
        await world.users(*(f"user{number}" for number in range(5)))
        async with impatient(world) as client:
            with pytest.raises(LoggedOut):
                await client.synced()
            await client.register("alice", PASSWORD)
            await client.synced()
            first = client.complete, len(client.replica.rows)

            await world.kill()
            offline = client.complete
            waiting = asyncio.ensure_future(client.synced())
            await world.settle(5)
            was_done = waiting.done()
            await world.start()
            await waiting

            assert (first, offline, was_done, client.complete) == ((True, 6), False, False, True)


async def test_an_observer_hears_of_the_end_of_a_list_with_nobody_in_it_and_whoever_comes_later_at_once() -> None:
    async with ChatWorld() as world, impatient(world) as client:
        client.subscribe(witness := Witness())
        await client.register("alice", PASSWORD)
        await world.settle()
        client.subscribe(late := Witness())
        once = witness.of("synced")
        world.network.links[-1][0].abort()
        await world.settle(5)

        assert (once, late.told[2]) == ([()], ("synced",))
        assert witness.of("synced") == [(), ()]


async def test_after_logging_in_the_rows_of_the_snapshot_have_their_names() -> None:
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        await bob.post(await bob.conversation_with("alice"), "hi")
        await world.settle()
        async with impatient(world) as client:
            await client.log_in("alice", PASSWORD)
            by_log_in = [(row.name, row.unread) for row in client.replica.rows]
        again = ChatClient(URL, dialer=world.network, clock=world.clock, ids=SeededIds(98), token=alice.token)
        async with again:
            by_token = [(row.name, row.unread) for row in again.replica.rows]

        assert by_log_in == by_token == [("bob", 1), (GENERAL, 0)]
