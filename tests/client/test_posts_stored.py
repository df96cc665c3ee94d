"""Posts that are stored, and those that are kept for the next start."""

from __future__ import annotations

import asyncio

import pytest

from chatcore import (
    ChatError,
    ClientId,
    Closed,
    Conflict,
    Message,
    NotFound,
    StorageFull,
    TooLong,
    Unreachable,
)
from chatcore.ports.outbox import KeptPost
from tests.client.desk import Desk, refused
from tests.client.replicas import BOB, ME, WITH_BOB
from tests.client.shelf import Shelf
from tests.turns import turns


@pytest.fixture
def desk() -> Desk:
    return Desk()


# ---- stored


async def test_who_waits_gets_the_message(desk: Desk) -> None:
    waiting = asyncio.ensure_future(desk.posts.stored(desk.write("hi", "c")))
    await turns()

    desk.stored(1)

    message = await waiting
    assert (message.seq, message.text, message.sender, message.client_id) == (1, "hi", ME.id, "c")
    assert len(desk.outbox) == 0


async def test_a_message_that_comes_back_another_way_is_the_answer_too(desk: Desk) -> None:
    """The answer itself was lost: the message comes with an event or a page."""
    waiting = asyncio.ensure_future(desk.posts.stored(desk.write("hi", "c")))
    await turns()
    message = Message(WITH_BOB, 1, ME.id, ClientId("c"), "hi", 1_000, 1, 1, 1)

    desk.follower.message(message)
    desk.send()

    assert await waiting == message
    assert len(desk.outbox) == 0


def test_the_message_of_somebody_else_is_no_answer(desk: Desk) -> None:
    desk.write("hi", "c")

    desk.follower.message(Message(WITH_BOB, 1, BOB.id, ClientId("c"), "hi", 1_000, 1, 1, 1))
    desk.send()

    assert len(desk.outbox) == 1


async def test_several_may_wait_for_the_same_post(desk: Desk) -> None:
    name = desk.write("hi", "c")
    waiting = [asyncio.ensure_future(desk.posts.stored(name)) for _ in range(2)]
    await turns()

    desk.stored(1)

    one, other = await asyncio.gather(*waiting)
    assert one == other


async def test_who_stops_waiting_does_not_stop_the_post(desk: Desk) -> None:
    waiting = asyncio.ensure_future(desk.posts.stored(desk.write("hi", "c")))
    await turns()

    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    desk.stored(1)

    assert len(desk.outbox) == 0
    assert desk.replica.tally(WITH_BOB).seq == 1


@pytest.mark.parametrize("error", [NotFound(), Conflict(), TooLong()], ids=lambda error: error.code)
async def test_who_waits_is_told_of_a_definite_refusal(desk: Desk, error: ChatError) -> None:
    waiting = asyncio.ensure_future(desk.posts.stored(desk.write("hi")))
    await turns()

    desk.asked.answer(error)

    with pytest.raises(type(error)):
        await waiting


async def test_who_waits_is_told_when_nobody_will_hear_of_it_any_more(desk: Desk) -> None:
    waiting = asyncio.ensure_future(desk.posts.stored(desk.write("hi")))
    await turns()

    desk.posts.fail(Closed())

    with pytest.raises(Closed):
        await waiting


def test_a_lost_connection_fails_nobody(desk: Desk) -> None:
    name = desk.write("hi")

    desk.asked.answer(Unreachable())

    post = desk.outbox.get(name)
    assert post is not None
    assert post.refusal is None


# ---- kept


def test_a_post_is_kept_until_it_is_answered() -> None:
    shelf = Shelf()
    desk = Desk(shelf)
    desk.write("hi", "c")
    kept = dict(shelf.kept)

    desk.stored(1)

    assert [(post.user, post.text, post.refusal) for post in kept.values()] == [(ME.id, "hi", None)]
    assert shelf.kept == {}


def test_a_refusal_is_kept_and_a_retry_takes_it_back() -> None:
    shelf = Shelf()
    desk = Desk(shelf)
    name = refused(desk)
    refusals = [shelf.kept[name].refusal]

    again = desk.posts.retry(name)
    refusals.append(shelf.kept[again].refusal)

    assert refusals == ["too_long", None]
    assert list(shelf.kept) == ["behind", again]


