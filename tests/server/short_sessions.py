"""The server with sessions that live for some seconds, instead of months; run as a module."""

import sys
from functools import partial

from chatcore.chat import chat
from chatcore.service.context import SessionLife

LIFE = 4.0
"""Seconds from the beginning of a session to its end, however much it is used."""

if __name__ == "__main__":
    vars(chat)["SessionLife"] = partial(SessionLife, total_ms=round(LIFE * 1000))

    from chatcore_server.cli import main

    sys.exit(main())
