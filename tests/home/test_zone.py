"""The user's time zone."""

import struct
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatcore.home.zone import LocalZone

WINTER, SUMMER = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)
WARSAW = "CET-1CEST,M3.5.0,M10.5.0/3"

Set = Callable[[str | None], None]


@pytest.fixture
def set_tz(monkeypatch: pytest.MonkeyPatch) -> Iterator[Set]:
    """Set TZ as a shell would before the program starts."""

    def set_(value: str | None) -> None:
        if value is None:
            monkeypatch.delenv("TZ", raising=False)
        else:
            monkeypatch.setenv("TZ", value)
        time.tzset()

    yield set_
    monkeypatch.undo()
    time.tzset()


def zone_file(folder: Path, rule: str) -> Path:
    """A small file of a zone (RFC 9636): one transition, long ago, and the rule for all times since."""
    path = folder / "localtime"
    path.write_bytes(zone_block("l") + zone_block("q") + f"\n{rule}\n".encode())
    return path


def zone_block(time_type: str) -> bytes:
    header = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 1, 1, 4)
    return header + struct.pack(f">{time_type}b", 0, 0) + struct.pack(">lbb", 3600, 0, 0) + b"CET\0"


def offsets() -> list[timedelta | None]:
    return [moment.astimezone(LocalZone()).utcoffset() for moment in (WINTER, SUMMER)]


@pytest.mark.parametrize("form", ["{rule}", "{file}", ":{file}"])
def test_times_are_right_in_summer_and_winter_however_tz_is_written(set_tz: Set, tmp_path: Path, form: str) -> None:
    set_tz(form.format(rule=WARSAW, file=zone_file(tmp_path, WARSAW)))

    assert offsets() == [timedelta(hours=1), timedelta(hours=2)]


@pytest.mark.parametrize(("tz", "hours"), [("EST5EDT4", [-5, -4]), ("<+0330>-3:30", [3.5, 3.5]), ("", [0, 0])])
def test_rules_of_posix_are_followed(set_tz: Set, tz: str, hours: list[float]) -> None:
    set_tz(tz)

    assert offsets() == [timedelta(hours=each) for each in hours]


@pytest.mark.parametrize("tz", [None, "no/such zone"])
def test_there_is_always_an_offset(set_tz: Set, tz: str | None) -> None:
    set_tz(tz)

    assert None not in offsets()


def test_now_has_the_offset_of_now_and_each_message_that_of_its_time(set_tz: Set) -> None:
    set_tz(WARSAW)
    now = WINTER.astimezone(LocalZone())

    assert f"{now:%H:%M}" == "01:00"
    assert f"{SUMMER.astimezone(now.tzinfo):%H:%M}" == "02:00"


def test_the_hour_that_comes_twice_is_told_apart(set_tz: Set) -> None:
    set_tz(WARSAW)
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))

    local = [moment.astimezone(LocalZone()) for moment in (first, second)]

    assert [f"{moment:%H:%M %z}" for moment in local] == ["02:30 +0200", "02:30 +0100"]
    assert [moment.astimezone(UTC) for moment in local] == [first, second]


def test_in_the_hour_that_is_left_out_time_goes_on(set_tz: Set) -> None:
    set_tz(WARSAW)
    before = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)

    local = [moment.astimezone(LocalZone()) for moment in (before, before + timedelta(minutes=1))]

    assert [f"{moment:%H:%M}" for moment in local] == ["01:59", "03:00"]
