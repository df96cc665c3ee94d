"""Posts on their way out: in order, again and again, until they are stored or refused for good."""

from __future__ import annotations

import asyncio

import pytest

from chatcore import (
    GENERAL,
    BadFrame,
    BadText,
    Busy,
    ChatError,
    ClientId,
    Closed,
    Conflict,
    ConversationId,
    Empty,
    ItemState,
    Message,
    NotFound,
    SlowDown,
    StorageFull,
    TooLong,
    Unreachable,
)
from chatcore.client.keeping import Keeping
from chatcore.client.posts import Posts
from chatcore.ports.outbox import KeptPost, NoKeeper, OutboxKeeper
from chatcore.wire import frames as f
from tests.client.asked import Asked, pacing
from tests.client.replicas import BOB, ME, WITH_BOB, World, page, tally
from tests.client.shelf import Shelf
from tests.turns import turns


class Desk(World):
    """Posts over a replica, with the test as the server."""

    def __init__(self, keeper: OutboxKeeper | None = None) -> None:
        super().__init__()
        self.complete()
        self.asked = Asked()
        self.pacing = pacing()
        self.keeping = Keeping(keeper or NoKeeper())
        self.posts = Posts(self.outbox, self.follower, self.asked.ask, self.pacing, self.keeping)

    def write(self, text: str, client_id: str | None = None, to: ConversationId = WITH_BOB) -> ClientId:  # type: ignore[override]
        """Write a post and send what is due."""
        name = self.posts.write(to, text, None if client_id is None else ClientId(client_id))
        self.send()
        return name

    def send(self, now: float = 0.0) -> None:
        """Send what is due, after what was heard."""
        self.posts.heard(self.follower.take_own())
        self.posts.send_due(now)

    def stored(self, seq: int, *, repeated: bool = False) -> None:
        """Answer the oldest open post: it is stored."""
        self.asked.answer(f.Posted(1, seq, seq * 1_000, seq, seq, seq, repeated))
        self.send()

    @property
    def sent(self) -> list[str]:
        """The texts that were sent, in order."""
        return [post.text for post in self.asked.of(f.Post)]


@pytest.fixture
def desk() -> Desk:
    return Desk()


# ---- writing


@pytest.mark.parametrize(
    ("text", "error"), [("", Empty), (" \n", Empty), ("x" * 4_001, TooLong), ("\x1b", BadText), ("\ud800", BadText)]
)
def test_what_breaks_a_rule_is_refused_before_it_is_written(desk: Desk, text: str, error: type[ChatError]) -> None:
    with pytest.raises(error):
        desk.write(text)

    assert len(desk.outbox) == 0


@pytest.mark.parametrize("client_id", ["", "a b", "x" * 65])
def test_a_bad_client_id_is_refused(desk: Desk, client_id: str) -> None:
    if client_id:
        with pytest.raises(BadFrame):
            desk.write("hi", client_id)
    else:
        assert desk.write("hi", client_id)  # none given: one is made


@pytest.mark.parametrize("text", ["a\r\nb", "a\rb", "a\nb"])
def test_line_ends_of_other_systems_become_ours(desk: Desk, text: str) -> None:
    desk.write(text)

    assert desk.sent == ["a\nb"]


def test_nobody_writes_who_is_not_logged_in(desk: Desk) -> None:
    desk.follower.leave()

    with pytest.raises(Unreachable, match="nobody is logged in yet"):
        desk.write("hi")


def test_a_post_waits_in_the_timeline(desk: Desk) -> None:
    desk.follower.open(WITH_BOB)
    desk.pull(page(tally()))

    desk.write("hi", "c")

    (item,) = desk.replica.timeline(WITH_BOB)
    assert (item.seq, item.client_id, item.sender, item.state) == (None, "c", ME.id, ItemState.WAITING)


def test_the_same_post_written_twice_is_sent_once(desk: Desk) -> None:
    assert desk.write("hi", "c") == desk.write("hi", "c") == "c"

    assert desk.sent == ["hi"]


@pytest.mark.parametrize(("text", "to"), [("ho", WITH_BOB), ("hi", GENERAL)], ids=["text", "conversation"])
def test_another_message_under_a_client_id_that_waits_is_a_conflict(desk: Desk, text: str, to: ConversationId) -> None:
    desk.write("hi", "c")

    with pytest.raises(Conflict):
        desk.write(text, "c", to)

    assert desk.sent == ["hi"]


# ---- order


def test_one_post_of_a_conversation_is_under_way_at_a_time(desk: Desk) -> None:
    for text in "123":
        desk.write(text)
    desk.write("other", to=GENERAL)
    at_first = desk.sent

    desk.stored(1)

    assert at_first == ["1", "other"]
    assert desk.sent == ["1", "other", "2"]


@pytest.mark.parametrize("error", [Busy(), SlowDown(), StorageFull()], ids=lambda error: error.code)
def test_what_is_refused_for_now_is_tried_again_before_the_next_is_sent(desk: Desk, error: ChatError) -> None:
    desk.write("1")
    desk.write("2")

    desk.asked.answer(error)
    desk.send(0.0)
    due = desk.posts.next_due()
    assert due is not None
    desk.send(due - 0.01)
    before = desk.sent
    desk.send(due)

    assert 0.5 <= due < 1.0
    assert before == ["1"]
    assert desk.sent == ["1", "1"]


def test_why_a_message_has_to_wait_is_shown_until_it_is_stored(desk: Desk) -> None:
    desk.follower.open(WITH_BOB)
    desk.pull(page(tally()))
    desk.write("1")

    desk.asked.answer(StorageFull())
    delayed = [(item.state, item.refusal) for item in desk.replica.timeline(WITH_BOB)]
    desk.send(desk.posts.next_due() or 0.0)
    desk.stored(1)

    assert delayed == [(ItemState.WAITING, "storage_full")]
    assert [(item.state, item.refusal) for item in desk.replica.timeline(WITH_BOB)] == [(ItemState.SENT, None)]


def test_a_definite_refusal_lets_the_next_go(desk: Desk) -> None:
    desk.follower.open(WITH_BOB)
    desk.pull(page(tally()))
    desk.write("1")
    desk.write("2")

    desk.asked.answer(TooLong())
    desk.send()

    assert desk.sent == ["1", "2"]
    assert [(item.state, item.refusal) for item in desk.replica.timeline(WITH_BOB)] == [
        (ItemState.REFUSED, "too_long"),
        (ItemState.WAITING, None),
    ]


def test_after_a_lost_connection_the_same_is_sent_again_in_order(desk: Desk) -> None:
    desk.write("1", "a")
    desk.write("2", "b")

    desk.asked.lose()
    desk.posts.connection_lost()
    desk.send()

    assert [(post.client_id, post.text) for post in desk.asked.of(f.Post)] == [("a", "1"), ("a", "1")]


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


# ---- refused: again, or away


def refused(desk: Desk) -> ClientId:
    desk.follower.open(WITH_BOB)
    desk.pull(page(tally()))
    name = desk.write("1", "refused")
    desk.asked.answer(TooLong())
    desk.write("2", "behind")
    return name


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

    desk.posts.retry(name)
    refusals.append(shelf.kept[name].refusal)

    assert refusals == ["too_long", None]
    assert list(shelf.kept) == ["behind", "refused"]


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
