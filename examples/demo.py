"""A chat that is alive in this terminal; without a terminal, a conversation of real clients, printed and checked.

Both start a real chatcore-server with its database in a temporary directory, and leave nothing behind.
"""

import asyncio
import logging
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from io import TextIOWrapper
from pathlib import Path
from random import Random

from actor import PASSWORD
from acts import Play
from lively import ADA, GUEST, TOM, Lively
from transcript import Surprise, Transcript

import chatcore
from chatcore.home.profiles import Profile, Profiles
from chatcore.testing.server_process import ServerProcess


async def play(server: ServerProcess, _folder: Path) -> int:
    """Play the conversation, print it, check it."""
    await Play(server, Transcript()).run()
    return 0


async def live(server: ServerProcess, folder: Path) -> int:
    """Let Ada and Tom chat, and open the terminal client among them; give its exit status."""
    people = [Lively(person, server.url, Random()) for person in (ADA, TOM)]  # noqa: S311 - no secret hangs on it
    for one in people:
        await one.register(PASSWORD)
    async with chatcore.connect(server.url) as guest:
        await guest.register(GUEST, PASSWORD)
        token = guest.token
    for one in people:
        await one.greet()
    Profiles(folder / "chatcore" / "profiles.json").remember(Profile(server.url, GUEST, token))
    print(f"demo: opening the terminal client as {GUEST}; Ctrl+Q leaves, F1 helps", flush=True)
    lives = [asyncio.create_task(one.live()) for one in people]
    try:
        command = (sys.executable, "-m", "chatcore_cli", "--server", server.url, "--user", GUEST)
        client = await asyncio.create_subprocess_exec(*command, env={**os.environ, "XDG_CONFIG_HOME": str(folder)})
        return await client.wait()
    finally:
        for life in lives:
            life.cancel()
        await asyncio.gather(*lives, return_exceptions=True)
        print("demo: the client has ended; stopping the server", flush=True)


async def with_server(act: Callable[[ServerProcess, Path], Awaitable[int]], folder: Path) -> int:
    """Start the server, do something, and stop it whatever happens."""
    database = folder / "chat.db"
    print(f"demo: starting chatcore-server with the SQLite database {database}", flush=True)
    async with ServerProcess(database) as server:
        status = await act(server, folder)
        await server.terminate()
        return status


def main() -> int:
    """Choose by the terminal; give the exit status."""
    logging.getLogger("chatcore").addHandler(logging.NullHandler())  # the screen belongs to the client
    out: object = sys.stdout
    if isinstance(out, TextIOWrapper):
        out.reconfigure(errors="replace")  # a terminal or pipe that knows no ✓ gets a ?
    act = live if sys.stdin.isatty() and sys.stdout.isatty() else play
    with tempfile.TemporaryDirectory(prefix="chatcore-demo-") as folder:
        try:
            return asyncio.run(with_server(act, Path(folder)))
        except (Surprise, RuntimeError, chatcore.ChatError) as error:
            sys.stdout.flush()
            print(f"demo: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130


if __name__ == "__main__":
    sys.exit(main())
