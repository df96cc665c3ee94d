"""The user's time zone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from chatcore_cli.zone import local_zone

WINTER, SUMMER = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)


def test_the_zone_of_the_environment_has_summer_and_winter() -> None:
    zone = local_zone({"TZ": "Europe/Warsaw"})

    assert [moment.astimezone(zone).utcoffset() for moment in (WINTER, SUMMER)] == [
        timedelta(hours=1),
        timedelta(hours=2),
    ]


def test_without_one_the_machine_s_file_decides(tmp_path: Path) -> None:
    assert WINTER.astimezone(local_zone({"TZ": "no/such zone"}, tmp_path / "none")).utcoffset() is not None
    assert WINTER.astimezone(local_zone({}, tmp_path / "none")).utcoffset() is not None
