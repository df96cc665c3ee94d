"""Starts the desktop client, or says what is missing for it."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the program."""
    gc.disable()  # until the window is made: modules and widgets are no garbage, and looking through them takes a while
    from chatcore.process.streams import run

    return run("chatcore-tk", _run)


def _run() -> int:
    """Open the window; where something is missing for it say so in one line."""
    try:
        from .cli import main as run_command
    except ModuleNotFoundError as error:
        print(f"chatcore-tk: {error.name} is missing; install it with: pip install 'chatcore[tk]'", file=sys.stderr)
        return 1
    try:
        return run_command()
    except ModuleNotFoundError as error:
        if error.name not in {"_tkinter", "tkinter"}:
            raise
        print(
            "chatcore-tk: this Python has no tkinter; install it (Debian: sudo apt-get install python3-tk)",
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    sys.exit(main())
