"""A program of one's own that is run for each message."""

import asyncio
import json
import os
from pathlib import Path

from chatcore_cli.hook import Hook
from chatcore_cli.preferences import Preferences

from chatcore.adapters.system import SystemClock
from chatcore.testing import ChatWorld
from chatcore.view.language import ENGLISH
from tests.cli.emulator import terminal


def program(folder: Path, script: str) -> str:
    path = folder / "hook"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return str(path)


def lines_of(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


async def until_there_are(path: Path, lines: int) -> list[str]:
    async with asyncio.timeout(20):
        while len(lines_of(path)) < lines:
            await asyncio.to_thread(os.sched_yield)
    return lines_of(path)


async def test_each_message_of_others_is_given_to_it_in_order_and_as_data(tmp_path: Path) -> None:
    told = tmp_path / "told"
    hook = program(tmp_path, f'cat >> "{told}"; echo "$1" >> "{told}"')
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await bob.conversation_with("alice")
        async with terminal(world, alice, preferences=Preferences(hook=(hook, "a word"))):
            await bob.post(conversation, "$(touch here)\nsecond line")
            await alice.post(conversation, "of my own")
            await bob.post(conversation, "another")

            lines = await until_there_are(told, 4)

    records = [json.loads(line) for line in lines[::2]]
    assert [record["text"] for record in records] == ["$(touch here)\nsecond line", "another"]
    assert (records[0]["sender"], records[0]["seq"], lines[1::2]) == ("bob", 1, ["a word", "a word"])


async def test_one_that_fails_is_told_of_once_and_again_only_after_it_went_well(tmp_path: Path) -> None:
    said: list[str] = []
    name = program(tmp_path, "grep -q well")
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        conversation = await bob.conversation_with("alice")
        hook = Hook((name,), alice, SystemClock(), ENGLISH, said.append)
        missing = Hook((f"{name} missing",), alice, SystemClock(), ENGLISH, said.append)

        for text in ("bad", "bad", "well", "bad"):
            hook._told(await hook._give(await bob.post(conversation, text)))
        missing._told(await missing._give(await bob.post(conversation, "well")))

    failed = f"The hook {name} does not work: it ended with status 1."
    assert said == [failed, failed, f"The hook {name} missing does not work: No such file or directory."]


async def test_one_whose_name_the_locale_cannot_write_is_told_of_and_the_next_message_tries_again() -> None:
    said: list[str] = []
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        message = await bob.post(await bob.conversation_with("alice"), "hello")
        hook = Hook(("/bin/\ud800",), alice, SystemClock(), ENGLISH, said.append)  # no locale has that one

        hook._told(await hook._give(message))

    (sentence,) = said
    assert sentence.endswith("does not work: this locale does not have all letters of its name.")


async def test_one_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    name = program(tmp_path, "exec sleep 600")
    async with ChatWorld() as world:
        alice, bob = await world.users("alice", "bob")
        message = await bob.post(await bob.conversation_with("alice"), "hello")
        hook = Hook((name,), alice, world.clock, ENGLISH, print)

        assert await hook._give(message) == "it took too long"  # the world's time passes while nothing else happens
