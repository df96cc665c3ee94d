"""Promises 1 to 7 and 9: messages are stored once, in one order, and everybody sees them. See docs/promises.md."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from random import Random  # noqa: TID251 - of a given seed

import pytest

from chatcore import GENERAL
from chatcore.adapters.sqlite import SqliteStorage
from chatcore.client.connection_state import ConnectionPhase
from chatcore.domain.conversations import direct
from chatcore.domain.messages import Message
from chatcore.errors import Conflict
from chatcore.ports.commits import Outcome, Refused, Repeated, Stored
from chatcore.testing import ChatWorld
from chatcore.testing.contracts.storage_base import ALICE, ALICE_BOB, NOON, post
from chatcore.testing.simulator.history import Truth, Witness
from chatcore.testing.simulator.simulation import Simulation
from prove.kill import kill
from prove.powercut import cut, early
from prove.recording import Recording, record

DAY = 24 * 3600


async def test_p1_a_retry_gets_the_original_answer_after_every_restart_and_other_content_is_a_conflict(
    tmp_path: Path,
) -> None:
    tries = [(ALICE_BOB, "hello"), (ALICE_BOB, "hello"), (ALICE_BOB, "hello"), (ALICE_BOB, "bye"), (GENERAL, "hello")]
    outcomes: list[Outcome] = []
    for day, (conversation, text) in enumerate(tries):
        async with SqliteStorage(tmp_path / "chat.db") as storage:
            outcomes += await storage.append([post(ALICE, conversation, "same", text)], NOON + day * DAY * 1000)

    async with SqliteStorage(tmp_path / "chat.db") as storage:
        page = await storage.page(ALICE, ALICE_BOB, after=0, before=None, limit=9)
        elsewhere = await storage.page(ALICE, GENERAL, after=0, before=None, limit=9)
    stored, once, twice, *refused = outcomes
    assert isinstance(stored, Stored)
    assert isinstance(once, Repeated)
    assert isinstance(twice, Repeated)
    assert [type(outcome.error) for outcome in refused if isinstance(outcome, Refused)] == [Conflict, Conflict]
    assert once.message == twice.message == stored.message
    assert page.messages == (stored.message,)
    assert elsewhere.messages == ()


async def test_p2_what_many_write_at_once_is_one_sequence_of_which_everybody_sees_the_same_part() -> None:
    async with ChatWorld(seed=2, delay=0.3) as world:
        witnesses = [Witness() for _ in range(4)]
        clients = [await world.log_in(f"user{n}", witness) for n, witness in enumerate(witnesses)]

        for number in range(25):
            for client in clients:
                client.post_soon(GENERAL, f"{client.me.name} {number}")
            world.clock.step(-1_000)  # somebody sets the server's clock back
            await world.settle(0.1)
        await world.settle(60)

        truth = Truth(world.storage)
        await truth.read()
        log = truth.logs[GENERAL]
        assert [message.seq for message in log] == list(range(1, 101))
        assert [message.sent_at_ms for message in log] == sorted(message.sent_at_ms for message in log)
        for client, witness in zip(clients, witnesses, strict=True):
            assert witness.received[GENERAL] == [message for message in log if message.sender != client.me.id]


async def test_p3_a_clients_posts_keep_their_order_whatever_is_cut_killed_or_refused() -> None:
    async with ChatWorld(seed=3, delay=0.1) as world:
        alice, chance = await world.log_in("alice"), Random(3)
        taken = alice.post_soon(GENERAL, "before")
        await world.settle()
        refused = []

        for number in range(60):
            alice.post_soon(GENERAL, str(number))
            if number % 20 == 10:  # refused for good
                refused.append(asyncio.ensure_future(alice.post(GENERAL, "no", client_id=taken)))
            match chance.randrange(6):
                case 0:
                    world.cut(alice)
                case 1:
                    world.storage.is_full = not world.storage.is_full
                case 2:
                    await world.kill()
                    await world.start()
                case _:
                    await world.settle(chance.random())
        world.storage.is_full = False
        await world.settle(60)

        texts = [message.text for message in await alice.history(GENERAL, limit=99)]
        assert texts == ["before", *(str(number) for number in range(60))]
        assert [type(error) for error in await asyncio.gather(*refused, return_exceptions=True)] == [Conflict] * 3


async def test_p4_what_was_acked_before_another_was_written_stands_before_it() -> None:
    async with ChatWorld(seed=4, delay=0.3) as world:
        alice, bob = await world.users("alice", "bob")
        chain: list[Message] = []

        for number in range(20):
            writer = (alice, bob)[number % 2]
            asking = asyncio.ensure_future(writer.post(GENERAL, str(number)))
            await world.settle(2)
            chain.append(await asking)
            (bob, alice)[number % 2].post_soon(GENERAL, "in between")

        assert [message.seq for message in chain] == sorted(message.seq for message in chain)


async def test_p5_what_was_acked_survives_kill_9_once_and_at_its_place() -> None:
    outcome = await kill(3, seed=5)

    assert outcome.faults == [], outcome.figure
    assert " 0 lost, 0 doubled" in outcome.figure


@pytest.fixture(scope="module")
def recording() -> Recording:
    return asyncio.run(record(rounds=0, seed=5))


@pytest.mark.needs("gcc")
async def test_p5_what_was_told_survives_a_power_cut_at_any_moment(recording: Recording) -> None:
    findings = await cut(recording, 150, seed=5)

    assert findings == []


@pytest.mark.needs("gcc")
async def test_p5_power_cuts_find_what_a_server_loses_that_answers_before_the_commit(recording: Recording) -> None:
    findings = await cut(early(recording), 60, seed=5)

    assert any("lost that were told" in finding.fault for finding in findings)


@pytest.mark.needs("gcc")
async def test_p5_power_cuts_find_what_is_lost_with_synchronous_normal() -> None:
    lax = await record(rounds=0, seed=5, module="prove.lax_server")

    findings = await cut(lax, 60, seed=5)

    assert any("lost that were told" in finding.fault for finding in findings)


@pytest.mark.parametrize(("missed", "skipped"), [(1, []), (1_000, []), (1_001, [(GENERAL, 2, 1_002)])])
async def test_p6_after_any_absence_each_message_is_shown_once_or_declared_skipped(
    missed: int, skipped: Sequence[tuple[str, int, int]]
) -> None:
    async with ChatWorld(seed=6, latency=0) as world:
        witness = Witness()
        alice, bob = await world.log_in("alice"), await world.log_in("bob", witness)
        await world.settle()
        asking = asyncio.ensure_future(alice.post(GENERAL, "before"))
        await world.settle()
        await asking
        network = world.network
        world.cut(bob)
        network.listen(None)  # nobody comes in any more

        posts = [post(alice.me.id, GENERAL, f"missed-{number}") for number in range(missed)]
        for first in range(0, missed, 500):
            await world.storage.append(posts[first : first + 500], NOON)
        await world.kill()
        await world.start()
        await world.settle(60)

        declared = {seq for _, first, last in witness.skips for seq in range(first, last + 1)}
        assert witness.skips == skipped
        assert [m.seq for m in witness.received[GENERAL]] == [n for n in range(1, missed + 2) if n not in declared]


@pytest.mark.parametrize("seed", range(7_000, 7_015))
async def test_p7_p9_when_faults_stop_every_post_is_answered_and_snapshot_and_events_are_a_fresh_snapshot(
    seed: int,
) -> None:
    simulation = Simulation(seed)

    faults = await simulation.run(steps=100)

    assert faults == [], simulation.story()


@pytest.mark.parametrize("seed", range(10))
async def test_p7_within_5_seconds_of_its_connection_a_client_has_every_event_and_an_answer_to_every_post(
    seed: int,
) -> None:
    async with ChatWorld(seed=seed, latency=0.1, delay=0.1) as world:
        witness, chance = Witness(), Random(seed)
        alice, bob = await world.log_in("alice"), await world.log_in("bob", witness)
        places = [GENERAL, direct(alice.me.id, bob.me.id)]
        await world.settle(10)
        for number, place in enumerate(places):  # from these on everything is to be shown
            alice.post_soon(place, f"first {number}")
        await world.settle(10)
        posts = [asyncio.ensure_future(bob.post(place, f"{n}")) for n in range(6) for place in places]
        await world.settle(chance.random())  # some of them are under way
        await world.kill()
        posts += [asyncio.ensure_future(bob.post(place, f"{n}")) for n in range(6, 12) for place in places]
        await world.settle(chance.random() * 60)
        await world.start()
        missed = [post(alice.me.id, place, f"missed-{at}-{n}") for n in range(200) for at, place in enumerate(places)]
        await world.storage.append(missed, NOON)

        async with world.clock.timeout(60):
            while bob.connection.phase is not ConnectionPhase.ONLINE:
                await world.settle(0.05)
        await world.settle(4.8)

        truth = Truth(world.storage)
        await truth.read()
        assert all(asking.done() for asking in posts)
        for place in places:
            others = [message for message in truth.logs[place] if message.sender == alice.me.id]
            assert (len(others), len(truth.logs[place])) == (201, 213)
            assert witness.received[place] == others
