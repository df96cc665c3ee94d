"""How times and days are written: shorter the nearer they are.

A moment is shown in the time zone of `now`, which is an aware datetime in the viewer's own zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from .language import Language, pgettext_noop

_iso = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})").fullmatch
_dotted = re.compile(r"(\d{1,2})\.\s?(\d{1,2})(?:\.\s?(\d{4})?)?").fullmatch

_DAYS = (
    pgettext_noop("weekday", "Monday"),
    pgettext_noop("weekday", "Tuesday"),
    pgettext_noop("weekday", "Wednesday"),
    pgettext_noop("weekday", "Thursday"),
    pgettext_noop("weekday", "Friday"),
    pgettext_noop("weekday", "Saturday"),
    pgettext_noop("weekday", "Sunday"),
)
_SHORT_DAYS = (
    pgettext_noop("weekday, short", "Mon"),
    pgettext_noop("weekday, short", "Tue"),
    pgettext_noop("weekday, short", "Wed"),
    pgettext_noop("weekday, short", "Thu"),
    pgettext_noop("weekday, short", "Fri"),
    pgettext_noop("weekday, short", "Sat"),
    pgettext_noop("weekday, short", "Sun"),
)
_MONTHS = (
    pgettext_noop("month, in a date", "January"),
    pgettext_noop("month, in a date", "February"),
    pgettext_noop("month, in a date", "March"),
    pgettext_noop("month, in a date", "April"),
    pgettext_noop("month, in a date", "May"),
    pgettext_noop("month, in a date", "June"),
    pgettext_noop("month, in a date", "July"),
    pgettext_noop("month, in a date", "August"),
    pgettext_noop("month, in a date", "September"),
    pgettext_noop("month, in a date", "October"),
    pgettext_noop("month, in a date", "November"),
    pgettext_noop("month, in a date", "December"),
)
_SHORT_MONTHS = (
    pgettext_noop("month, short", "Jan"),
    pgettext_noop("month, short", "Feb"),
    pgettext_noop("month, short", "Mar"),
    pgettext_noop("month, short", "Apr"),
    pgettext_noop("month, short", "May"),
    pgettext_noop("month, short", "Jun"),
    pgettext_noop("month, short", "Jul"),
    pgettext_noop("month, short", "Aug"),
    pgettext_noop("month, short", "Sep"),
    pgettext_noop("month, short", "Oct"),
    pgettext_noop("month, short", "Nov"),
    pgettext_noop("month, short", "Dec"),
)


class Calendar:
    """Which day it is for the viewer. Whatever is written shorter the nearer it is changes when the day does."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.today: date = now().date()

    def turns(self) -> bool:
        """Return whether another day has begun since this was asked last: at midnight, or because the clock was set."""
        before, self.today = self.today, self._now().date()
        return self.today != before


def short_time(at: datetime, now: datetime, language: Language) -> str:
    """Write a moment as a line of the list does: the time today, a weekday in the last six days, else the date."""
    local = at.astimezone(now.tzinfo)
    age = now.date() - local.date()
    if not age:
        return _clock(local)
    if timedelta(0) < age < timedelta(days=7):
        return language.pgettext(*_SHORT_DAYS[local.weekday()])
    return _short_date(local.date(), now.date(), language)


def full_time(at: datetime, now: datetime, language: Language) -> str:
    """Write a moment as a message does: the time today, else the date and the time."""
    local = at.astimezone(now.tzinfo)
    if local.date() == now.date():
        return _clock(local)
    return f"{_short_date(local.date(), now.date(), language)} {_clock(local)}"


def day_separator(day: date, today: date, language: Language) -> str:
    """Write what stands between messages where a new day begins."""
    if day == today:
        return language.gettext("Today")
    if day == today - timedelta(days=1):
        return language.gettext("Yesterday")
    names = {
        "weekday": language.pgettext(*_DAYS[day.weekday()]),
        "day": day.day,
        "month": language.pgettext(*_MONTHS[day.month - 1]),
        "year": day.year,
    }
    if day.year == today.year:
        return language.gettext("{weekday}, {day} {month}").format(**names)
    return language.gettext("{weekday}, {day} {month} {year}").format(**names)


def parse_day(written: str, today: date, language: Language) -> date | None:
    """Return the day that somebody means: 2026-05-31, 31.5.2026, 31.5. (the last one), yesterday; else None."""
    here = (language.gettext("Today"), language.gettext("Yesterday"))
    named = {"today": 0, "yesterday": 1, **{name.casefold(): ago for ago, name in enumerate(here)}}
    written = written.strip().casefold()
    if written in named:
        return today - timedelta(days=named[written])
    if found := _iso(written):
        year, month, day = map(int, found.groups())
    elif found := _dotted(written):
        day, month, year = (int(part or 0) for part in found.groups())
    else:
        return None
    try:
        meant = date(year or today.year, month, day)
        return meant.replace(year=meant.year - 1) if not year and meant > today else meant
    except ValueError:
        return None  # there is no such day, as the 30th of February


def _clock(local: datetime) -> str:
    return f"{local:%H:%M}"


def _short_date(day: date, today: date, language: Language) -> str:
    written = f"{day.day} {language.pgettext(*_SHORT_MONTHS[day.month - 1])}"
    return written if day.year == today.year else f"{written} {day.year}"
