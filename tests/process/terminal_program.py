"""Somebody at the terminal client, without a terminal: opens the general chat, writes, tries to stop, leaves."""

from __future__ import annotations

import asyncio
import sys

from chatcore_cli.app import Options, Program
from prompt_toolkit.output import ColorDepth

from tests.cli.emulator import CTRL_Q, ENTER, session
from tests.waiting import until

CTRL_Z = "\x1a"


async def write(server: str) -> None:
    elsewhere, sys.platform = sys.platform, "linux"  # whose keyboard this one is like
    with session(80, 24, ColorDepth.DEPTH_1_BIT) as (keys, glass):
        sys.platform = elsewhere
        program = Program(Options(server=server))
        chat = asyncio.create_task(program.chat(program.profile()))
        for sight, pressed in (("online", ENTER), ("Write to", f"hello{ENTER}"), ("✓", CTRL_Z), ("✓", CTRL_Q)):
            await until(lambda sight=sight: sight in glass.text or chat.done())  # type: ignore[misc] # a default
            keys.send_text(pressed)
        await chat


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1]))
    print("left")  # noqa: T201 - whoever runs this wants to know