def test_a_discarded_post_is_not_kept() -> None:
    shelf = Shelf()
    desk = Desk(shelf)
    name = refused(desk)

    desk.posts.discard(name)

    assert list(shelf.kept) == ["behind"]


def test_what_an_earlier_program_left_is_counted_before_it_is_known_whose_it_is() -> None:
    desk = Desk(Shelf(KeptPost(ME.id, WITH_BOB, ClientId("mine"), "mine", 5)))
    desk.keeping.open(must_keep=True)
    known = desk.posts.left

    desk.follower.leave()

    assert (known, desk.posts.left) == (0, 1)


def test_what_an_earlier_program_left_goes_out_when_the_same_user_logs_in() -> None:
    shelf = Shelf(
        KeptPost(ME.id, WITH_BOB, ClientId("mine"), "mine", 5),
        KeptPost(BOB.id, WITH_BOB, ClientId("bobs"), "bob's", 6),
        KeptPost(ME.id, WITH_BOB, ClientId("refused"), "refused", 7, "too_long"),
    )
    desk = Desk(shelf)
    desk.keeping.open(must_keep=True)

    desk.posts.entered(ME.id)
    desk.posts.entered(ME.id)
    desk.send()

    assert desk.sent == ["mine"]
    assert [post.client_id for post in desk.outbox.of(WITH_BOB)] == ["mine", "refused"]
    assert ClientId("bobs") in shelf.kept


def test_what_another_program_left_goes_out_behind_what_was_written_here() -> None:
    shelf = Shelf()
    desk = Desk(shelf)
    desk.keeping.open(must_keep=True)
    desk.write("here", "a")
    shelf.left = [KeptPost(ME.id, WITH_BOB, ClientId("b"), "there", 5), shelf.kept[ClientId("a")]]

    desk.posts.look_after()

    assert [post.text for post in desk.outbox.of(WITH_BOB)] == ["here", "there"]


def test_what_waits_when_its_user_leaves_goes_out_when_they_are_back() -> None:
    shelf = Shelf()
    desk = Desk(shelf)
    desk.write("hi")

    desk.posts.set_aside(ME.id)
    kept, left = dict(shelf.kept), len(desk.outbox)
    desk.posts.entered(ME.id)

    assert [post.text for post in kept.values()] == ["hi"]
    assert (left, [post.text for post in desk.outbox.of(WITH_BOB)]) == (0, ["hi"])


class Full(Shelf):
    """A keeper on a disk that is full until somebody makes room."""

    has_room = False

    def open(self) -> list[KeptPost]:
        if not self.has_room:
            raise StorageFull
        return super().open()

    def keep(self, post: KeptPost) -> None:
        if not self.has_room:
            raise StorageFull
        super().keep(post)


def test_a_post_that_must_be_kept_and_cannot_is_not_written() -> None:
    desk = Desk(Full())
    with pytest.raises(StorageFull):
        desk.keeping.open(must_keep=True)

    with pytest.raises(StorageFull):
        desk.write("hi")

    assert len(desk.outbox) == 0


def test_a_post_that_cannot_be_kept_says_so_where_it_waits_until_there_is_room() -> None:
    shelf = Full()
    desk = Desk(shelf)
    desk.keeping.open(must_keep=False)
    assert isinstance(desk.keeping.unkept, StorageFull)
    desk.write("hi", "c")
    waiting = desk.outbox.of(WITH_BOB)[0]
    said = [waiting.item(ME.id).unkept]

    shelf.has_room = True
    desk.posts.look_after()
    said.append(waiting.item(ME.id).unkept)

    assert said == ["storage_full", None]
    assert list(shelf.kept) == ["c"]


def test_an_answer_that_cannot_be_dropped_is_logged_and_does_no_harm(caplog: pytest.LogCaptureFixture) -> None:
    class Stuck(Shelf):
        def drop(self, client_id: ClientId) -> None:
            raise StorageFull

    desk = Desk(Stuck())
    desk.write("hi")

    desk.stored(1)

    assert len(desk.outbox) == 0
    assert "disk is full" in caplog.text
