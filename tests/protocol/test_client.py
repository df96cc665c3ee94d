"""The client's half: numbers its requests, finds the request of each answer, and believes no server too much."""

import json
from collections.abc import Callable

import pytest

from chatcore import GENERAL, BadFrame, BadText, ClientId, Token, UnsupportedVersion
from chatcore.protocol.client import ClientProtocol
from chatcore.protocol.states import SERVER_MAY_SAY, State
from chatcore.wire import frames as f
from chatcore.wire.codec import tag
from tests.protocol.joined import ALICE, FROM_CLIENT, FROM_SERVER, SNAPSHOT, Joined
from tests.wire.strategies import SERVER_FRAMES

EXAMPLES: dict[type, dict[str, object]] = {
    f.Welcome: {"version": 2},
    f.LoggedIn: {"id": 1, "user": {"id": "a", "name": "b", "number": 1}, "token": None},
    f.ErrorFrame: {"id": None, "code": "busy", "message": "later", "field": None, "wait_ms": 200},
    f.Closing: {"code": "draining", "message": "bye"},
    f.PresenceEvent: {"active": [], "inactive": []},
    f.LoggedOut: {"id": 1},
    f.Posted: {"id": 1, "seq": 1, "sent_at_ms": 1, "live": 1, "own": 1, "number": 1, "repeated": False},
}


def client_in(state: State) -> ClientProtocol:
    joined = Joined()
    match state:
        case State.ENTERING:
            joined.hello()
        case State.READY:
            joined.log_in()
        case State.CLOSED:
            joined.log_in()
            joined.ask(f.LogOut)
            joined.say(f.LoggedOut(2))
        case _:
            pass
    assert joined.client.state is state
    return joined.client


CASES = [(state, frame) for state in State for frame in EXAMPLES]


@pytest.mark.parametrize(("state", "frame"), CASES, ids=[f"{tag(x)}-while-{s.value}" for s, x in CASES])
def test_a_server_may_say_what_the_table_has_and_nothing_else(state: State, frame: type) -> None:
    client = client_in(state)
    data = json.dumps({"type": tag(frame), **EXAMPLES[frame]}).encode()

    if frame in SERVER_MAY_SAY[state] and not isinstance(EXAMPLES[frame].get("id"), int):
        assert isinstance(client.receive(data)[0], frame)
    else:
        # What it may not say now, or an answer that nobody waits for.
        with pytest.raises(BadFrame):
            client.receive(data)


def test_every_frame_of_a_server_is_refused_after_the_log_out() -> None:
    assert all(frame not in SERVER_MAY_SAY[State.CLOSED] for frame in SERVER_FRAMES)


def test_requests_are_numbered_one_after_the_other() -> None:
    joined = Joined()
    joined.log_in()

    numbers = [joined.ask(lambda number: f.FindUser(number, "bob")) for _ in range(3)]

    assert numbers == [f.FindUser(2, "bob"), f.FindUser(3, "bob"), f.FindUser(4, "bob")]


def test_an_answer_comes_with_its_request_whatever_the_order() -> None:
    joined = Joined()
    joined.log_in()
    joined.ask(lambda number: f.FindUser(number, "alice"))
    joined.ask(lambda number: f.ListUsers(number, 0))

    later, of_later = joined.say(f.Users(3, (ALICE,), upto=1, more=False))
    earlier, of_earlier = joined.say(f.Found(2, ALICE))

    assert (later, of_later) == (f.Users(3, (ALICE,), upto=1, more=False), f.ListUsers(3, 0))
    assert (earlier, of_earlier) == (f.Found(2, ALICE), f.FindUser(2, "alice"))


def test_an_error_answers_any_request() -> None:
    joined = Joined()
    joined.log_in()
    joined.ask(lambda number: f.FindUser(number, "nobody"))

    frame, request = joined.say(f.ErrorFrame(2, "not_found", "there is no user nobody", "name", None))

    assert isinstance(frame, f.ErrorFrame)
    assert request == f.FindUser(2, "nobody")


def test_an_error_without_a_number_answers_nothing() -> None:
    joined = Joined()
    joined.log_in()
    joined.ask(lambda number: f.FindUser(number, "bob"))

    _, request = joined.say(f.ErrorFrame(None, "bad_frame", "what?", None, None))

    assert request is None
    assert joined.say(f.Found(2, ALICE))[1] == f.FindUser(2, "bob")


