"""A host that throttles: what is too fast is refused for now, and a client gets everything through, in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chatcore import GENERAL, Rate, SlowDown, Throttles
from chatcore.adapters.memory_link import link_pair
from chatcore.host.settings import HostSettings
from chatcore.testing import ChatWorld
from chatcore.testing.world import PASSWORD
from chatcore.wire import frames as f
from tests.host.raw import Raw, registered, resumed

BOT = 10_000


def usual(throttles: Throttles | None = None) -> ChatWorld:
    return ChatWorld(settings=HostSettings(throttles=throttles or Throttles()), latency=0.0)


@asynccontextmanager
async def coming_from(world: ChatWorld, address: str) -> AsyncIterator[Raw]:
    """Open a link whose other end is at an address, and agree on the version."""
    near, far = link_pair()
    far.address = address
    raw, serving = Raw(near), asyncio.ensure_future(world.host.serve(far))
    raw.say(f.Hello((f.VERSION,), "somewhere"))
    await world.settle(0.1)
    try:
        yield raw
    finally:
        near.abort()
        await serving


def codes(raw: Raw) -> list[str]:
    return [error.code for error in raw.of(f.ErrorFrame)]


# ---- posts


async def test_a_bot_that_posts_as_fast_as_it_can_gets_everything_in_and_in_order() -> None:
    async with usual() as world:
        (bot,) = await world.users("bot")
        start = world.clock.monotonic()

        messages = await asyncio.gather(*(bot.post(GENERAL, f"line {number}") for number in range(BOT)))

        assert [message.seq for message in messages] == list(range(1, BOT + 1))
        seconds = world.clock.monotonic() - start
        assert (BOT - 500) / 50 - 1 < seconds < (BOT - 500) / 50 * 1.1
        last = await bot.history(GENERAL, limit=3)
        assert [message.text for message in last] == [f"line {number}" for number in range(BOT - 3, BOT)]


async def test_one_user_has_one_rate_over_all_connections_and_others_have_theirs() -> None:
    async with usual(Throttles(posts=Rate(1, 10))) as world:
        alice, bob = await registered(world, "alice"), await registered(world, "bob")
        phone = await resumed(world, alice.token, "phone")

        for number in range(8):
            for raw in (alice, phone, bob):
                raw.post(GENERAL, "hello", f"{id(raw)}-{number}")
        await world.settle(0.5)

        posted = [len(raw.of(f.Posted)) for raw in (alice, phone, bob)]
        assert (sum(posted[:2]), posted[2]) == (10, 8)
        assert codes(alice) + codes(phone) == ["slow_down"] * 6
        assert all(error.wait_ms and 200 <= error.wait_ms <= 1_000 for error in alice.of(f.ErrorFrame))


async def test_a_new_connection_brings_no_new_burst() -> None:
    async with usual(Throttles(posts=Rate(1, 5))) as world:
        alice = await registered(world, "alice")
        for number in range(5):
            alice.post(GENERAL, "hello", f"{number}")
        alice.link.abort()
        await world.settle(1)

        again = await resumed(world, alice.token, "again")
        again.forget()
        for number in range(5, 20):
            again.post(GENERAL, "hello", f"{number}")
        await world.settle(0.1)

        assert len(again.of(f.Posted)) in range(3, 6)  # seconds have passed


async def test_the_host_may_let_a_user_post_faster_or_slower() -> None:
    async with usual(Throttles(posts=Rate(1, 5))) as world:
        alice = await registered(world, "alice")
        world.host.ctx.throttle.set_post_rate(alice.me.id, Rate(1_000, 40))

        for number in range(60):
            alice.post(GENERAL, "hello", f"{number}")
        await world.settle(0)
        faster = len(alice.of(f.Posted))
        world.host.ctx.throttle.set_post_rate(alice.me.id, None)
        await world.settle(60)
        alice.forget()
        for number in range(60, 80):
            alice.post(GENERAL, "hello", f"{number}")
        await world.settle(0)

        assert (faster, len(alice.of(f.Posted))) == (40, 5)


# ---- questions


async def test_who_asks_for_pages_without_end_is_told_to_slow_down_and_then_served() -> None:
    async with usual(Throttles(reads=Rate(10, 100))) as world:
        alice = await registered(world, "alice")

        for _ in range(64):
            alice.ask(lambda number: f.ListUsers(number, 0))
        await world.settle(0)
        served, refused = len(alice.of(f.Users)), alice.of(f.ErrorFrame)
        wait = refused[-1].wait_ms
        assert (served, codes(alice)) == (50, ["slow_down"] * 14)
        assert wait is not None
        await world.settle(wait / 1000)
        alice.ask(lambda number: f.ListUsers(number, 0))
        await world.settle(0)

        assert len(alice.of(f.Users)) == 51


@pytest.mark.parametrize(
    ("ask", "served"),
    [
        (lambda number: f.Count(number, GENERAL), 100),
        (lambda number: f.FindUser(number, "alice"), 100),
        (lambda number: f.Mark(number, GENERAL, (1,)), 100),
        (lambda number: f.ListTallies(number, ""), 50),
        (lambda number: f.Stretch(number, GENERAL, 1, 1), 50),
        (lambda number: f.History(number, GENERAL, None, None, 200), 20),
        (lambda number: f.History(number, GENERAL, None, None, 50), 50),
    ],
    ids=["count", "find_user", "mark", "list_tallies", "stretch", "long history", "history"],
)
async def test_each_question_costs_what_it_takes(ask: object, served: int) -> None:
    async with usual(Throttles(reads=Rate(0.001, 120))) as world:
        alice = await registered(world, "alice")
        alice.post(GENERAL, "hello")
        await world.settle()
        alice.forget()

        for _ in range(150):
            alice.ask(ask)  # type: ignore[arg-type]
            await world.settle(0.01)

        assert 150 - codes(alice).count("slow_down") == served


async def test_a_program_that_reads_everything_waits_by_itself() -> None:
    async with usual(Throttles(posts=Rate(1e6, 1e6), reads=Rate(10, 60))) as world:
        alice, bob = await world.users("alice", "bob")
        await asyncio.gather(*(alice.post(GENERAL, f"line {number}") for number in range(300)))

        start, read = world.clock.monotonic(), []
        for _ in range(10):
            read = await bob.history(GENERAL, limit=200)
        counts = [await bob.unread(GENERAL) for _ in range(20)]

        assert len(read) == 200
        assert counts == [300] * 20
        assert world.clock.monotonic() - start > 2.0


async def test_who_comes_in_again_and_again_is_told_to_slow_down() -> None:
    async with usual(Throttles(reads=Rate(0.001, 100))) as world:
        alice = await registered(world, "alice")

        answers = [codes(await resumed(world, alice.token, f"program {number}")) for number in range(8)]

        assert answers == [[]] * 4 + [["slow_down"]] * 4


# ---- registrations


async def test_in_all_so_many_accounts_are_made_at_once_and_then_five_a_second() -> None:
    async with usual(Throttles(registrations=Rate(5, 20))) as world:
        for number in range(20):
            await registered_at_once(world, f"user-{number}")

        refused = await registered_at_once(world, "late")
        wait = refused.of(f.ErrorFrame)[0].wait_ms
        assert wait is not None
        assert 0 < wait <= 200
        await world.settle(wait / 1000)
        refused.ask(lambda number: f.Register(number, "late", PASSWORD))
        await world.settle(0)

        assert [logged_in.user.name for logged_in in refused.of(f.LoggedIn)] == ["late"]


async def registered_at_once(world: ChatWorld, name: str) -> Raw:
    raw = Raw(await world.network.dial("memory://world"))
    raw.say(f.Hello((f.VERSION,), name))
    raw.ask(lambda number: f.Register(number, name, PASSWORD))
    await world.settle(0)
    return raw


async def test_an_address_makes_so_many_accounts_and_others_are_not_kept_out_by_it() -> None:
    async with usual(Throttles(registrations_per_address=Rate(1 / 36, 3))) as world:
        made = []
        for number in range(6):
            async with coming_from(world, f"2001:db8:1:2::{number}") as raw:  # one customer's /64
                raw.ask(lambda at, number=number: f.Register(at, f"flood-{number}", PASSWORD))  # type: ignore[misc]
                await world.settle(0.1)
                made.append(len(raw.of(f.LoggedIn)))
        async with coming_from(world, "2001:db8:1:3::1") as honest:
            honest.ask(lambda at: f.Register(at, "alice", PASSWORD))
            await world.settle(0.1)

            assert len(honest.of(f.LoggedIn)) == 1
        assert made == [1, 1, 1, 0, 0, 0]


async def test_a_name_that_cannot_be_does_not_count() -> None:
    async with usual(Throttles(registrations=Rate(0.001, 1))) as world:
        raw = await registered_at_once(world, "-bad-")
        raw.ask(lambda number: f.Register(number, "alice", "short"))
        await world.settle(0)
        raw.ask(lambda number: f.Register(number, "alice", PASSWORD))
        await world.settle(0)

        assert codes(raw) == ["invalid_name", "weak_password"]
        assert len(raw.of(f.LoggedIn)) == 1


# ---- passwords


async def test_who_guesses_waits_longer_and_longer_and_the_owner_gets_in_from_elsewhere() -> None:
    async with usual() as world:
        await registered(world, "alice")
        async with coming_from(world, "192.0.2.9") as attacker:
            for guess in range(200):
                attacker.ask(lambda number, guess=guess: f.LogIn(number, "alice", f"guess number {guess}", None))  # type: ignore[misc]
            await world.settle(0.5)
            waits = [error.wait_ms for error in attacker.of(f.ErrorFrame)]
            told = codes(attacker)
        async with coming_from(world, "198.51.100.1") as owner:
            owner.ask(lambda number: f.LogIn(number, "alice", PASSWORD, None))
            await world.settle(0.5)

            assert len(owner.of(f.LoggedIn)) == 1
        assert told == ["wrong_credentials"] * 5 + ["slow_down"] * 195
        assert waits[:5] == [None] * 5
        assert all(wait is not None and 0 < wait <= 1_000 for wait in waits[5:])


async def test_an_unknown_name_is_throttled_just_as_a_known_one() -> None:
    async with usual() as world:
        await registered(world, "alice")
        told = []
        for name in ("alice", "nobody", "-no name-"):
            async with coming_from(world, "192.0.2.9") as attacker:
                for _ in range(8):
                    attacker.ask(lambda number, name=name: f.LogIn(number, name, "wrong horse battery", None))  # type: ignore[misc]
                await world.settle(0.5)
                told.append([(error.code, error.message, error.wait_ms) for error in attacker.of(f.ErrorFrame)])

        assert told[0] == told[1] == told[2]


async def test_a_client_that_logs_in_too_early_tries_again_when_it_may() -> None:
    async with usual() as world:
        await registered(world, "alice")
        guesser = await registered_at_once(world, "guesser")
        await world.settle(0.1)
        raw = Raw(await world.network.dial("memory://world"))
        raw.say(f.Hello((f.VERSION,), "guesser"))
        for _ in range(6):
            raw.ask(lambda number: f.LogIn(number, "alice", "wrong horse battery", None))
        await world.settle(0.1)
        assert codes(raw)[-1] == "slow_down"
        client = await world.client()

        user = await client.log_in("alice", PASSWORD)

        assert user.name == "alice"
        assert guesser.down is None


async def test_a_program_that_would_wait_too_long_is_told_how_long_it_is() -> None:
    async with usual(Throttles(registrations=Rate(0.01, 1))) as world:
        await registered(world, "alice")
        client = await world.client()

        with pytest.raises(SlowDown) as refused:
            await client.register("bob", PASSWORD)

        assert refused.value.wait == pytest.approx(97, abs=1)
