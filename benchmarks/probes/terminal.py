"""The terminal client's screen with a long history: prints what a redraw takes. Run by the Python that has the wheel.

Arguments: the server, a token, and how many messages to have.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import process_time

from chatcore_cli.chat_screen import ChatScreen
from chatcore_cli.terminal import Outcome
from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output

from chatcore import GENERAL, ChatClient, connect
from chatcore.adapters.system import SystemClock
from chatcore.view.drafts import Drafts
from chatcore.view.language import ENGLISH
from chatcore.view.viewer import Viewer

SIZE = Size(rows=30, columns=100)
STEPS = 100

WHEEL = 3
"""Lines of a step of the mouse wheel."""


async def main(url: str, token: str, messages: int) -> None:
    """Use a terminal that nobody sees."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, create_pipe_input() as keys:  # noqa: ASYNC230 - no disk
        output = Vt100_Output(nowhere, lambda: SIZE, default_color_depth=ColorDepth.DEPTH_24_BIT, enable_cpr=False)
        with create_app_session(keys, output):
            async with connect(url, token=token) as client:
                await _measure(client, messages)


async def _measure(client: ChatClient, messages: int) -> None:
    """Show the general chat, load its history, and go up in it screen by screen."""
    viewer = Viewer(ENGLISH, lambda: datetime.now(UTC))
    screen = ChatScreen(client, viewer, SystemClock(), Drafts())
    running = asyncio.create_task(screen.run())
    while not client.replica.complete:
        await asyncio.sleep(0.01)
    screen.desk.choosing.open_general()
    await asyncio.sleep(0.5)
    timeline = screen.desk.view
    assert timeline is not None
    while len(timeline.items) < messages:
        await client.load_older(GENERAL, 200)
    talk = screen.desk.talk
    print(
        json.dumps({"step": _redraw(screen, lambda: talk.scroll(WHEEL)), "page": _redraw(screen, lambda: talk.page(1))})
    )
    screen.leave(Outcome.QUIT)
    await running


def _redraw(screen: ChatScreen, move: Callable[[], None]) -> float:
    """Return the milliseconds of CPU that a redraw takes after each move: the median."""
    taken = []
    for _ in range(STEPS):
        begun = process_time()
        move()
        screen.app._redraw()
        taken.append(process_time() - begun)
    return median(taken) * 1e3


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
