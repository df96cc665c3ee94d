"""A client without a screen on a large chat: prints what it holds in memory. Run by the Python that has the wheel.

Arguments: the server, a token, how many rows the list has, and how many messages the general chat.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from chatcore import GENERAL, connect


def resident() -> float:
    """Return the MiB in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def main(url: str, token: str, rows: int, messages: int) -> None:
    """Have the list; then go back to the first message; then hear of a new one."""
    before = resident()
    async with connect(url, token=token) as client:
        replica = client.replica
        client.window_active(True)
        client.opened(GENERAL)
        while not replica.complete:
            await asyncio.sleep(0.01)
        assert len(replica.rows) == rows, len(replica.rows)
        listed = resident()
        while not replica.is_at_beginning(GENERAL):
            await client.load_older(GENERAL, 200)
        assert len(replica.timeline(GENERAL)) == messages, len(replica.timeline(GENERAL))
        whole = resident()
        await client.post(GENERAL, "news")
        kept = len(replica.timeline(GENERAL))
    print(json.dumps({"before": before, "listed": listed, "whole": whole, "kept": kept}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
