"""What a client may ask about the sessions of its user, and end."""

from __future__ import annotations

from functools import partial

from chatcore.domain.sessions import MOST_BEGUN, Ages
from chatcore.domain.users import UserChange
from chatcore.host.host import USE_EVERY
from chatcore.host.settings import HostSettings
from chatcore.service import accounts
from chatcore.service.context import SessionLife
from chatcore.testing import ChatWorld
from chatcore.testing.world import PASSWORD
from chatcore.wire import frames as f
from chatcore.wire.limits import MAX_PAGE_BYTES, MAX_SESSIONS
from tests.host.raw import Raw, greet, registered, resumed

HOUR = 3_600


async def logged_in(world: ChatWorld, name: str, address: str = "") -> Raw:
    """Log in on a new link, from somewhere."""
    raw = await greet(world)
    raw.link.peer.address = address
    raw.ask(lambda number: f.LogIn(number, name, PASSWORD, None))
    await world.settle()
    return raw


async def sessions_of(world: ChatWorld, raw: Raw, after: str = "") -> f.Sessions:
    """Ask for one's own sessions."""
    number = raw.ask(lambda number: f.ListSessions(number, after))
    await world.settle()
    answer = raw.answer(number)
    assert isinstance(answer, f.Sessions)
    return answer


async def refusal_of(world: ChatWorld, raw: Raw, session: str) -> tuple[str, str | None]:
    """Ask for the end of a session that may not be ended; return code and field of the answer."""
    number = raw.ask(lambda number: f.EndSession(number, session))
    await world.settle()
    answer = raw.answer(number)
    assert isinstance(answer, f.ErrorFrame)
    return answer.code, answer.field


async def test_a_client_sees_the_sessions_of_its_user_and_which_is_its_own() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")
        await registered(world, "bob")
        phone = await logged_in(world, "alice", "192.0.2.7")

        seen = await sessions_of(world, phone)

        own, other = accounts.digest(phone.token), accounts.digest(alice.token)
        assert (seen.own, seen.more) == (own, False)
        assert {session.id: session.address for session in seen.sessions} == {own: "192.0.2.7", other: ""}


async def test_sessions_are_listed_in_pages_that_stay_within_their_bytes() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")
        for _ in range(MAX_SESSIONS + 1):
            await accounts.begin_session(world.host.ctx, alice.me.id, "\x01" * 64)

        first = await sessions_of(world, alice)
        size = max(alice.sizes)
        rest = await sessions_of(world, alice, first.sessions[-1].id)

        ids = [session.id for session in (*first.sessions, *rest.sessions)]
        assert (len(first.sessions), first.more) == (MAX_SESSIONS, True)
        assert (len(rest.sessions), rest.more) == (2, False)
        assert ids == sorted(set(ids))
        assert size + MAX_SESSIONS * 40 < MAX_PAGE_BYTES  # with the longest addresses


async def test_a_client_ends_another_session_of_its_user_with_all_its_connections() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")
        phone = await logged_in(world, "alice")
        second = await resumed(world, phone.token)

        number = alice.ask(lambda number: f.EndSession(number, accounts.digest(phone.token)))
        await world.settle()

        assert alice.answer(number) == f.SessionEnded(number)
        assert [closing.code for raw in (phone, second) for closing in raw.of(f.Closing)] == ["logged_out"] * 2
        assert [session.id for session in (await sessions_of(world, alice)).sessions] == [accounts.digest(alice.token)]
        again = await greet(world)
        refused = again.ask(lambda number: f.Resume(number, phone.token, None))
        await world.settle()
        assert isinstance(again.answer(refused), f.ErrorFrame)


async def test_nobody_ends_a_session_of_somebody_else_nor_their_own_in_this_way() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")

        refused = [await refusal_of(world, bob, accounts.digest(raw.token)) for raw in (alice, bob)]
        refused.append(await refusal_of(world, bob, alice.token))

        assert refused == [("not_found", "session"), ("not_allowed", "session"), ("not_found", "session")]
        assert (alice.down, bob.down) == (None, None)


async def test_a_session_of_a_short_life_does_not_end_while_it_is_in_use() -> None:
    async with ChatWorld(settings=HostSettings(session_life=SessionLife())) as world:
        alice = await registered(world, "alice")
        token = await accounts.begin_session(world.host.ctx, alice.me.id, "short", 60_000)
        unused = await accounts.begin_session(world.host.ctx, alice.me.id, "unused", 60_000)
        short = await resumed(world, token)

        await world.settle(HOUR)
        short.link.abort()
        await world.settle(60 - USE_EVERY - 1)
        back = await resumed(world, token)
        listed = {session.label for session in (await sessions_of(world, back)).sessions}
        back.link.abort()
        await world.settle(61)
        late = await greet(world)
        numbers = [late.ask(lambda number, each=each: f.Resume(number, each, None)) for each in (token, unused)]  # type: ignore[misc]
        await world.settle()

        assert listed == {"", "short"}
        assert [late.answer(number).code for number in numbers] == ["logged_out"] * 2  # type: ignore[union-attr]


