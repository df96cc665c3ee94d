"""Whether an answer is one to what was asked: a server that answers otherwise is asked the same for ever."""

from __future__ import annotations

from collections.abc import Sequence

from ..domain.messages import Message
from ..domain.tallies import Tally
from ..errors import BadFrame
from ..wire import frames as f


def check_answer(request: f.Request, answer: f.ServerFrame) -> None:
    """Raise BadFrame for an answer of the right kind that is about something else, or does not go on."""
    match request, answer:
        case f.History(), f.Page():
            _check_about(request.conversation, answer.tally, answer.messages)
            _check_history(request, answer)
        case f.Stretch(), f.Page():
            _check_about(request.conversation, answer.tally, answer.messages)
            _require(not answer.messages and not answer.more, "messages", "a stretch has no messages")
        case ((f.Count() | f.Mark()), (f.Counted() | f.Marked())):
            _check_about(request.conversation, answer.tally)
        case f.ListUsers(), f.Users():
            goes_on = answer.upto >= request.after + (1 if answer.more else 0)
            _require(goes_on, "upto", "a page of the directory goes on from what was asked")
        case f.ListTallies(), f.Tallies():
            _check_rising(request.after, [tally.conversation for tally in answer.tallies], "tallies")
        case f.ListSessions(), f.Sessions():
            _check_rising(request.after, [session.id for session in answer.sessions], "sessions")
        case _:  # whatever it says is an answer
            pass


def _check_history(request: f.History, page: f.Page) -> None:
    _require(len(page.messages) <= request.limit, "messages", "there are not more messages than were asked for")
    _require(bool(page.messages) or not page.more, "messages", "there is no empty page but the last")
    if page.messages and request.after is not None:
        _require(page.messages[0].seq > request.after, "messages", "messages after a seq are later ones")
    if page.messages and request.before is not None:
        _require(page.messages[-1].seq < request.before, "messages", "messages before a seq are earlier ones")


def _check_about(conversation: str, tally: Tally, messages: Sequence[Message] = ()) -> None:
    is_same = tally.conversation == conversation and all(each.conversation == conversation for each in messages)
    _require(is_same, "conversation", "an answer is about the conversation that was asked about")


def _check_rising(after: str, ids: Sequence[str], field: str) -> None:
    rises = all(before < behind for before, behind in zip((after, *ids), ids, strict=False))
    _require(rises, field, "a page goes on from the id that was asked, in the order of ids")


def _require(is_right: bool, field: str, rule: str) -> None:
    if not is_right:
        raise BadFrame(rule, field=field)
