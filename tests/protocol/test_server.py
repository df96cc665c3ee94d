"""The server's half: what a client may say when, how often it may be wrong, and which versions are spoken."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatcore import BadFrame, NameTaken, UnsupportedVersion
from chatcore.protocol.server import ServerProtocol, error_frame
from chatcore.protocol.states import CLIENT_MAY_SAY, State
from chatcore.wire import frames as f
from chatcore.wire.codec import tag
from chatcore.wire.limits import STRIKES
from tests.protocol.joined import ALICE, FROM_CLIENT, FROM_SERVER
from tests.wire.strategies import CLIENT_FRAMES, of_class


def server_in(state: State) -> ServerProtocol:
    server = ServerProtocol(FROM_CLIENT, FROM_SERVER)
    said: dict[State, list[f.ServerFrame]] = {
        State.GREETING: [],
        State.ENTERING: [f.Welcome(f.VERSION)],
        State.READY: [f.Welcome(f.VERSION), f.LoggedIn(1, ALICE, None)],
        State.CLOSED: [f.Welcome(f.VERSION), f.LoggedIn(1, ALICE, None), f.LoggedOut(2)],
    }
    for frame in said[state]:
        server.send(frame)
    assert server.state is state
    return server


CASES = [(state, frame) for state in State for frame in CLIENT_FRAMES]
IDS = [f"{tag(frame)}-while-{state.value}" for state, frame in CASES]


@pytest.mark.parametrize(("state", "frame"), CASES, ids=IDS)
@settings(max_examples=3)
@given(st.data())
def test_a_client_may_say_what_the_table_has_and_nothing_else(state: State, frame: type, data: st.DataObject) -> None:
    server = server_in(state)
    said = data.draw(of_class(frame))

    if frame in CLIENT_MAY_SAY[state]:
        assert server.receive(FROM_CLIENT.encode(said)) == said
        assert server.strikes == 0
    else:
        with pytest.raises(BadFrame, match=f"cannot come while {state.value}") as caught:
            server.receive(FROM_CLIENT.encode(said))
        assert caught.value.field == "type"
        assert caught.value.request_id == getattr(said, "id", None)
        assert server.strikes == 1


@pytest.mark.parametrize("state", [State.GREETING, State.ENTERING])
def test_a_stranger_is_given_up_at_the_first_bad_frame(state: State) -> None:
    server = server_in(state)

    with pytest.raises(BadFrame):
        server.receive(b"rubbish")

    assert server.is_given_up


def test_who_is_logged_in_is_given_up_at_the_third_bad_frame() -> None:
    server = server_in(State.READY)
    given_up = []

    for _ in range(STRIKES):
        with pytest.raises(BadFrame):
            server.receive(b"rubbish")
        given_up.append(server.is_given_up)

    assert given_up == [False, False, True]


def test_good_frames_between_do_not_take_strikes_back() -> None:
    server = server_in(State.READY)
    good = FROM_CLIENT.encode(f.FindUser(1, "bob"))

    for _ in range(STRIKES):
        with pytest.raises(BadFrame):
            server.receive(b"rubbish")
        assert server.receive(good) == f.FindUser(1, "bob")

    assert server.is_given_up


def test_a_hello_with_a_known_version_among_others_is_agreed_to() -> None:
    server = server_in(State.GREETING)

    assert server.agree(f.Hello((3, 2, 1), "i")) == f.Welcome(f.VERSION)


@pytest.mark.parametrize("versions", [(), (0,), (1,), (1, 3)])
def test_a_hello_without_a_known_version_is_refused_by_name(versions: tuple[int, ...]) -> None:
    server = server_in(State.GREETING)

    with pytest.raises(UnsupportedVersion, match="this server speaks version 2") as caught:
        server.agree(f.Hello(versions, "i"))

    assert caught.value.field == "versions"
    assert server.state is State.GREETING


def test_a_refusal_does_not_move_the_connection() -> None:
    server = server_in(State.ENTERING)

    server.send(f.ErrorFrame(1, "wrong_credentials", "no", None, None))

    assert server.state is State.ENTERING


def test_an_error_is_told_with_its_code_and_field() -> None:
    error = NameTaken("the name bob is taken", field="name")

    assert error_frame(error, 4) == f.ErrorFrame(4, "name_taken", "the name bob is taken", "name", None)
