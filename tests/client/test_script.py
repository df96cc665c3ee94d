"""A client as a whole program: it is entered, and left in peace whatever ends it."""

from __future__ import annotations

import asyncio
import signal
from types import TracebackType
from typing import Self

import pytest

from chatcore.client.script import run
from chatcore.testing import ChatWorld


class Entered:
    """Something to enter, which takes a while to leave."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def __aenter__(self) -> Self:
        self.told.append("entered")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.sleep(0)  # noqa: TID251 - a turn of the loop, no time
        self.told.append("left" if kind is None else f"left for {kind.__name__}")


def test_what_main_returns_is_returned_when_the_client_was_left() -> None:
    entered = Entered()

    async def main(client: Entered) -> int:
        client.told.append("main")
        return 5

    assert run(entered, main) == 5
    assert entered.told == ["entered", "main", "left"]


def test_ctrl_c_ends_in_peace() -> None:
    entered = Entered()

    async def main(client: Entered) -> int:
        signal.raise_signal(signal.SIGINT)
        await asyncio.Event().wait()
        return 5

    assert run(entered, main) is None
    assert entered.told == ["entered", "left for CancelledError"]


def test_an_error_of_main_is_raised_when_the_client_was_left() -> None:
    entered = Entered()

    async def main(client: Entered) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(entered, main)
    assert entered.told == ["entered", "left for ZeroDivisionError"]


async def test_within_a_loop_it_says_what_to_do_instead() -> None:
    async with ChatWorld() as world:
        client = world.unopened()

        with pytest.raises(RuntimeError, match="a loop runs here already"):
            client.run(lambda client: client.synced())
