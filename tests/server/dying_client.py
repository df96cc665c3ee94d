"""A program that goes on with its profile, and is killed before or after it keeps another token; run as a module."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from chatcore import ConnectionPhase
from chatcore.home.entry import Entry
from chatcore.home.profiles import Profiles
from tests.waiting import until

renew = Profiles.renew


def dying(moment: str) -> None:
    """Die before or after a token is kept."""

    def renewing(profiles: Profiles, former: str, token: str) -> bool:
        if moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        kept = renew(profiles, former, token)
        os.kill(os.getpid(), signal.SIGKILL)
        return kept

    setattr(Profiles, "renew", renewing)  # noqa: B010 - mypy takes no function for it


async def run(home: Path) -> None:
    entry = Entry(config=lambda: home, state=lambda: home, program="terminal")
    async with entry.client(entry.find().profile) as client:
        await until(lambda: client.connection.phase is ConnectionPhase.ONLINE)
        await until(lambda: False, seconds=30)


if __name__ == "__main__":
    dying(sys.argv[2])
    asyncio.run(run(Path(sys.argv[1])))
