"""The user's time zone."""

import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chatcore.client.zone import local_zone

WINTER, SUMMER = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)


def zone_file(folder: Path, rule: str) -> Path:
    """The smallest file of a zone (RFC 9636): no transitions, only the rule for all times."""
    block = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4) + struct.pack(">lbb", 3600, 0, 0) + b"CET\0"
    path = folder / "localtime"
    path.write_bytes(block + block + f"\n{rule}\n".encode())
    return path


def test_the_machine_s_zone_has_summer_and_winter(tmp_path: Path) -> None:
    zone = local_zone({}, zone_file(tmp_path, "CET-1CEST,M3.5.0,M10.5.0/3"))

    offsets = [moment.astimezone(zone).utcoffset() for moment in (WINTER, SUMMER)]
    assert offsets == [timedelta(hours=1), timedelta(hours=2)]


def test_without_a_zone_that_is_known_there_is_still_an_offset(tmp_path: Path) -> None:
    for environment in ({}, {"TZ": "no/such zone"}):
        assert WINTER.astimezone(local_zone(environment, tmp_path / "none")).utcoffset() is not None
