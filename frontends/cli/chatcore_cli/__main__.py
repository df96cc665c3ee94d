"""Starts the terminal client, or says which extra is missing."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the program."""
    gc.disable()  # modules are no garbage: looking through them again and again is a fifteenth of the start
    from chatcore.process.streams import run

    return run("chatcore", _run)


def _run() -> int:
    """Run the command line; where an extra is missing say so in one line."""
    try:
        from .cli import main as run_command
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"chatcore", "chatcore_cli"}:
            raise
        print(
            f"chatcore: {error.name} is not installed; install chatcore with the extra `cli`: "
            "pip install 'chatcore[cli]'",
            file=sys.stderr,
        )
        return 1
    finally:
        gc.freeze()
        # With a long history held, a search through everything takes 50 ms, in which the screen stands still.
        gc.set_threshold(20_000, 20, 1_000)
        gc.enable()
    return run_command()


if __name__ == "__main__":
    sys.exit(main())
