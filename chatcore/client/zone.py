"""The time zone of the person at the screen, with its summer and winter times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ZONE_FILE = Path("/etc/localtime")


def local_zone(environ: Mapping[str, str], zone_file: Path = ZONE_FILE) -> tzinfo:
    """Give the zone that TZ names, else the machine's."""
    try:
        if environ.get("TZ"):
            return ZoneInfo(environ["TZ"].removeprefix(":"))
        with zone_file.open("rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        # No database of zones, or a TZ like EST5EDT4: the C library knows the offset of now, if no other.
        return datetime.fromtimestamp(0, UTC).astimezone().tzinfo or UTC
