"""The time zone of the person at the screen: at each moment what the machine says of that moment."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, tzinfo

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - in UTC, as a tzinfo is given it


class LocalZone(tzinfo):
    """The zone of this process, as the C library knows it: all forms of TZ, the machine's own where there is none.

    Unlike `datetime.astimezone()`, which gives the offset of one moment, it holds for all moments.
    """

    def utcoffset(self, when: datetime | None) -> timedelta | None:
        """Return how far the zone is ahead of UTC at a moment."""
        return None if when is None else _local(when).utcoffset()

    def dst(self, when: datetime | None) -> timedelta | None:  # noqa: ARG002 - tzinfo's signature
        """Return None: nobody asks how much of the offset is summer time."""
        return None

    def tzname(self, when: datetime | None) -> str | None:
        """Return what the zone is called at a moment."""
        return None if when is None else _local(when).tzname()

    def fromutc(self, when: datetime) -> datetime:
        """Return the local time of a moment in UTC."""
        seconds = (when.replace(tzinfo=None) - _EPOCH) // timedelta(seconds=1)
        ahead, a_day_before = _ahead(seconds), _ahead(seconds - 86_400)
        put_back = a_day_before - ahead
        comes_again = put_back > 0 and _ahead(seconds - put_back) == a_day_before
        return (when + timedelta(seconds=ahead)).replace(fold=int(comes_again))


def _ahead(seconds: int) -> int:
    """Return the seconds by which the zone is ahead of UTC at a moment."""
    return time.localtime(seconds).tm_gmtoff


def _local(when: datetime) -> datetime:
    return when.replace(tzinfo=None).astimezone()
