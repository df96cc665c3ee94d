"""Posts that are refused: for now, or for good."""

from __future__ import annotations

import asyncio

import pytest

from chatcore import (
    ClientId,
    Closed,
    ItemState,
    NotFound,
)
from tests.client.desk import Desk, refused
from tests.client.replicas import WITH_BOB
from tests.turns import turns


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_refused_post_can_be_retried_and_goes_to_the_end(desk: Desk) -> None:
    name = refused(desk)

    desk.posts.retry(name)
    desk.stored(1)

    assert desk.sent == ["1", "2", "1"]
    assert [item.state for item in desk.replica.timeline(WITH_BOB)] == [ItemState.SENT, ItemState.WAITING]


def test_writing_a_refused_post_again_retries_it(desk: Desk) -> None:
    refused(desk)

    desk.write("1", "refused")
    desk.stored(1)

    assert desk.sent == ["1", "2", "1"]


def test_a_refused_post_can_be_discarded(desk: Desk) -> None:
    name = refused(desk)

    desk.posts.discard(name)

    assert [item.client_id for item in desk.replica.timeline(WITH_BOB)] == ["behind"]
    assert name not in desk.outbox


async def test_a_post_that_was_never_sent_can_be_discarded(desk: Desk) -> None:
    desk.write("1")
    name = desk.write("2")
    waiting = asyncio.ensure_future(desk.posts.stored(name))
    await turns()

    desk.posts.discard(name)
    desk.stored(1)

    assert desk.sent == ["1"]
    with pytest.raises(Closed):
        await waiting


@pytest.mark.parametrize("lost", [False, True], ids=["under way", "connection lost"])
def test_a_post_that_may_have_arrived_cannot_be_discarded(desk: Desk, *, lost: bool) -> None:
    name = desk.write("hi")
    if lost:
        desk.asked.lose()
        desk.posts.connection_lost()

    with pytest.raises(NotFound):
        desk.posts.discard(name)

    assert name in desk.outbox


@pytest.mark.parametrize("name", ["unknown", "waiting"])
def test_what_was_not_refused_cannot_be_retried(desk: Desk, name: str) -> None:
    desk.write("hi", "waiting")

    with pytest.raises(NotFound):
        desk.posts.retry(ClientId(name))


def test_an_unknown_post_cannot_be_discarded(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.posts.discard(ClientId("unknown"))