@pytest.mark.parametrize(
    "answer",
    [
        f.Found(9, ALICE),
        f.Found(0, ALICE),
        f.Users(2, (), upto=0, more=False),
        f.LoggedOut(2),
        f.ErrorFrame(9, "busy", "", None, None),
    ],
    ids=["unknown id", "id 0", "another kind", "log-out", "error"],
)
def test_an_answer_that_answers_nothing_is_refused(answer: f.ServerFrame) -> None:
    joined = Joined()
    joined.log_in()
    joined.ask(lambda number: f.FindUser(number, "bob"))

    with pytest.raises(BadFrame, match="answers no request of that kind"):
        joined.say(answer)


def test_a_request_is_answered_once() -> None:
    joined = Joined()
    joined.log_in()
    joined.ask(lambda number: f.FindUser(number, "bob"))
    joined.say(f.Found(2, ALICE))

    with pytest.raises(BadFrame):
        joined.say(f.Found(2, ALICE))


def test_events_answer_nothing() -> None:
    joined = Joined()
    joined.log_in()

    assert joined.say(f.UserEvent(ALICE)) == (f.UserEvent(ALICE), None)


def test_a_type_of_a_newer_protocol_is_passed_over() -> None:
    joined = Joined()
    joined.log_in()

    assert joined.client.receive(b'{"type":"reaction","emoji":"!"}') == (None, None)


def test_a_server_that_chooses_a_version_that_was_not_offered_is_left() -> None:
    client = ClientProtocol(FROM_SERVER, FROM_CLIENT)

    with pytest.raises(UnsupportedVersion, match="version 1"):
        client.receive(b'{"type":"welcome","version":1}')


def test_what_cannot_be_sent_is_no_open_request() -> None:
    joined = Joined()
    joined.log_in()

    with pytest.raises(BadText):
        joined.ask(lambda number: f.FindUser(number, "\ud800"))

    with pytest.raises(BadFrame):
        joined.say(f.Found(2, ALICE))


def test_rubbish_of_a_server_is_refused() -> None:
    with pytest.raises(BadFrame):
        client_in(State.READY).receive(b"\x00\x01")


def test_the_hello_names_the_version_and_the_instance() -> None:
    client = ClientProtocol(FROM_SERVER, FROM_CLIENT)

    assert json.loads(client.hello("me")) == {"type": "hello", "versions": [2], "instance": "me"}


def test_both_halves_go_through_the_same_states() -> None:
    joined = Joined()
    states = [(joined.client.state, joined.server.state)]

    joined.hello()
    states.append((joined.client.state, joined.server.state))
    joined.ask(lambda number: f.Resume(number, Token("t"), None))
    joined.say(f.LoggedIn(1, ALICE, None))
    joined.say(SNAPSHOT)
    states.append((joined.client.state, joined.server.state))
    joined.ask(f.LogOut)
    joined.say(f.LoggedOut(2))
    states.append((joined.client.state, joined.server.state))

    assert states == [(state, state) for state in State]


ASKED: list[tuple[Callable[[int], f.Request], f.ServerFrame]] = [
    (
        lambda n: f.Post(n, GENERAL, ClientId("c"), "hi"),
        f.Posted(2, 1, 1_700_000_000_000, 1, 1, 1, repeated=False, text=None),
    ),
    (lambda n: f.Mark(n, GENERAL, (1,)), f.Marked(2, SNAPSHOT.general, ())),
    (lambda n: f.Count(n, GENERAL), f.Counted(2, SNAPSHOT.general)),
    (lambda n: f.FindUser(n, "alice"), f.Found(2, ALICE)),
    (lambda n: f.ListUsers(n, 0), f.Users(2, (ALICE,), upto=1, more=True)),
    (lambda n: f.ListTallies(n, ""), f.Tallies(2, (SNAPSHOT.general,), more=False)),
    (lambda n: f.History(n, GENERAL, None, 4, 50), f.Page(2, SNAPSHOT.general, (), ((1, 2),), ((1, 3),), more=False)),
    (lambda n: f.Stretch(n, GENERAL, 1, 9), f.Page(2, SNAPSHOT.general, (), (), (), more=False)),
    (f.LogOut, f.LoggedOut(2)),
]


@pytest.mark.parametrize(("make", "answer"), ASKED, ids=[tag(type(make(1))) for make, _ in ASKED])
def test_each_request_arrives_and_gets_its_answer(make: Callable[[int], f.Request], answer: f.ServerFrame) -> None:
    joined = Joined()
    joined.log_in()

    heard = joined.ask(make)
    said, request = joined.say(answer)

    assert heard == request == make(2)
    assert said == answer
