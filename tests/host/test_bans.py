"""Somebody is banned while they are connected."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chatcore import ConnectionPhase
from chatcore.adapters.local_bus import LocalBus
from chatcore.domain.events import SessionEnded
from chatcore.host.host import END_BANS_EVERY
from chatcore.ports.bus import Hint
from chatcore.service import account_changes
from chatcore.testing import ChatWorld
from chatcore.testing.world import PASSWORD
from chatcore.wire import frames as f
from tests.host.raw import greet, registered, resumed
from tests.host.test_looking import LOOKS, SEEN, DeadBus
from tests.host.two_hosts import two_hosts

MINUTE = 60_000


async def test_who_is_banned_is_told_why_on_all_live_connections_and_is_let_in_again_by_itself() -> None:
    async with ChatWorld() as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        beside = await resumed(world, alice.token)
        until_ms = world.clock.now_ms() + MINUTE
        bob.forget()

        await account_changes.ban(world.host.ctx, alice.me.id, "spam", until_ms)
        await world.settle(1)

        for raw in (alice, beside):
            (closing,) = raw.of(f.Closing)
            assert (closing.code, closing.reason, closing.until_ms) == ("banned", "spam", until_ms)
            assert closing.message.startswith("this account is banned until ")
        assert [event.user.disabled for event in bob.of(f.UserEvent)] == [True]
        await world.settle(MINUTE / 1_000 + END_BANS_EVERY)
        assert [event.user.disabled for event in bob.of(f.UserEvent)] == [True, False]
        again = await greet(world)
        number = again.ask(lambda number: f.LogIn(number, "alice", PASSWORD, None))
        await world.settle()
        assert isinstance(again.answer(number), f.LoggedIn)


async def test_who_is_disabled_is_told_no_more_than_that_the_session_has_ended() -> None:
    async with ChatWorld() as world:
        alice = await registered(world, "alice")

        await account_changes.disable(world.host.ctx, alice.me.id, "a secret of ours")
        await world.settle(1)

        assert alice.of(f.Closing) == [f.Closing("logged_out", "the session has ended")]


async def test_who_is_banned_at_one_host_is_told_so_by_the_other_one() -> None:
    async with two_hosts() as (first, second):
        alice = await registered(second, "alice")

        await account_changes.ban(first.host.ctx, alice.me.id, "spam", None)
        await first.settle(1)

        assert [(closing.code, closing.reason) for closing in alice.of(f.Closing)] == [("banned", "spam")]


class EndsAlone(LocalBus):
    """Tells which sessions have ended, and loses all else."""

    def publish(self, hints: Sequence[Hint], publisher: object) -> None:
        super().publish([hint for hint in hints if isinstance(hint, SessionEnded)], publisher)


@pytest.mark.parametrize("bus", [EndsAlone, DeadBus])
async def test_who_is_banned_is_told_so_by_the_other_host_where_that_hears_of_the_end_of_the_session_first(
    bus: type[LocalBus],
) -> None:
    async with two_hosts(bus(), LOOKS) as (first, second):
        alice = await registered(second, "alice")

        await account_changes.ban(first.host.ctx, alice.me.id, "spam", None)
        await first.settle(SEEN)

        assert [(closing.code, closing.reason) for closing in alice.of(f.Closing)] == [("banned", "spam")]


async def test_a_client_that_is_banned_is_logged_out_with_the_reason_and_asks_no_more() -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")
        me = alice.me.id

        await account_changes.ban(world.host.ctx, me, "spam", None)
        await world.settle(120)

        assert alice.connection.phase is ConnectionPhase.LOGGED_OUT
        assert (alice.connection.code, alice.connection.reason) == ("banned", "this account is banned: spam")
        assert alice.token is None
