"""A chat that is alive in this terminal; without a terminal, a conversation of real clients, printed and checked.

Both start a real chatcore-server with its database in a temporary directory, and leave nothing behind.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from acts import Play
from server import Server
from transcript import Surprise, Transcript

import chatcore


async def transcript(folder: Path) -> None:
    """Play the conversation and print it."""
    server = Server(folder)
    print("demo: starting chatcore-server with an SQLite database in a temporary directory", flush=True)
    await server.start()
    try:
        await Play(server, Transcript()).run()
    finally:
        await server.stop()


def main() -> int:
    """Choose by the terminal; give the exit status."""
    with tempfile.TemporaryDirectory(prefix="chatcore-demo-") as folder:
        try:
            asyncio.run(transcript(Path(folder)))
        except (Surprise, chatcore.ChatError) as error:
            print(f"demo: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
