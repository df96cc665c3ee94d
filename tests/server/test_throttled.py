"""A server with its usual throttles: who is too fast is told how long to wait, and clients get everything through."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from chatcore import GENERAL
from chatcore.adapters.system import SystemClock
from chatcore.testing.server_process import ServerProcess
from tests.server.bystanders import undisturbed
from tests.server.network import PASSWORD, Chat, greeted, resumed


@pytest.fixture
async def usual(tmp_path: Path) -> AsyncIterator[Chat]:
    options = ("--throttling", "normal", "--password-cost", "normal")
    async with ServerProcess(tmp_path / "chat.db", *options) as server, Chat(server) as chat:
        yield chat


async def test_of_200_passwords_five_are_looked_at_and_the_owner_gets_in(usual: Chat) -> None:
    (alice,) = await usual.users("alice")
    async with undisturbed(usual), greeted(usual.server) as peer:
        answers = [
            await peer.ask(number, "log_in", name=alice.me.name, password=f"guess number {number}", told=None)
            for number in range(1, 201)
        ]
        clock = SystemClock()
        start = clock.monotonic()
        again = await usual.returning("alice")
        took = clock.monotonic() - start

    codes = Counter(answer["code"] for answer in answers)
    assert codes["wrong_credentials"] in range(5, 8)  # a second or two may have passed
    assert codes["slow_down"] == 200 - codes["wrong_credentials"]
    assert all(answer["wait_ms"] > 0 for answer in answers if answer["code"] == "slow_down")
    assert again.me == alice.me
    assert took < 10


async def test_who_floods_the_hashes_under_made_up_names_keeps_nobody_out(usual: Chat) -> None:
    await usual.users("alice", "bob", "carol")
    stopped, told = asyncio.Event(), Counter[str]()

    async def flood(attacker: int) -> None:
        while not stopped.is_set():
            with suppress(ConnectionClosed):  # who waits too long for a turn is thrown out
                async with greeted(usual.server) as peer:
                    for number in range(1, 4):
                        name = f"made-up-{attacker}-{sum(told.values())}"
                        error = await peer.ask(number, "log_in", name=name, password="guess a password", told=None)
                        told[error["code"]] += 1

    async with undisturbed(usual):
        floods = [asyncio.create_task(flood(attacker)) for attacker in range(30)]
        clock = SystemClock()
        start = clock.monotonic()
        async with asyncio.timeout(20):
            came = await asyncio.gather(*(usual.returning(name) for name in ("alice", "bob", "carol")))
        took = clock.monotonic() - start
        stopped.set()
        await asyncio.gather(*floods)

    assert len(came) == 3
    assert took < 10
    assert told["wrong_credentials"] > 0


async def test_a_bot_gets_everything_in_and_in_order_where_a_program_that_does_not_wait_is_refused(usual: Chat) -> None:
    bot, hasty = await usual.users("bot", "hasty")
    async with undisturbed(usual), resumed(hasty, usual.server) as peer:
        for number in range(2, 702):
            await peer.say(type="post", id=number, conversation=GENERAL, client_id=f"hasty-{number}", text="x")
        answers = [await peer.hear_until(lambda frame: "id" in frame) for _ in range(700)]
        posted = await asyncio.gather(*(bot.post(GENERAL, f"line {number}") for number in range(600)))

    kinds = Counter(answer["type"] for answer in answers)
    assert kinds["posted"] >= 500
    assert {answer["code"] for answer in answers if answer["type"] == "error"} == {"slow_down"}
    seqs = [message.seq for message in posted]
    assert seqs == sorted(seqs)
    assert [message.text for message in posted] == [f"line {number}" for number in range(600)]


async def test_a_flood_of_registrations_is_stopped_and_users_notice_nothing(tmp_path: Path) -> None:
    options = ("--throttling", "normal", "--registrations", "1/s after 20")
    async with ServerProcess(tmp_path / "chat.db", *options) as server, Chat(server) as chat:
        (alice,) = await chat.users("alice")

        async def make(number: int) -> str:
            async with greeted(server) as peer:
                answer = await peer.ask(1, "register", name=f"flood-{number}", password=PASSWORD)
                return str(answer.get("code", answer["type"]))

        async with undisturbed(chat):
            told = Counter(await asyncio.gather(*map(make, range(60))))

        assert told["logged_in"] in range(15, 25)
        assert told["slow_down"] == 60 - told["logged_in"]
        assert alice.replica.complete
