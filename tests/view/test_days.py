"""How times and days are written, in both languages."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from chatcore.view.days import Calendar, day_separator, full_time, parse_day, short_time
from chatcore.view.language import ENGLISH, load

POLISH = load("pl")
WARSAW = timezone(timedelta(hours=2))
NOW = datetime(2025, 10, 12, 15, 30, tzinfo=WARSAW)  # a Sunday


@pytest.mark.parametrize(
    ("at", "english", "polish"),
    [
        (datetime(2025, 10, 12, 7, 5, tzinfo=UTC), "09:05", "09:05"),
        (datetime(2025, 10, 11, 22, 0, tzinfo=UTC), "00:00", "00:00"),
        (datetime(2025, 10, 11, 21, 59, tzinfo=UTC), "Sat", "sob."),
        (datetime(2025, 10, 6, 12, 0, tzinfo=UTC), "Mon", "pon."),
        (datetime(2025, 10, 5, 12, 0, tzinfo=UTC), "5 Oct", "5 paź"),
        (datetime(2025, 5, 3, 12, 0, tzinfo=UTC), "3 May", "3 maj"),
        (datetime(2024, 12, 31, 12, 0, tzinfo=UTC), "31 Dec 2024", "31 gru 2024"),
        (datetime(2025, 10, 13, 12, 0, tzinfo=UTC), "13 Oct", "13 paź"),  # clocks differ
    ],
)
def test_a_line_of_the_list_has_the_shortest_time_that_is_clear(at: datetime, english: str, polish: str) -> None:
    assert short_time(at, NOW, ENGLISH) == english
    assert short_time(at, NOW, POLISH) == polish


def test_six_days_over_new_year_are_still_a_weekday() -> None:
    new_year = datetime(2026, 1, 1, 12, 0, tzinfo=WARSAW)

    assert short_time(datetime(2025, 12, 26, 12, 0, tzinfo=UTC), new_year, ENGLISH) == "Fri"
    assert short_time(datetime(2025, 12, 25, 12, 0, tzinfo=UTC), new_year, ENGLISH) == "25 Dec 2025"


@pytest.mark.parametrize(
    ("at", "english", "polish"),
    [
        (datetime(2025, 10, 12, 12, 5, tzinfo=UTC), "14:05", "14:05"),
        (datetime(2025, 10, 11, 12, 5, tzinfo=UTC), "11 Oct 14:05", "11 paź 14:05"),
        (datetime(2024, 2, 29, 23, 5, tzinfo=UTC), "1 Mar 2024 01:05", "1 mar 2024 01:05"),
    ],
)
def test_a_message_has_its_time_or_its_date_and_time(at: datetime, english: str, polish: str) -> None:
    assert full_time(at, NOW, ENGLISH) == english
    assert full_time(at, NOW, POLISH) == polish


@pytest.mark.parametrize(
    ("day", "english", "polish"),
    [
        (date(2025, 10, 12), "Today", "Dzisiaj"),
        (date(2025, 10, 11), "Yesterday", "Wczoraj"),
        (date(2025, 10, 10), "Friday, 10 October", "Piątek, 10 października"),
        (date(2025, 5, 1), "Thursday, 1 May", "Czwartek, 1 maja"),
        (date(2024, 5, 1), "Wednesday, 1 May 2024", "Środa, 1 maja 2024"),
    ],
)
def test_a_separator_names_its_day(day: date, english: str, polish: str) -> None:
    assert day_separator(day, NOW.date(), ENGLISH) == english
    assert day_separator(day, NOW.date(), POLISH) == polish


def test_the_days_of_the_week_and_the_months_stand_in_their_places() -> None:
    days = [day_separator(date(2024, 1, 1) + timedelta(days=n), NOW.date(), ENGLISH) for n in range(7)]
    months = [day_separator(date(2024, month, 1), NOW.date(), POLISH).split()[2] for month in range(1, 13)]

    assert [day.split(",")[0] for day in days] == [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]  # fmt: skip
    assert months == [
        "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca",
        "lipca", "sierpnia", "września", "października", "listopada", "grudnia",
    ]  # fmt: skip


def test_the_day_turns_at_midnight_and_when_the_clock_is_set() -> None:
    times = iter([NOW, NOW.replace(hour=23, minute=59), NOW + timedelta(hours=9), NOW + timedelta(hours=10), NOW])
    calendar = Calendar(lambda: next(times))

    assert [calendar.turns() for _ in range(4)] == [False, True, False, True]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-05-31", date(2026, 5, 31)),
        ("31.5.2025", date(2025, 5, 31)),
        (" 9.5. ", date(2026, 5, 9)),
        ("11.5", date(2025, 5, 11)),  # not one that is still to come
        ("Yesterday", date(2026, 5, 9)),
        ("today", date(2026, 5, 10)),
        ("30.2.", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_day_is_understood_as_people_write_it(written: str, meant: date | None) -> None:
    assert parse_day(written, date(2026, 5, 10), ENGLISH) == meant


def test_a_day_is_understood_in_the_readers_language() -> None:
    assert parse_day("wczoraj", date(2026, 5, 10), load("pl")) == date(2026, 5, 9)
