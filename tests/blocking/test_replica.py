"""A client's copy of what the server knows, read from other threads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatcore import GENERAL, UserId
from chatcore.blocking.loop_thread import LoopThread
from chatcore.blocking.replica import DistantReplica
from chatcore.client.replica import Replica
from tests.client.replicas import BOB, ME, World

ARGUMENTS: dict[str, tuple[object, ...]] = {
    "is_active": (BOB.id,),
    "is_at_beginning": (GENERAL,),
    "has_timeline": (GENERAL,),
    "name_of": (UserId("?"),),
    "oldest": (GENERAL,),
    "shown": (GENERAL,),
    "tally": (GENERAL,),
    "timeline": (GENERAL,),
    "unread_among": (GENERAL, [1]),
    "user": (BOB.id,),
    "user_by_name": ("bob",),
}
NAMES = [name for name in vars(Replica) if not name.startswith("_")]


@pytest.fixture
def thread() -> Iterator[LoopThread]:
    thread = LoopThread("of a test")
    thread.start()
    yield thread
    thread.stop()


@pytest.mark.parametrize("name", NAMES)
def test_it_answers_what_the_replica_answers(name: str, thread: LoopThread) -> None:
    world = World()
    world.complete(active=[BOB])
    distant = DistantReplica(world.replica, thread)

    near, far = getattr(world.replica, name), getattr(distant, name)
    if callable(near):
        near, far = near(*ARGUMENTS[name]), far(*ARGUMENTS[name])

    assert far == (tuple(near) if isinstance(near, list) else near)


def test_a_list_is_as_it_was_when_it_was_asked_for(thread: LoopThread) -> None:
    world = World()
    world.snapshot()
    distant = DistantReplica(world.replica, thread)

    before = distant.rows
    world.complete()

    assert [row.name for row in before] == ["general"]
    assert [row.name for row in distant.rows] == ["general", "bob", "carol"]
    assert distant.me == ME
