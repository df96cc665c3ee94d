"""Opening a link in the person's browser, which may take a while: nothing waits for it."""

from __future__ import annotations

import webbrowser
from threading import Thread
from urllib.parse import urlsplit


def open_link(address: str) -> None:
    """Have a web address opened, and nothing else."""
    if urlsplit(address).scheme.lower() in {"http", "https"}:
        Thread(target=webbrowser.open, args=(address,), name="browser", daemon=True).start()
