"""What is of the wrong type is told at once, and a secret is not repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from chatcore import GENERAL, BadText, ChatClient, ConnectionPhase, NotFound, Observer, TooLong
from chatcore.client.arguments import check_observer
from chatcore.testing import ChatWorld

WRONG: dict[str, Callable[[Any], object]] = {
    "a text of None": lambda client: client.post_soon(GENERAL, None),
    "a text of bytes": lambda client: client.post(GENERAL, b"hi"),
    "a message for a user": lambda client: client.post(client.me, "hi"),
    "a password of bytes": lambda client: client.log_in("alice", b"correct horse battery"),
    "a name of None": lambda client: client.register(None, "correct horse battery"),
    "a conversation with a row": lambda client: client.conversation_with(client.replica.rows[0]),
    "seqs in a list": lambda client: client.mark_read(GENERAL, [1, 2]),
    "seqs in a text": lambda client: client.mark_read(GENERAL, "3"),
    "seqs visible in a text": lambda client: client.visible(GENERAL, "12"),
    "history before a text": lambda client: client.history(GENERAL, before="12"),
    "history without a limit": lambda client: client.history(GENERAL, limit=None),
    "history with a limit of True": lambda client: client.history(GENERAL, limit=True),
    "seqs that are true": lambda client: client.mark_read(GENERAL, True),
    "a limit in a text": lambda client: client.load_older(GENERAL, "5"),
    "a client id of bytes": lambda client: client.post_soon(GENERAL, "hi", client_id=b"x"),
    "a client id of a number": lambda client: client.post(GENERAL, "hi", client_id=5),
    "a retry of a list": lambda client: client.retry([]),
    "a message discarded": lambda client: client.discard({}),
    "a row opened": lambda client: client.opened(client.replica.rows[0]),
    "a row's older messages": lambda client: client.load_older(client.replica.rows[0]),
    "a row's unread ones": lambda client: client.unread(client.replica.rows[0]),
}


async def give(call: Callable[[Any], object], client: ChatClient) -> None:
    answer = call(client)
    if asyncio.iscoroutine(answer):
        await answer


@pytest.mark.parametrize("name", WRONG)
async def test_the_wrong_type_is_told_in_a_sentence_and_the_connection_stays(name: str) -> None:
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")

        with pytest.raises(TypeError, match=r"has to be (a str|an int), and \w+ is none") as caught:
            await give(WRONG[name], alice)

        assert "horse" not in str(caught.value)
        await world.settle()
        assert (await alice.post(GENERAL, "hi")).seq == 1


IMPOSSIBLE: dict[str, tuple[Callable[[Any], object], type[Exception]]] = {
    "a seq beyond all": (lambda client: client.mark_read(GENERAL, 10**30), ValueError),
    "history before a seq beyond all": (lambda client: client.history(GENERAL, before=-(10**30)), ValueError),
    "a seq below all": (lambda client: client.mark_read(GENERAL, -1), NotFound),
    "a conversation that is not Unicode": (lambda client: client.post("\ud800", "hi"), BadText),
    "a mark there": (lambda client: client.mark_read("\ud800", *range(1, 2_000)), BadText),
    "a conversation longer than a frame": (lambda client: client.post("x" * 100_000, "hi"), TooLong),
    "a mark in it": (lambda client: client.mark_read("x" * 100_000, 1), TooLong),
    "its history": (lambda client: client.history("x" * 100_000), TooLong),
    "a name longer than a frame": (lambda client: client.conversation_with("x" * 100_000), TooLong),
}
"""Any server would end the connection for most of these."""


@pytest.mark.parametrize("name", IMPOSSIBLE)
async def test_what_no_server_would_take_is_told_at_once_and_the_connection_stays(name: str) -> None:
    call, expected = IMPOSSIBLE[name]
    async with ChatWorld() as world:
        (alice,) = await world.users("alice")

        with pytest.raises(expected):
            async with asyncio.timeout(1):
                await give(call, alice)

        await world.settle()
        assert alice.connection.phase is ConnectionPhase.ONLINE
        assert (await alice.post(GENERAL, "hi")).seq == 1


async def test_a_password_longer_than_a_frame_is_told_at_once() -> None:
    async with ChatWorld() as world:
        stranger = await world.client()

        with pytest.raises(TooLong):
            async with asyncio.timeout(1):
                await stranger.register("alice", "x" * 100_000)

        await stranger.register("alice", "correct horse battery")


def test_the_class_of_an_observer_is_no_observer() -> None:
    with pytest.raises(TypeError, match=r"Observer is a class: give an observer made of it, Observer\(\)"):
        check_observer(Observer)


def test_an_observer_whose_methods_would_have_to_be_awaited_is_refused() -> None:
    class Waiting(Observer):
        async def message_received(self, message: object) -> None:  # type: ignore[override]
            """Never awaited by anybody."""

    with pytest.raises(TypeError, match=r"Waiting\.message_received is async, and nobody would await it"):
        check_observer(Waiting())


def test_what_is_no_observer_is_refused() -> None:
    with pytest.raises(TypeError, match=r"function has no method connection_changed: derive it from"):
        check_observer(lambda message: message)


def test_an_observer_of_another_kind_will_do() -> None:
    class Duck:
        def __getattr__(self, name: str) -> object:
            return lambda *_: None

    check_observer(Duck())
