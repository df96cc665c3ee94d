"""What the machine gives a server: how many files it may open, and a clock that somebody sets."""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from chatcore.process.limits import UNLIMITED, most_files

from .findings import Finding, fault, ok, warning

FEW = 4096
"""Files; each client is one."""

AHEAD_S = 60
"""Seconds by which a message may be of the future: the next ones are given its time."""

_TIME_ERROR = 5  # what ntp_gettime(3) calls a clock that nothing sets
_LIMIT = re.compile(r"^Max open files\s+(\S+)", re.MULTILINE)


def files_of(process: int | None) -> int:
    """Return how many files a running server may open, as far as this system tells; else one begun here."""
    if process is not None:
        try:
            found = _LIMIT.search(Path(f"/proc/{process}/limits").read_text(encoding="ascii"))
        except OSError:
            found = None
        if found and found[1].isdecimal():
            return int(found[1])
    return most_files()


def descriptors(most: int, strangers: int, kept_back: int, *, is_running: bool) -> Finding:
    """Look whether there are enough for clients, and for those on which nobody is logged in yet.

    `kept_back` of them are for what is no client.
    """
    whose = "the server may" if is_running else "a server that is started here may"
    told = f"{whose} open {'any number of' if most >= UNLIMITED else most} files, of which each client is one"
    more = "allow more: LimitNOFILE=65536 in a unit, ulimit -n 65536 in a shell"
    if strangers + kept_back > most:
        told = f"{told}, and {strangers} may be strangers' (--strangers)"
        return fault("descriptors", told, f"name fewer strangers, or {more}")
    if most < FEW:
        return warning("descriptors", told, more)
    return ok("descriptors", told)


def clock(is_set: bool | None, now_ms: int, last_ms: int) -> Iterator[Finding]:
    """Look whether the time of day can be right. `is_set`: whether something sets the clock, None where unknown."""
    ahead = (last_ms - now_ms) / 1000
    if ahead > AHEAD_S:
        told = f"the last message is of {ahead:.0f} s from now: the clock is wrong, or was"
        yield fault("clock", told, "set the clock by NTP; messages keep the wrong times")
    elif is_set is False:
        yield warning(
            "clock", "the system says that nothing sets it", "start an NTP service, such as systemd-timesyncd"
        )
    else:
        yield ok("clock", "it is set by the system" if is_set else "it agrees with the last message")


def is_clock_set() -> bool | None:
    """Ask the system whether something sets its clock; None where it does not tell."""
    if sys.platform != "linux":
        return None
    try:
        state: int = ctypes.CDLL(None).ntp_gettime(ctypes.create_string_buffer(256))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != _TIME_ERROR
