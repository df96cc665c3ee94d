"""The ways into a server."""

from chatcore import Token
from chatcore.client.admission import log_in, register, resume
from chatcore.domain.generations import Point
from chatcore.wire import frames as f

TOLD = Point("first", 3, 2)


def test_who_comes_back_says_what_the_server_told_last_and_who_registers_has_heard_nothing() -> None:
    assert log_in("alice", "secret")(4, TOLD) == f.LogIn(4, "alice", "secret", TOLD)
    assert resume(Token("token"))(5, TOLD) == f.Resume(5, Token("token"), TOLD)
    assert register("alice", "secret")(6, TOLD) == f.Register(6, "alice", "secret")
    assert register("alice", "secret", "a code")(6, TOLD) == f.Register(6, "alice", "secret", "a code")
