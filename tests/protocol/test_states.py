"""The tables of what may be said when: complete, and the same for both halves."""

from typing import get_args

import pytest

from chatcore.protocol.states import ANSWERS, CLIENT_MAY_SAY, CLIENT_MOVES, SERVER_MAY_SAY, State
from chatcore.wire import frames as f
from chatcore.wire.codec import tag
from tests.wire.strategies import CLIENT_FRAMES, SERVER_FRAMES, members

REQUESTS = members(f.Request)


@pytest.mark.parametrize("request_type", REQUESTS, ids=tag)
def test_every_request_has_an_answer(request_type: type) -> None:
    assert ANSWERS[request_type] in get_args(f.Answer)


def test_nothing_but_requests_is_answered() -> None:
    assert set(ANSWERS) == set(REQUESTS)


@pytest.mark.parametrize("frame", CLIENT_FRAMES, ids=tag)
def test_a_client_may_say_each_of_its_frames_in_just_one_state(frame: type) -> None:
    assert len([state for state in State if frame in CLIENT_MAY_SAY[state]]) == 1


@pytest.mark.parametrize("frame", SERVER_FRAMES, ids=tag)
def test_a_server_may_say_each_of_its_frames_in_some_state(frame: type) -> None:
    assert any(frame in SERVER_MAY_SAY[state] for state in State)


@pytest.mark.parametrize("request_type", REQUESTS, ids=tag)
def test_an_answer_may_come_in_the_state_in_which_its_request_was_said(request_type: type) -> None:
    (state,) = (state for state in State if request_type in CLIENT_MAY_SAY[state])

    assert {ANSWERS[request_type], f.ErrorFrame} <= set(SERVER_MAY_SAY[state])


@pytest.mark.parametrize("tables", [CLIENT_MAY_SAY, SERVER_MAY_SAY], ids=["client", "server"])
def test_the_tables_know_every_state_and_a_closed_connection_is_silent(tables: dict[State, tuple[type, ...]]) -> None:
    assert set(tables) == set(State)
    assert tables[State.CLOSED] == ()


def test_what_moves_may_be_said_in_the_state_that_it_moves_from() -> None:
    assert all(frame in SERVER_MAY_SAY[state] for state, frame in CLIENT_MOVES)


def test_a_connection_only_goes_forward() -> None:
    order = list(State)

    assert all(order.index(after) == order.index(state) + 1 for (state, _), after in CLIENT_MOVES.items())
    assert len(CLIENT_MOVES) == len(order) - 1
