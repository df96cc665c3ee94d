"""Starts the server: `python -m chatcore_server`."""

from __future__ import annotations

import sys

from chatcore.process.streams import run


def main() -> int:
    """Run the program."""
    return run("chatcore-server", _run)


def _run() -> int:
    """Run the command line; where an extra is missing say so in one line."""
    try:
        from .cli import main as run_command
    except ImportError as missing:
        package = (missing.name or "").partition(".")[0]
        if package in {"chatcore", "chatcore_server"}:
            raise
        print(
            f"chatcore-server: {package} is not installed; install chatcore with the extra `server`: "
            "pip install 'chatcore[server]'",
            file=sys.stderr,
        )
        return 1
    return run_command()


if __name__ == "__main__":
    sys.exit(main())
