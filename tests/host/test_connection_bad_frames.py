"""One connection: what happens when it asks badly."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from chatcore import GENERAL, ClientId
from chatcore.testing import ChatWorld
from chatcore.wire import frames as f
from tests.host.raw import dial, greet, registered


async def test_a_strangers_bad_frame_ends_the_connection_with_a_reason() -> None:
    async with ChatWorld() as world:
        raw = await dial(world)

        raw.say_bytes(b"GET / HTTP/1.1")
        await world.settle()

        assert raw.heard == [
            f.ErrorFrame(None, "bad_frame", "the frame is not valid JSON in UTF-8", None, None),
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
            5, "bad_frame", "count.conversation: text is expected, not int", "conversation", None
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
    "page after and before": lambda n: f.History(n, GENERAL, 0, 1, 9),
    "page after a negative": lambda n: f.History(n, GENERAL, -1, None, 9),
    "page before the first": lambda n: f.History(n, GENERAL, None, 0, 9),
    "directory after a negative": lambda n: f.ListUsers(n, -1),
    "list after no conversation": lambda n: f.ListTallies(n, "\0"),
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


@pytest.mark.parametrize(
    ("field", "number", "seqs"),
    [("after", 0, [1, 2]), ("after", 2**53, []), ("before", 1, []), ("before", 2**53, [2, 3])],
)
async def test_a_page_may_begin_beyond_what_is_there(field: str, number: int, seqs: list[int]) -> None:
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
        assert [message.seq for message in page.messages] == seqs
