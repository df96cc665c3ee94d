"""One connection: from the first frame to the last, what it may ask, and what happens when it asks badly."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from chatcore import GENERAL, ClientId, ConversationId, NotFound, StorageFull, StorageUnavailable, Token, UserId
from chatcore.domain.conversations import direct
from chatcore.domain.generations import Point
from chatcore.host.pace import BURST, RATE
from chatcore.ports.storage import Overview, Page
from chatcore.testing import ChatWorld
from chatcore.testing.world import PASSWORD
from chatcore.wire import frames as f
from chatcore.wire.limits import ENTRY_TIME, MAX_UNANSWERED
from tests.host.raw import between, dial, greet, registered, resumed
from tests.service.gated import GatedStorage, LateStorage
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


# ---- bad frames


async def test_a_strangers_bad_frame_ends_the_connection_with_a_reason() -> None:
    async with ChatWorld() as world:
        raw = await dial(world)

        raw.say_bytes(b"GET / HTTP/1.1")
        await world.settle()

        assert raw.heard == [
            f.ErrorFrame(None, "bad_frame", "the frame is not valid JSON in UTF-8", None),
            f.Closing("bad_frame", "the frame is not valid JSON in UTF-8"),
        ]
        assert raw.down


async def test_requests_before_the_log_in_are_bad_frames() -> None:
    async with ChatWorld() as world:
        raw = await greet(world)

        number = raw.post(GENERAL, "hi")
        await world.settle()

        error = raw.answer(number)
        assert isinstance(error, f.ErrorFrame)
        assert (error.code, error.field) == ("bad_frame", "type")
        assert raw.down


async def test_a_bad_frame_of_a_user_is_answered_with_code_and_field_and_the_connection_goes_on() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")
        alice.forget()

        alice.say_bytes(b'{"type":"count","id":5,"conversation":7}')
        number = alice.ask(lambda number: f.Count(number, GENERAL))
        await world.settle()

        assert alice.heard[0] == f.ErrorFrame(
            5, "bad_frame", "count.conversation: text is expected, not int", "conversation"
        )
        assert isinstance(alice.answer(number), f.Counted)


async def test_the_third_bad_frame_ends_the_connection_and_others_notice_nothing() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        alice.forget()
        bob.forget()

        alice.say_bytes(b"\xff", b'{"type":"nonsense"}', b'{"type":"hello","versions":[2],"instance":"x"}')
        number = bob.post(GENERAL, "undisturbed")
        await world.settle()

        assert [type(frame) for frame in alice.heard if not isinstance(frame, (f.MessageEvent, f.PresenceEvent))] == [
            f.ErrorFrame,
            f.ErrorFrame,
            f.ErrorFrame,
            f.Closing,
        ]
        assert alice.down
        assert isinstance(bob.answer(number), f.Posted)
        assert bob.of(f.PresenceEvent) == [f.PresenceEvent((), (alice.me.id,))]


async def test_a_bad_frame_is_one_escaped_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "chatcore")
    async with ChatWorld() as world:
        alice = await registered(world, "alice")

        alice.say_bytes(b'{"type":"\\u001b[2J\\nroot: fine"}')
        await world.settle()

    (line,) = (record.getMessage() for record in caplog.records if "bad frame" in record.getMessage())
    assert line.startswith("bad frame from alice: ")
    assert line.isprintable()


async def test_the_log_says_where_a_bad_frame_came_from(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "chatcore")
    async with ChatWorld() as world:
        stranger = await dial(world)
        stranger.link.peer.address = "203.0.113.5"

        stranger.say_bytes(b"{")
        await world.settle()

    (line,) = (record.getMessage() for record in caplog.records if "bad frame" in record.getMessage())
    assert line.startswith("bad frame from a stranger at 203.0.113.5: ")


BROKEN_RULES: dict[str, Callable[[int], f.Request]] = {
    "empty text": lambda n: f.Post(n, GENERAL, ClientId("c"), " "),
    "long text": lambda n: f.Post(n, GENERAL, ClientId("c"), "x" * 4_001),
    "bad text": lambda n: f.Post(n, GENERAL, ClientId("c"), "\x1b[2J"),
    "client id": lambda n: f.Post(n, GENERAL, ClientId("not an id"), "hi"),
    "no marks": lambda n: f.Mark(n, GENERAL, ()),
    "mark beyond the last": lambda n: f.Mark(n, GENERAL, (1,)),
    "many marks": lambda n: f.Mark(n, GENERAL, tuple(range(1, 502))),
    "empty page": lambda n: f.History(n, GENERAL, None, None, 0),
    "long page": lambda n: f.History(n, GENERAL, None, None, 2**53),
    "backward stretch": lambda n: f.Stretch(n, GENERAL, 5, 1),
    "long stretch": lambda n: f.Stretch(n, GENERAL, 1, 2**53),
    "unknown name": lambda n: f.FindUser(n, "nobody"),
}


@pytest.mark.parametrize("rule", BROKEN_RULES)
async def test_a_request_that_breaks_a_rule_is_refused_and_changes_nothing(rule: str) -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")

        numbers = [alice.ask(BROKEN_RULES[rule]) for _ in range(4)]
        await world.settle()
        counted = alice.ask(lambda number: f.Count(number, GENERAL))
        await world.settle()

        errors = [alice.answer(number) for number in numbers]
        assert all(isinstance(error, f.ErrorFrame) and error.field for error in errors)
        count = alice.answer(counted)
        assert isinstance(count, f.Counted)
        assert (count.tally.seq, count.tally.version) == (0, 0)
        assert alice.down is None


@pytest.mark.parametrize("number", [-(2**53), -1, 0, 2**53])
@pytest.mark.parametrize("field", ["after", "before"])
async def test_any_number_asks_for_some_page(field: str, number: int) -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")
        for at in range(3):
            alice.post(GENERAL, str(at))
        await world.settle()
        ends = {"after": None, "before": None, field: number}

        asked = alice.ask(lambda n: f.History(n, GENERAL, ends["after"], ends["before"], 2))
        await world.settle()

        page = alice.answer(asked)
        assert isinstance(page, f.Page)
        seqs = [message.seq for message in page.messages]
        if field == "after":
            assert seqs == ([1, 2] if number <= 0 else [])[: len(seqs)]
        else:
            assert seqs == ([2, 3] if number > 0 else [])


# ---- commits and answers


async def test_nothing_is_answered_or_told_before_the_commit() -> None:
    storage = GatedStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        storage.gate.clear()
        bob.forget()

        number = alice.post(between(alice, bob), "hello")
        marking = bob.ask(lambda number: f.Mark(number, GENERAL, (1,)))
        await turns(200)
        told_before = [*bob.heard, *alice.of(f.Posted)]
        storage.gate.set()
        await world.settle()

        assert told_before == []
        assert isinstance(alice.answer(number), f.Posted)
        assert [type(frame) for frame in bob.heard] == [f.MessageEvent, f.ErrorFrame]
        assert isinstance(bob.answer(marking), f.ErrorFrame)


async def test_while_posts_wait_for_their_commit_other_requests_are_answered() -> None:
    storage = GatedStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        alice = await registered(world, "alice")
        storage.gate.clear()

        alice.post(GENERAL, "hello")
        number = alice.ask(lambda number: f.FindUser(number, "alice"))
        await turns(200)
        found = alice.of(f.Found)
        storage.gate.set()
        await world.settle()

        assert found == [f.Found(number, alice.me)]


async def test_with_64_unanswered_posts_nothing_more_is_read_until_one_is_answered() -> None:
    storage = GatedStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        alice = await registered(world, "alice")
        storage.gate.clear()

        for at in range(MAX_UNANSWERED + 10):
            alice.post(GENERAL, f"message {at}")
        await turns(400)
        unread = len(alice.link.peer._arrived)
        storage.gate.set()
        await world.settle()

        assert unread == 10
        assert [posted.seq for posted in alice.of(f.Posted)] == list(range(1, MAX_UNANSWERED + 11))


async def test_with_64_kib_of_unanswered_posts_nothing_more_is_read_until_one_is_answered() -> None:
    storage = GatedStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        alice = await registered(world, "alice")
        storage.gate.clear()

        for at in range(8):
            alice.post(GENERAL, "\U0001f986" * 4_000, f"c{at}")
        await turns(400)
        unread = len(alice.link.peer._arrived)
        storage.gate.set()
        await world.settle()

        assert unread == 3
        assert [posted.seq for posted in alice.of(f.Posted)] == list(range(1, 9))


async def test_who_writes_what_is_long_without_a_pause_is_read_evenly_over_all_connections() -> None:
    async with ChatWorld(latency=0) as world:
        alice = await registered(world, "alice")
        other = await resumed(world, alice.token)
        bob = await registered(world, "bob")
        text = "\U0001f986" * 4_000
        for at in range(32):
            alice.post(GENERAL, text, f"a{at}")
            other.post(GENERAL, text, f"b{at}")

        bob.post(GENERAL, "at once")
        await world.settle(0.1)
        others_waited = not bob.of(f.Posted)
        await world.settle(60)

        sent = sorted((p.seq, p.sent_at_ms / 1_000) for p in (*alice.of(f.Posted), *other.of(f.Posted)))
        assert not others_waited
        assert len(sent) == 64
        assert (64 * 16_000 - BURST) / RATE - 1 < sent[-1][1] - sent[0][1] < 64 * 17_000 / RATE


async def test_an_author_who_vanishes_after_the_commit_changes_nothing() -> None:
    storage = GatedStorage()
    async with ChatWorld(storage=storage, latency=0) as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        storage.gate.clear()
        alice.post(between(alice, bob), "famous last words", "c")
        await turns(200)

        alice.link.abort()
        await turns(50)
        storage.gate.set()
        await world.settle()
        again = await resumed(world, alice.token)
        number = again.post(between(alice, bob), "famous last words", "c")
        await world.settle()

        assert [event.message.text for event in bob.of(f.MessageEvent)] == ["famous last words"]
        answer = again.answer(number)
        assert isinstance(answer, f.Posted)
        assert (answer.seq, answer.repeated) == (1, True)


async def test_a_full_disk_is_told_and_the_connection_goes_on() -> None:
    storage = GatedStorage()
    async with ChatWorld(storage=storage) as world:
        alice = await registered(world, "alice")
        storage.error = StorageFull()

        full = alice.post(GENERAL, "hello", "c")
        reading = alice.ask(lambda number: f.History(number, GENERAL, None, None, 50))
        await world.settle()
        storage.error = None
        again = alice.post(GENERAL, "hello", "c")
        await world.settle()

        refused = alice.answer(full)
        assert isinstance(refused, f.ErrorFrame)
        assert refused.code == "storage_full"
        assert isinstance(alice.answer(reading), f.Page)
        assert isinstance(alice.answer(again), f.Posted)


async def test_a_log_in_for_which_something_cannot_be_read_is_refused_for_now_and_leaves_nobody_half_there() -> None:
    class Damaged(LateStorage):
        is_damaged = False

        async def overview(self, user: UserId, limit: int, told: Point | None = None) -> Overview:
            if self.is_damaged:
                raise StorageUnavailable
            return await super().overview(user, limit, told)

    storage = Damaged()
    async with ChatWorld(storage=storage) as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        token = alice.token
        await alice.link.close("gone")
        await world.settle()
        bob.forget()

        storage.is_damaged = True
        refused = await resumed(world, token)
        bob.post(GENERAL, "meanwhile")
        await world.settle()
        storage.is_damaged = False
        again = await resumed(world, token)

        assert [type(frame) for frame in refused.heard] == [f.Welcome, f.LoggedIn, f.Closing]
        assert refused.of(f.Closing)[0].code == "storage_unavailable"
        assert refused.down is not None
        assert alice.me.id in bob.of(f.PresenceEvent)[-1].active
        assert [type(frame) for frame in again.heard[:3]] == [f.Welcome, f.LoggedIn, f.Snapshot]


async def test_a_mistake_of_the_server_is_told_as_such_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(GatedStorage):
        async def stretch(self, user: UserId, conversation: ConversationId, first: int, last: int) -> Page:
            msg = "secret detail"
            raise ZeroDivisionError(msg)

    async with ChatWorld(storage=Broken()) as world:
        alice = await registered(world, "alice")

        number = alice.ask(lambda number: f.Stretch(number, GENERAL, 1, 1))
        after = alice.ask(lambda number: f.Count(number, GENERAL))
        await world.settle()

        error = alice.answer(number)
        assert isinstance(error, f.ErrorFrame)
        assert error.code == "internal"
        assert "secret" not in error.message
        assert isinstance(alice.answer(after), f.Counted)
        assert "a request of type Stretch failed" in caplog.text


# ---- pages on the wire


async def test_pages_of_the_directory_and_the_list_keep_within_48_kib() -> None:
    async with ChatWorld(latency=0) as world:
        alice = await registered(world, "a" * 32)
        storage = world.storage
        for number in range(400):
            user = UserId(f"f{number:015x}")
            await storage.add_user(user, f"{number:03}".ljust(32, "x"), f"{number:03}".ljust(32, "x"), "hash", 0)
            if number < 65:
                alice.post(direct(alice.me.id, user), '🙂"' * 2_000, f"p{number}")
        await world.settle()
        del alice.sizes[:]

        alice.ask(lambda number: f.ListUsers(number, 0))
        alice.ask(lambda number: f.ListTallies(number, ""))
        await world.settle()

        assert (len(alice.of(f.Users)[0].users), len(alice.of(f.Tallies)[0].tallies)) == (360, 60)
        assert max(alice.sizes) <= 48 * 1024
