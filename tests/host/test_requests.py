"""The table of requests: each has its handler, which answers as the protocol says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args, get_type_hints

import attrs
import pytest

from chatcore import GENERAL, ClientId, Message, NotFound, UserId
from chatcore.domain.events import MessagesRead
from chatcore.domain.marks import NewMarks
from chatcore.domain.messages import NewMessage
from chatcore.domain.tallies import Tally
from chatcore.host.requests import HANDLERS, Waiting
from chatcore.ports.commits import Marked, Outcome, Refused, Repeated, Stored
from chatcore.ports.transport import OutFrame
from chatcore.protocol.states import ANSWERS, CLIENT_MAY_SAY, State
from chatcore.service.gate import Lane
from chatcore.wire import frames as f

ALICE, BOB = UserId("a" * 16), UserId("b" * 16)
POST = NewMessage(ALICE, GENERAL, ClientId("c1"), "hi")
MESSAGE = Message(GENERAL, 7, ALICE, ClientId("c1"), "hi", 1_700_000_000_000, 6, 3, 9)
MARKS = NewMarks(BOB, GENERAL, (5, 6, 8))
TALLY = Tally(GENERAL, version=4)


@attrs.define(eq=False)
class Asker:
    """A connection that counts what it waits for."""

    session: str = "digest"
    user_id: UserId = ALICE
    address: str = ""
    unanswered: int = 0
    lane: Lane = attrs.field(factory=lambda: Lane("client"))

    def put(self, frames: Sequence[OutFrame]) -> None:
        raise AssertionError(frames)

    def end_session(self, session: str) -> None:
        raise AssertionError(session)

    def set_away(self, *, away: bool) -> None:
        raise AssertionError(away)

    def awaits(self) -> None:
        self.unanswered += 1

    def answered(self) -> None:
        self.unanswered -= 1


def test_each_request_of_who_is_logged_in_has_its_handler_and_no_other_has() -> None:
    assert set(HANDLERS) == set(CLIENT_MAY_SAY[State.READY])
    assert set(HANDLERS) | set(get_args(f.Credentials)) == set(get_args(f.Request))


@pytest.mark.parametrize("kind", HANDLERS)
def test_each_handler_takes_its_frame_and_gives_the_answer_that_the_protocol_has_for_it(kind: type) -> None:
    says = get_type_hints(HANDLERS[kind])

    comes_with_a_commit = says["return"] is type(None)

    assert says["ask"] is kind
    assert comes_with_a_commit == (kind in {f.Post, f.Mark})
    assert comes_with_a_commit or says["return"] is ANSWERS[kind]


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        (Stored(POST, MESSAGE), f.Posted(1, 7, 1_700_000_000_000, 6, 3, 9, repeated=False, text=None)),
        (Repeated(POST, MESSAGE), f.Posted(1, 7, 1_700_000_000_000, 6, 3, 9, repeated=True, text=None)),
        (Marked(MARKS, TALLY, None), f.Marked(1, TALLY, ())),
        (Marked(MARKS, TALLY, MessagesRead(BOB, TALLY, (5, 6, 8), {})), f.Marked(1, TALLY, ((5, 6), (8, 8)))),
        (
            Refused(POST, NotFound(field="conversation")),
            f.ErrorFrame(1, "not_found", NotFound().message, "conversation", None),
        ),
    ],
    ids=["stored", "repeated", "marked before", "marked", "refused"],
)
def test_each_outcome_of_a_commit_is_answered_and_makes_room_for_the_next(outcome: Outcome, answer: f.Answer) -> None:
    asker = Asker(unanswered=1)

    said = Waiting(asker, 1).answer(outcome)

    assert said == answer
    assert asker.unanswered == 0