async def test_another_password_ends_the_live_connections_of_all_other_sessions_within_a_second() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        phone = await logged_in(world, "alice")
        beside = await resumed(world, alice.token)

        number = alice.ask(lambda number: f.ChangePassword(number, PASSWORD, "another horse battery"))
        await world.settle()

        assert alice.answer(number) == f.PasswordChanged(number)
        assert [closing.code for closing in phone.of(f.Closing)] == ["logged_out"]
        assert not [*alice.of(f.Closing), *beside.of(f.Closing), *bob.of(f.Closing)]
        again = await greet(world)
        refused = again.ask(lambda number: f.LogIn(number, "alice", PASSWORD, None))
        let_in = again.ask(lambda number: f.LogIn(number, "alice", "another horse battery", None))
        await world.settle()
        assert isinstance(again.answer(refused), f.ErrorFrame)
        assert isinstance(again.answer(let_in), f.LoggedIn)


async def test_a_password_is_not_changed_without_the_one_up_to_now() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")
        phone = await logged_in(world, "alice")

        codes = []
        for known, new in (("wrong horse battery", "another horse battery"), (PASSWORD, "password1"), (PASSWORD, "no")):
            number = alice.ask(partial(f.ChangePassword, password=known, new_password=new))
            await world.settle()
            answer = alice.answer(number)
            assert isinstance(answer, f.ErrorFrame)
            codes.append((answer.code, answer.field))

        password, new = "password", "new_password"
        assert codes == [("wrong_credentials", password), ("common_password", new), ("weak_password", new)]
        assert not phone.of(f.Closing)


async def begun_by(world: ChatWorld, raw: Raw, label: str = "a window") -> f.ServerFrame:
    """Ask for another session of one's own; return the answer."""
    number = raw.ask(lambda number: f.BeginSession(number, label))
    await world.settle()
    return raw.answer(number)


async def test_a_second_program_has_a_session_of_its_own_from_the_first_one_s_and_a_log_out_ends_only_one() -> None:
    async with ChatWorld() as world:
        first = await registered(world, "alice")

        begun = await begun_by(world, first)
        assert isinstance(begun, f.SessionBegun)
        second = await resumed(world, begun.token)
        labels = {session.id: session.label for session in (await sessions_of(world, second)).sessions}
        first.ask(f.LogOut)
        await world.settle()
        left = await sessions_of(world, second)

        assert labels == {accounts.digest(first.token): "", accounts.digest(begun.token): "a window"}
        assert second.me == first.me
        assert first.down is not None
        assert [session.id for session in left.sessions] == [accounts.digest(begun.token)]


async def test_a_session_begun_from_another_lives_no_longer_than_that_one_could() -> None:
    life = SessionLife(idle_ms=10 * HOUR * 1000, total_ms=24 * HOUR * 1000)
    async with ChatWorld(settings=HostSettings(session_life=life)) as world:
        token = (await registered(world, "alice")).token
        for _ in range(3):  # each from the one before
            await world.settle(7 * HOUR)
            begun = await begun_by(world, await resumed(world, token))
            assert isinstance(begun, f.SessionBegun)
            token = begun.token

        await world.settle(4 * HOUR)
        late = await greet(world)
        number = late.ask(lambda number: f.Resume(number, token, None))
        await world.settle()

        answer = late.answer(number)
        assert isinstance(answer, f.ErrorFrame)
        assert answer.code == "logged_out"


async def test_no_session_begins_with_a_bad_label_nor_beyond_the_most() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")

        bad = [await begun_by(world, alice, label) for label in ("x" * 65, "two\nlines", "\u2028")]
        for _ in range(MOST_BEGUN - 1):
            await accounts.begin_session(world.host.ctx, alice.me.id)
        too_many = await begun_by(world, alice)

        codes = [(answer.code, answer.field) for answer in (*bad, too_many) if isinstance(answer, f.ErrorFrame)]
        assert codes == [("too_long", "label"), ("bad_text", "label"), ("bad_text", "label"), ("not_allowed", None)]
        assert len(await world.storage.sessions_of(alice.me.id, Ages(0, 0, 0))) == MOST_BEGUN


async def test_who_is_disabled_has_no_session_left_that_began_from_another() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")
        begun = await begun_by(world, alice)
        assert isinstance(begun, f.SessionBegun)
        second = await resumed(world, begun.token)

        await world.storage.change_user(alice.me.id, UserChange(disabled=True), 0)
        await world.settle()

        assert [closing.code for raw in (alice, second) for closing in raw.of(f.Closing)] == ["logged_out"] * 2
