"""How many files and sockets this process may have open."""

from __future__ import annotations

import sys
from contextlib import suppress

UNLIMITED = 1_000_000
"""What is as good as no limit."""

if sys.platform == "win32":  # there is no limit that could be raised

    def allow_many_files() -> None:
        """Let as many be open as the system allows."""

    def most_files() -> int:
        """Return how many may be open."""
        return UNLIMITED

else:
    from resource import RLIM_INFINITY, RLIMIT_NOFILE, getrlimit, setrlimit

    def allow_many_files() -> None:
        """Let as many be open as the system allows: the soft limit is often 1,024."""
        _, hard = getrlimit(RLIMIT_NOFILE)
        with suppress(OSError, ValueError):  # some systems do not mean the limit that they tell
            setrlimit(RLIMIT_NOFILE, (hard, hard))

    def most_files() -> int:
        """Return how many may be open."""
        soft, _ = getrlimit(RLIMIT_NOFILE)
        return UNLIMITED if soft == RLIM_INFINITY else min(soft, UNLIMITED)
