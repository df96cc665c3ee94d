"""Another token in the place of one: when there is one, what becomes of the former, and of whoever comes with it."""

from __future__ import annotations

import logging

import pytest

from chatcore.domain.ids import Token
from chatcore.host.settings import HostSettings
from chatcore.service.context import DAY_MS, SessionLife
from chatcore.testing import ChatWorld
from chatcore.testing.world import PASSWORD
from chatcore.wire import frames as f
from tests.host.raw import Chat as AnyChat
from tests.host.raw import Raw, greet, registered, resumed
from tests.host.two_hosts import two_hosts

DAY = DAY_MS / 1000


async def asked(world: AnyChat, raw: Raw) -> f.ServerFrame:
    """Ask for another token; return the answer."""
    number = raw.ask(f.RenewToken)
    await world.settle()
    return raw.answer(number)


async def renewed(world: AnyChat, raw: Raw) -> Token:
    answer = await asked(world, raw)
    assert isinstance(answer, f.TokenRenewed)
    assert answer.token is not None
    return answer.token


async def refusal(world: AnyChat, token: Token) -> str:
    """Come with a token; return the code of the refusal, empty where there is none."""
    raw = await greet(world)
    number = raw.ask(lambda number: f.Resume(number, token, None))
    await world.settle()
    answer = raw.answer(number)
    return answer.code if isinstance(answer, f.ErrorFrame) else ""


async def test_there_is_another_token_when_the_one_there_is_is_a_day_old_and_one_for_all_who_ask_then() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")
        number = await asked(world, alice)
        await world.settle(DAY - 10)
        young = await asked(world, alice)
        await world.settle(10)
        beside = await resumed(world, alice.token)

        token = await renewed(world, beside)
        again = [await asked(world, raw) for raw in (alice, beside)]

        assert [answer.token for answer in (number, young, *again)] == [None] * 4  # type: ignore[union-attr]
        assert token != alice.token


async def test_until_the_new_token_is_used_both_lead_in_and_the_session_stays_the_same() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")
        await world.settle(DAY)
        token = await renewed(world, alice)

        again = [await refusal(world, alice.token) for _ in range(2)]
        new = await resumed(world, token)
        number = new.ask(lambda number: f.ListSessions(number, ""))
        await world.settle()
        sessions = new.answer(number)

        assert again == ["", ""]
        assert isinstance(sessions, f.Sessions)
        assert [session.id for session in sessions.sessions] == [sessions.own]
        assert not alice.of(f.Closing)


async def test_a_token_whose_place_another_one_has_taken_ends_the_session_with_all_its_connections(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        phone = await greet(world)
        phone.ask(lambda number: f.LogIn(number, "alice", PASSWORD, None))
        await world.settle(DAY)
        token = await renewed(world, alice)
        new = await resumed(world, token)
        caplog.clear()

        with caplog.at_level(logging.WARNING):
            reused = await refusal(world, alice.token)

        assert reused == "token_reused"
        assert [closing.code for raw in (alice, new) for closing in raw.of(f.Closing)] == ["logged_out"] * 2
        assert not [*phone.of(f.Closing), *bob.of(f.Closing)]
        assert [await refusal(world, each) for each in (token, alice.token)] == ["logged_out"] * 2
        (line,) = [record.getMessage() for record in caplog.records]
        assert "a token came that another one had replaced" in line
        assert not [each for each in (token, alice.token) if each in line]


async def test_a_thief_who_renews_a_copied_token_is_out_as_soon_as_its_owner_comes() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")
        alice.link.abort()
        await world.settle(DAY)
        thief = await resumed(world, alice.token)
        stolen = await renewed(world, thief)
        thief.link.abort()
        thief = await resumed(world, stolen)

        assert await refusal(world, alice.token) == "token_reused"
        assert [closing.code for closing in thief.of(f.Closing)] == ["logged_out"]
        assert await refusal(world, stolen) == "logged_out"


async def test_reuse_at_one_host_ends_the_connections_at_the_others_within_a_second() -> None:
    async with two_hosts() as (first, second):
        alice = await registered(first, "alice")
        await first.settle(DAY)
        token = await renewed(second, await resumed(second, alice.token))
        elsewhere = await resumed(second, token)

        assert await refusal(first, alice.token) == "token_reused"
        await first.settle(1)

        assert [closing.code for raw in (alice, elsewhere) for closing in raw.of(f.Closing)] == ["logged_out"] * 2
        assert await refusal(second, token) == "logged_out"


async def test_how_old_a_token_may_be_is_a_setting() -> None:
    async with ChatWorld(settings=HostSettings(session_life=SessionLife(token_ms=0))) as world:
        alice = await registered(world, "alice")

        first, second = await renewed(world, alice), await renewed(world, alice)

        assert [await refusal(world, token) for token in (alice.token, second, first)] == ["", "", ""]
        assert await refusal(world, alice.token) == "token_reused"


async def test_tokens_are_not_kept_as_they_are_and_an_answer_does_not_show_one() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")
        await world.settle(DAY)
        answer = await asked(world, alice)

        assert isinstance(answer, f.TokenRenewed)
        assert answer.token is not None
        assert answer.token not in repr(answer)
