"""A kind of conversation is a row of a table: one that chatcore has not is added, and works over each storage."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from chatcore import ChatClient, ConversationId, ItemState, NotFound
from chatcore.adapters.memory import MemoryStorage
from chatcore.adapters.sqlite import SqliteStorage, database
from chatcore.adapters.sqlite.tools.export import records
from chatcore.adapters.sqlite.tools.faults import faults
from chatcore.adapters.sqlite.tools.snapshot import snapshot
from chatcore.domain.conversations import kind_of
from chatcore.ports.storage import Storage
from chatcore.testing import ChatWorld
from chatcore.testing.simulator.simulation import Simulation
from chatcore.testing.simulator.stage import Device, Stage
from tests.third_kind import CIRCLE, circle, with_circles

PEOPLE = ("alice", "bob", "carol", "dave")


@pytest.fixture(autouse=True)
def _circles() -> Iterator[None]:
    with with_circles():
        yield


@pytest.fixture(params=["memory", "sqlite"])
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    """Each storage that chatcore has; what SQLite has written contradicts itself nowhere."""
    if request.param == "memory":
        yield MemoryStorage()
        return
    path = tmp_path / "chat.db"
    # Syncing is not the point here, and takes long on slow disks.
    with patch.object(database, "_DURABLE", "synchronous = off"):
        async with SqliteStorage(path, heads=3) as opened:
            yield opened
    with snapshot(path) as connection:
        assert list(faults(connection)) == []


def shown(client: ChatClient, conversation: ConversationId) -> list[tuple[str, ItemState, int]]:
    """Return what stands in the timeline: the text, how it is, and how many have read it."""
    return [(item.text, item.state, item.readers) for item in client.replica.timeline(conversation)]


def unread(client: ChatClient) -> dict[str, int]:
    """Return the rows by name, with their counts."""
    return {row.name: row.unread for row in client.replica.rows if row.last}


async def test_messages_counts_readers_and_rows_are_right_in_it(storage: Storage) -> None:
    async with ChatWorld(storage=storage) as world:
        alice, bob, carol, dave = clients = await world.users(*PEOPLE)
        of_three = circle(*(client.me.id for client in clients[:3]))
        alice.opened(of_three)
        await alice.post(of_three, "one")
        await bob.post(of_three, "two")
        assert (await alice.post(of_three, "three")).own == 2
        await world.settle()

        assert (unread(alice), unread(bob), unread(carol), unread(dave)) == (
            {"bob, carol": 1},
            {"alice, carol": 2},
            {"alice, bob": 3},
            {},
        )
        await bob.mark_read(of_three, 1)
        await carol.mark_read(of_three, 1, 3)
        await world.settle()

        assert shown(alice, of_three) == [
            ("one", ItemState.READ, 2),
            ("two", ItemState.UNREAD, 0),
            ("three", ItemState.READ, 1),
        ]
        assert (unread(bob), unread(carol)) == ({"alice, carol": 1}, {"alice, bob": 1})


async def test_a_stranger_neither_reads_nor_writes_nor_learns_that_it_is_there(storage: Storage) -> None:
    async with ChatWorld(storage=storage) as world:
        alice, bob, _, dave = clients = await world.users(*PEOPLE)
        of_three = circle(*(client.me.id for client in clients[:3]))
        await alice.post(of_three, "between us")
        told = []
        for conversation in (of_three, ConversationId("c.nonsense")):
            for ask in (dave.history, lambda c: dave.post(c, "hello"), lambda c: dave.mark_read(c, 1)):
                with pytest.raises(NotFound) as refused:
                    await ask(conversation)
                told.append((refused.value.message, refused.value.field))

        assert len(set(told)) == 1
        assert [m.text for m in await bob.history(of_three)] == ["between us"]
        assert dave.replica.tally(of_three).seq == 0


async def test_all_is_there_after_a_start(storage: Storage) -> None:
    async with ChatWorld(storage=storage) as world:
        alice, bob, carol = clients = await world.users("alice", "bob", "carol")
        of_three = circle(*(client.me.id for client in clients))
        for author in (alice, bob, alice, carol, alice):
            await author.post(of_three, "hello")
        await carol.mark_read(of_three, 1, 2)
        await world.kill()
        await world.start()
        await world.settle(20)

        assert (await alice.post(of_three, "again")).own == 4
        await world.settle()
        assert (unread(alice), unread(bob), unread(carol)) == (
            {"bob, carol": 2},
            {"alice, carol": 5},
            {"alice, bob": 3},
        )


async def test_it_rises_in_the_list_of_each_who_belongs_to_it(storage: Storage) -> None:
    async with ChatWorld(storage=storage) as world:
        alice, bob, carol, dave = (client.me.id for client in await world.users(*PEOPLE))
        first, second = circle(alice, bob, carol), circle(alice, bob, dave)
        clients = {client.me.name: client for client in await world.users(*PEOPLE)}
        for conversation in (first, second, first):
            await clients["alice"].post(conversation, "hello")

        newest = [[t.conversation for t in (await storage.overview(u, 9)).tallies] for u in (alice, bob, carol, dave)]

        assert newest == [[first, second], [first, second], [first], [second]]


@pytest.mark.parametrize("seed", range(6))
async def test_when_all_is_quiet_every_client_shows_what_the_server_knows(
    seed: int, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = Stage.conversation

    def conversation(stage: Stage, device: Device) -> ConversationId:
        people, me = [user.id for user in device.client.replica.users], device.client.replica.me
        size = stage.chance.choice([3, len(people), 0])
        return circle(*people[:size]) if size > 2 and me and me.id in people[:size] else others(stage, device)

    monkeypatch.setattr(Stage, "conversation", conversation)
    simulation = Simulation(seed, storage)

    found = await simulation.run(steps=100)

    assert found == [], simulation.story()
    assert any(kind_of(entry.conversation) is CIRCLE for entry in simulation.ledger.entries)


async def test_it_is_exported_with_those_who_belong_to_it(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    async with SqliteStorage(path) as storage, ChatWorld(storage=storage) as world:
        clients = await world.users(*PEOPLE)
        of_three = circle(*(client.me.id for client in clients[1:]))
        await clients[1].post(of_three, "hello")
    with snapshot(path) as connection:
        exported = list(records(connection, of_three))

    assert [r["name"] for r in exported if r["type"] == "user"] == ["bob", "carol", "dave"]
    assert [r["text"] for r in exported if r["type"] == "message"] == ["hello"]
