"""The sessions of a user, as their client lists and ends them."""

from __future__ import annotations

import pytest

from chatcore import BadFrame, ConnectionPhase, NotAllowed, NotFound, Unreachable
from chatcore.service import accounts
from chatcore.testing import ChatWorld
from chatcore.testing.world import PASSWORD
from chatcore.wire.codec import client_frames
from chatcore.wire.limits import MAX_SESSIONS
from tests.client.clients import a_client


async def test_a_user_lists_their_sessions_and_ends_another_one() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        await world.settle(60)
        async with a_client(world) as phone:
            await phone.log_in("alice", PASSWORD)

            first, second = await phone.sessions()
            await phone.end_session(first)
            await world.settle()
            left = await phone.sessions()

            assert (first.is_own, second.is_own) == (False, True)
            assert (second.begun - first.begun).total_seconds() == pytest.approx(60, abs=5)
            assert first.begun <= first.last_used
            assert alice.connection.phase is ConnectionPhase.LOGGED_OUT
            assert [session.id for session in left] == [second.id]


async def test_all_sessions_are_listed_however_many_pages_they_take() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        for number in range(2 * MAX_SESSIONS):
            await accounts.begin_session(world.host.ctx, alice.me.id, f"{number}")

        listed = await alice.sessions()

        assert len(listed) == 2 * MAX_SESSIONS + 1
        assert [session.begun for session in listed] == sorted(session.begun for session in listed)


async def test_what_cannot_be_ended_is_told() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        (own,) = await alice.sessions()

        with pytest.raises(NotAllowed, match="log out to end it"):
            await alice.end_session(own)
        with pytest.raises(NotFound):
            await alice.end_session("nobody's")
        with pytest.raises(TypeError, match="session has to be a str"):
            await alice.end_session(7)  # type: ignore[arg-type]
        await world.kill()
        await world.settle(1)
        with pytest.raises(Unreachable):
            await alice.end_session("nobody's")


async def test_a_client_begins_a_session_for_another_program_which_goes_on_when_it_logs_out() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")

        token = await alice.begin_session("a window")
        async with a_client(world, token=token) as window:
            await alice.log_out()
            await world.settle()
            (left,) = await window.sessions()

            assert (left.label, left.is_own) == ("a window", True)
            assert window.connection.phase is ConnectionPhase.ONLINE


async def test_a_server_that_knows_no_sessions_from_others_says_so_and_all_else_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(client_frames()._structure, "begin_session", None)
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")

        with pytest.raises(BadFrame) as refused:
            await alice.begin_session()

        assert refused.value.field == "type"
        assert len(await alice.sessions()) == 1
