"""As many connections as there may be: of a session, of a user, of an address, and of strangers in all."""

from __future__ import annotations

import asyncio

from chatcore import ConnectionPhase, ConnectionState, Observer
from chatcore.adapters.memory_link import link_pair
from chatcore.domain.caps import Caps
from chatcore.host.settings import HostSettings
from chatcore.testing import ChatWorld
from chatcore.testing.world import PASSWORD
from chatcore.wire import frames as f
from tests.host.raw import Raw, dial, greet, registered, resumed

HOUR = 3_600.0


class _Ends(Observer):
    """Notes why a connection ended, each time that one did."""

    def __init__(self, ends: list[str]) -> None:
        self._ends = ends

    def connection_changed(self, state: ConnectionState, /) -> None:
        if state.phase is ConnectionPhase.OFFLINE:
            self._ends.append(state.reason)


async def test_of_too_many_connections_of_a_session_the_oldest_goes_and_is_told_why() -> None:
    async with ChatWorld(settings=HostSettings(caps=Caps(per_session=3))) as world:
        first = await registered(world, "alice")
        others = [await resumed(world, first.token, f"program {number}") for number in range(3)]
        await world.settle()

        assert [closing.code for closing in first.of(f.Closing)] == ["crowded"]
        assert first.down
        assert [other.down for other in others] == [None, None, None]
        assert world.host.active() == (others[0].me.id,)


async def test_of_too_many_connections_of_a_user_the_oldest_goes_and_others_are_not_touched() -> None:
    async with ChatWorld(settings=HostSettings(caps=Caps(per_user=2))) as world:
        bob = await registered(world, "bob")
        phones = [await registered(world, "alice")]
        for _ in range(2):
            phones.append(await greet(world))
            phones[-1].ask(lambda number: f.LogIn(number, "alice", PASSWORD, None))
            await world.settle()

        assert [bool(phone.down) for phone in phones] == [True, False, False]
        assert bob.down is None
        assert phones[1].me.id in world.host.active()


async def test_when_more_come_at_once_than_a_session_may_have_the_newest_of_them_stay() -> None:
    async with ChatWorld(settings=HostSettings(caps=Caps(per_session=3))) as world:
        first = await registered(world, "alice")
        await world.settle(1)
        first.link.abort()
        await world.settle(1)
        crowd = [await greet(world, f"program {number}") for number in range(12)]
        for each in crowd:
            each.ask(lambda number: f.Resume(number, first.token, None))
        await world.settle(1)

        assert [bool(each.down) for each in crowd] == [True] * 9 + [False] * 3


async def test_more_clients_than_a_session_may_have_do_not_push_each_other_out_for_ever() -> None:
    async with ChatWorld(settings=HostSettings(caps=Caps(per_session=20))) as world:
        first = await world.log_in("alice")
        clients = [first, *[await world.client(first.token) for _ in range(29)]]
        ends: list[str] = []
        for client in clients:
            client.subscribe(_Ends(ends))

        await world.settle(4 * HOUR)
        early = len(ends)
        await world.settle(HOUR)

        assert sum(client.connection.phase is ConnectionPhase.ONLINE for client in clients) == 20
        assert early <= 400  # each pauses longer each time
        assert len(ends) - early <= 50


async def test_strangers_who_say_nothing_keep_nobody_out() -> None:
    async with ChatWorld(settings=HostSettings(caps=Caps(strangers=5))) as world:
        silent = [await dial(world) for _ in range(20)]

        alice = await registered(world, "alice")
        more = [await dial(world) for _ in range(20)]
        await world.settle(1)

        assert sum(raw.down is None for raw in silent + more) == 5
        assert [raw.down for raw in more[-5:]] == [None] * 5
        assert alice.down is None
        assert len(world.host._strangers) == 5
        await world.settle(20)
        assert len(world.host._strangers) == 0


async def test_strangers_of_one_address_push_out_only_each_other() -> None:
    async with ChatWorld(settings=HostSettings(caps=Caps(strangers_per_address=2))) as world:
        links = {}
        for number, address in enumerate(["192.0.2.1", "192.0.2.9", "192.0.2.9", "192.0.2.9"]):
            near, far = link_pair()
            far.address = address
            links[number] = Raw(near), asyncio.ensure_future(world.host.serve(far))
            await world.settle(0)

        assert [bool(raw.down) for raw, _ in links.values()] == [False, True, False, False]
        for raw, serving in links.values():
            raw.link.abort()
            await serving
