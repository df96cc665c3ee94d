"""One connection: from the first frame to the last, and what it may ask."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chatcore import GENERAL, ClientId, ConversationId, NotFound, Token, UserId
from chatcore.domain.conversations import direct
from chatcore.testing import ChatWorld
from chatcore.testing.world import PASSWORD
from chatcore.wire import frames as f
from chatcore.wire.limits import ENTRY_TIME
from tests.host.raw import between, dial, greet, registered, resumed
from tests.service.gated import LateStorage
from tests.turns import turns

# ---- logging in


async def test_a_log_in_is_a_welcome_a_session_and_a_snapshot() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")

        assert [type(frame) for frame in alice.heard[:3]] == [f.Welcome, f.LoggedIn, f.Snapshot]
        snapshot = alice.of(f.Snapshot)[0]
        assert (snapshot.point.facts, snapshot.active, snapshot.general.conversation) == (1, (alice.me.id,), GENERAL)
        assert alice.token


async def test_who_goes_on_with_a_session_gets_no_new_token() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")

        again = await resumed(world, alice.token)

        assert again.me == alice.me
        assert again.of(f.LoggedIn)[0].token is None


async def test_a_version_that_is_not_spoken_is_refused_and_the_link_is_closed() -> None:
    async with ChatWorld() as world:
        raw = await dial(world)

        raw.say(f.Hello((99,), "i"))
        await world.settle()

        (error,) = raw.of(f.ErrorFrame)
        assert (error.id, error.code, error.field) == (None, "unsupported_version", "versions")
        assert raw.down
        assert raw.down.clean


async def test_after_a_refusal_other_credentials_may_be_tried_on_the_same_link() -> None:
    async with ChatWorld() as world:
        await registered(world, "alice")
        raw = await greet(world)

        first = raw.ask(lambda number: f.LogIn(number, "alice", "wrong password", None))
        second = raw.ask(lambda number: f.Resume(number, Token("no such token"), None))
        third = raw.ask(lambda number: f.LogIn(number, "ALICE", PASSWORD, None))
        await world.settle()

        errors = [raw.answer(number) for number in (first, second)]
        assert [error.code for error in errors if isinstance(error, f.ErrorFrame)] == [
            "wrong_credentials",
            "logged_out",
        ]
        assert isinstance(raw.answer(third), f.LoggedIn)


async def test_tokens_that_were_tried_in_vain_are_not_kept() -> None:
    async with ChatWorld() as world:
        raw = await greet(world)

        for number in range(50):
            raw.ask(lambda n, token=f"guess {number}": f.Resume(n, Token(token), None))  # type: ignore[misc]
        await world.settle()
        kept_while_open = len(world.host._sessions.digests)
        raw.link.abort()
        await world.settle()

        assert len(raw.of(f.ErrorFrame)) == 50
        assert kept_while_open <= 1
        assert world.host._sessions.digests == ()
        assert list(world.host._sessions) == []


async def test_who_does_not_log_in_is_closed_after_ten_seconds() -> None:
    async with ChatWorld() as world:
        raw = await greet(world)

        await world.settle(ENTRY_TIME - 0.5)
        was_down = raw.down
        await world.settle(1)

        assert was_down is None
        assert raw.of(f.Closing)[0].code == "slow_entry"
        assert raw.down


async def test_who_is_logged_in_is_not_closed_for_silence() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")

        await world.settle(3_600)

        assert alice.down is None


async def test_what_happens_while_the_snapshot_is_read_comes_behind_it() -> None:
    storage = LateStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        alice = await registered(world, "alice")
        bob = await greet(world)
        storage.overviews.clear()
        bob.ask(lambda number: f.Register(number, "bob", PASSWORD))
        await turns(100)

        alice.post(GENERAL, "meanwhile")
        await turns(100)
        before = [type(frame) for frame in bob.heard]
        storage.overviews.set()
        await turns(100)
        after = [type(frame) for frame in bob.heard[len(before) :]]

        assert before == [f.Welcome, f.LoggedIn]
        assert after[0] is f.Snapshot
        assert f.MessageEvent in after
        assert bob.of(f.Snapshot)[0].general.seq == 0


# ---- every request is answered


async def test_every_query_is_answered_with_its_number() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        theirs = between(alice, bob)
        posted = alice.post(theirs, "hello")
        await world.settle()

        answers = {
            bob.ask(lambda number: f.Count(number, theirs)): f.Counted,
            bob.ask(lambda number: f.FindUser(number, "ALICE")): f.Found,
            bob.ask(lambda number: f.ListUsers(number, 0)): f.Users,
            bob.ask(lambda number: f.ListTallies(number, "")): f.Tallies,
            bob.ask(lambda number: f.History(number, theirs, None, None, 50)): f.Page,
            bob.ask(lambda number: f.Stretch(number, theirs, 1, 1)): f.Page,
            bob.ask(lambda number: f.Mark(number, theirs, (1,))): f.Marked,
        }
        await world.settle()

        assert isinstance(alice.answer(posted), f.Posted)
        assert {number: type(bob.answer(number)) for number in answers} == answers
        assert [frame.tally.unread for frame in bob.of(f.Counted)] == [1]
        assert [(frame.tally.unread, frame.read) for frame in bob.of(f.Marked)] == [(0, ((1, 1),))]


async def test_answers_to_posts_come_in_the_order_of_the_posts() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")

        numbers = [alice.post(GENERAL, f"message {at}") for at in range(40)]
        await world.settle()

        assert [posted.id for posted in alice.of(f.Posted)] == numbers
        assert [posted.seq for posted in alice.of(f.Posted)] == list(range(1, 41))


# ---- what is not one's own


def _asking(conversation: ConversationId) -> list[Callable[[int], f.Request]]:
    return [
        lambda number: f.Post(number, conversation, ClientId("c"), "hi"),
        lambda number: f.Mark(number, conversation, (1,)),
        lambda number: f.Count(number, conversation),
        lambda number: f.History(number, conversation, None, None, 50),
        lambda number: f.Stretch(number, conversation, 1, 1),
    ]


@pytest.mark.parametrize("request_at", range(5), ids=["post", "mark", "count", "history", "stretch"])
async def test_what_is_not_ones_own_and_what_does_not_exist_are_refused_in_the_same_words(request_at: int) -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        carol = await registered(world, "carol")
        alice.post(between(alice, bob), "secret")
        await world.settle()
        nobody = UserId("0" * 16)
        foreign = [between(alice, bob), direct(alice.me.id, nobody), direct(carol.me.id, nobody)]
        malformed = ["", "nonsense", "d..", f"d.{carol.me.id}", "d.\u202e.x", "x" * 40_000]

        numbers = [carol.ask(_asking(c)[request_at]) for c in [*foreign, *map(ConversationId, malformed)]]
        await world.settle()

        answers = [carol.answer(number) for number in numbers]
        words = {(a.code, a.message, a.field) for a in answers if isinstance(a, f.ErrorFrame)}
        assert words == {("not_found", NotFound().message, "conversation")}
        assert all(isinstance(answer, f.ErrorFrame) for answer in answers)
        assert carol.down is None


async def test_nobody_hears_of_a_conversation_of_others() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        carol = await registered(world, "carol")
        carol.forget()

        alice.post(between(alice, bob), "secret")
        await world.settle()
        bob.ask(lambda number: f.Mark(number, between(alice, bob), (1,)))
        carol.ask(lambda number: f.ListTallies(number, ""))
        await world.settle()

        assert carol.heard == [f.Tallies(2, (), more=False)]
