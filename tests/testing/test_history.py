"""The judge of histories: finds nothing where all is well, and each kind of fault where it is not."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from chatcore import GENERAL, ChatClient, ItemState, UserId
from chatcore.adapters.memory import MemoryStorage
from chatcore.domain.messages import Message
from chatcore.domain.read_states import ReadState
from chatcore.domain.users import AccountName, NewUser
from chatcore.testing import ChatWorld
from chatcore.testing.simulator.history import Truth, Witness


@attrs.define
class Scene:
    """Alice has written three messages to everybody; Bob looks at them and has read the second."""

    world: ChatWorld
    bob: ChatClient
    witness: Witness
    alice: ChatClient

    @property
    def stored(self) -> MemoryStorage:
        """What is stored, to be spoilt."""
        storage = self.world.storage.inner
        assert isinstance(storage, MemoryStorage)
        return storage

    async def faults(self) -> list[str]:
        truth = Truth(self.world.storage)
        await truth.read()
        of_bob = await truth.faults_of(self.bob, self.witness, self.world.host.active())
        return [*truth.faults_of_logs(), *of_bob]


async def a_scene(world: ChatWorld) -> Scene:
    (alice,) = await world.users("alice")
    bob = await world.log_in("bob", witness := Witness())
    await world.settle()
    for text in "abc":
        await alice.post(GENERAL, text)
    bob.opened(GENERAL)
    await bob.mark_read(GENERAL, 2)
    await world.settle()
    return Scene(world, bob, witness, alice)


async def test_where_all_is_well_there_are_no_faults() -> None:
    async with ChatWorld() as world:
        scene = await a_scene(world)

        assert await scene.faults() == []


def spoil_log(change: Callable[[list[Message]], None]) -> Callable[[Scene], None]:
    return lambda scene: change(scene.stored._logs[GENERAL].messages)


def _change_text(messages: list[Message]) -> None:
    messages[1] = attrs.evolve(messages[1], text="another")


def _turn_back_time(messages: list[Message]) -> None:
    messages[2] = attrs.evolve(messages[2], sent_at_ms=messages[1].sent_at_ms - 1)


def _store_twice(messages: list[Message]) -> None:
    messages[2] = attrs.evolve(messages[2], client_id=messages[0].client_id)


def _miscount(messages: list[Message]) -> None:
    messages[2] = attrs.evolve(messages[2], live=7)


def _lose(messages: list[Message]) -> None:
    del messages[1]


def _read_more(scene: Scene) -> None:
    scene.stored._logs[GENERAL].states[scene.bob.me.id] = ReadState(3, (), 3, 9)


def _count_wrongly(scene: Scene) -> None:
    state = scene.stored._logs[GENERAL].states[scene.bob.me.id]
    scene.stored._logs[GENERAL].states[scene.bob.me.id] = attrs.evolve(state, read=0)


def _forget_a_user(scene: Scene) -> None:
    stranger = UserId("f" * 16)
    scene.stored._accounts.add(NewUser(stranger, AccountName("carol", "carol"), ""), 0, 0)


def _change_an_item(scene: Scene) -> None:
    items = scene.bob.replica.timeline(GENERAL)
    assert isinstance(items, list)
    items[1] = attrs.evolve(items[1], state=ItemState.UNREAD)


def _forget_a_change(scene: Scene) -> None:
    scene.witness.timelines[GENERAL].pop()


def _forget_a_row(scene: Scene) -> None:
    scene.witness.rows.pop()


def _mix_rows(scene: Scene) -> None:
    scene.bob.replica._rows.rows.reverse()
    scene.witness.rows.reverse()


def _receive_twice(scene: Scene) -> None:
    received = scene.witness.received[GENERAL]
    received.append(received[-1])


def _miss_one(scene: Scene) -> None:
    del scene.witness.received[GENERAL][1]


FAULTS: dict[str, tuple[Callable[[Scene], None], str]] = {
    "text": (spoil_log(_change_text), " is not "),
    "time": (spoil_log(_turn_back_time), "time goes backwards"),
    "twice": (spoil_log(_store_twice), "is stored twice"),
    "counters": (spoil_log(_miscount), "the counters of"),
    "lost": (spoil_log(_lose), "the counters of"),
    "read": (_read_more, "the row is"),
    "count": (_count_wrongly, "a recount gives"),
    "directory": (_forget_a_user, "the directory is"),
    "item": (_change_an_item, "should be"),
    "timeline changes": (_forget_a_change, "do not lead to the timeline"),
    "row changes": (_forget_a_row, "do not lead to the rows"),
    "order": (_mix_rows, "the rows are out of order"),
    "received twice": (_receive_twice, "received [1, 2, 3, 3], not [1, 2, 3]"),
    "received not": (_miss_one, "received [1, 3], not [1, 2, 3]"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_kind_of_fault_is_found(fault: str) -> None:
    spoil, sentence = FAULTS[fault]
    async with ChatWorld() as world:
        scene = await a_scene(world)

        spoil(scene)

        assert any(sentence in found for found in await scene.faults())


async def test_a_wrong_status_is_found() -> None:
    async with ChatWorld() as world:
        scene = await a_scene(world)
        truth = Truth(world.storage)
        await truth.read()

        faults = await truth.faults_of(scene.bob, scene.witness, [scene.bob.me.id])

        assert faults == ["bob: alice is shown as active"]


async def test_what_was_skipped_need_not_have_been_received() -> None:
    async with ChatWorld() as world:
        scene = await a_scene(world)

        _miss_one(scene)
        scene.witness.skipped(GENERAL, 2, 2)

        assert await scene.faults() == []


async def test_a_witness_can_begin_anew() -> None:
    witness = Witness()
    witness.skipped(GENERAL, 1, 2)

    witness.forget()

    assert (witness.received, witness.skips) == ({}, [])
