"""Who is active, from connections that come, close, break and log out."""

import attrs
from hypothesis import given
from hypothesis import strategies as st

from chatcore.domain.ids import UserId
from chatcore.domain.presence import GRACE, Presence

ALICE, BOB = UserId("a" * 16), UserId("b" * 16)


def test_a_user_is_active_while_a_connection_lives() -> None:
    presence = Presence()

    presence.connected("s", ALICE, 1)

    assert presence.is_active(ALICE)
    assert not presence.is_active(BOB)
    assert presence.active == {ALICE}


def test_a_close_shows_at_once() -> None:
    presence = Presence()
    presence.connected("s", ALICE, 1)

    presence.closed("s", 1)

    assert presence.active == frozenset()


def test_a_broken_connection_shows_after_the_grace() -> None:
    presence = Presence()
    presence.connected("s", ALICE, 1)

    presence.broken("s", 1, now=100)
    presence.expire(100 + GRACE - 0.001)
    within = presence.is_active(ALICE)
    presence.expire(100 + GRACE)

    assert (within, presence.is_active(ALICE)) == (True, False)


def test_a_reconnect_within_the_grace_ends_it() -> None:
    presence = Presence()
    presence.connected("s", ALICE, 1)
    presence.broken("s", 1, now=100)

    presence.connected("s", ALICE, 2)
    presence.expire(1_000)

    assert presence.is_active(ALICE)
    assert presence.next_expiry() is None


def test_a_break_that_is_noticed_after_the_reconnect_takes_nothing_away() -> None:
    presence = Presence()
    presence.connected("s", ALICE, 1)
    presence.connected("s", ALICE, 2)

    presence.broken("s", 1, now=100)
    presence.expire(1_000)

    assert presence.is_active(ALICE)


def test_a_log_out_ends_all_connections_of_the_session_without_grace() -> None:
    presence = Presence()
    presence.connected("s", ALICE, 1)
    presence.connected("s", ALICE, 2)

    presence.logged_out("s")
    presence.closed("s", 1)
    presence.broken("s", 2, now=100)

    assert presence.active == frozenset()
    assert presence.next_expiry() is None


def test_a_log_out_within_the_grace_ends_it() -> None:
    presence = Presence()
    presence.connected("s", ALICE, 1)
    presence.broken("s", 1, now=100)

    presence.logged_out("s")

    assert presence.active == frozenset()
    assert presence.next_expiry() is None


def test_one_device_that_logs_out_does_not_end_the_grace_of_another() -> None:
    presence = Presence()
    presence.connected("phone", ALICE, 1)
    presence.connected("desk", ALICE, 2)
    presence.broken("phone", 1, now=100)

    presence.logged_out("desk")

    assert presence.is_active(ALICE)
    presence.expire(100 + GRACE)
    assert not presence.is_active(ALICE)


def test_the_next_expiry_is_the_first_of_all() -> None:
    presence = Presence(grace=10)
    for at, session in enumerate(["one", "two", "three"]):
        presence.connected(session, ALICE, session)
        presence.broken(session, session, now=100 - at)

    assert presence.next_expiry() == 108


def test_changes_are_told_once() -> None:
    presence = Presence()
    presence.connected("s", ALICE, 1)
    presence.connected("t", BOB, 2)

    first = presence.take_changed()
    second = presence.take_changed()
    presence.closed("t", 2)

    assert first == {ALICE, BOB}
    assert not second
    assert presence.take_changed() == {BOB}


def test_what_is_unknown_is_passed_over() -> None:
    presence = Presence()

    presence.closed("s", 1)
    presence.broken("s", 1, now=5)
    presence.logged_out("s")
    presence.expire(100)

    assert presence.active == frozenset()
    assert presence.take_changed() == frozenset()


# ---- against a recount

SESSIONS = {"a1": ALICE, "a2": ALICE, "b1": BOB}


@attrs.frozen
class Happening:
    kind: str
    session: str
    connection: int


@attrs.define
class Recount:
    """Remembers everything that happened, and answers from the whole story."""

    story: list[tuple[float, Happening]] = attrs.field(factory=list)

    def is_present(self, session: str, now: float) -> bool:
        alive: set[int] = set()
        until = 0.0
        for at, it in self.story:
            if it.session != session:
                continue
            if it.kind == "connected":
                alive.add(it.connection)
            elif it.kind == "logged_out":
                alive, until = set(), 0.0
            elif it.connection in alive:
                alive.remove(it.connection)
                until = at + GRACE if it.kind == "broken" else 0.0
        return bool(alive) or now < until


happenings = st.builds(
    Happening,
    st.sampled_from(["connected", "connected", "broken", "closed", "logged_out"]),
    st.sampled_from(list(SESSIONS)),
    st.integers(1, 3),
)


@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0, 4.0, 6.0]), happenings), max_size=25))
def test_whatever_happens_active_is_who_has_a_session_that_is_present(steps: list[tuple[float, Happening]]) -> None:
    presence, recount, now, known = Presence(), Recount(), 0.0, frozenset[UserId]()
    for wait, it in steps:
        now += wait
        presence.expire(now)
        match it.kind:
            case "connected":
                presence.connected(it.session, SESSIONS[it.session], it.connection)
            case "broken":
                presence.broken(it.session, it.connection, now)
            case "closed":
                presence.closed(it.session, it.connection)
            case _:
                presence.logged_out(it.session)
        recount.story.append((now, it))

        expected = {user for session, user in SESSIONS.items() if recount.is_present(session, now)}
        assert presence.active == expected
        assert known ^ expected <= presence.take_changed()
        known = frozenset(expected)
