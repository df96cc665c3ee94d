"""Times as operators write them: how long something lasts, and when it ends."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import click

from chatcore import BadFrame

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Duration(click.ParamType[timedelta, str]):
    """How long: a number and its unit, `30m`, `12h`, `7d`, `2w`."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Return it. Fails with what is allowed."""
        if isinstance(value, timedelta):
            return value
        match = re.fullmatch(r"([0-9]{1,5})([mhdw])", str(value))
        if match is None or not int(match[1]):
            self.fail(
                f"{value!r:.40} is not a number of minutes, hours, days or weeks, as 30m, 12h, 7d, 2w", param, ctx
            )
        return timedelta(**{_UNITS[match[2]]: int(match[1])})


class Moment(click.ParamType[datetime, str]):
    """When: a day, or a day and a time, in this machine's time unless it says another."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return it, aware. Fails with what is allowed."""
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(str(value)).astimezone()
        except (ValueError, OverflowError, OSError):
            self.fail(
                f"{value!r:.40} is not a time as 2026-12-24, 2026-12-24T18:00 or 2026-12-24T18:00+01:00", param, ctx
            )


def moment(ms: int | None, field: str) -> datetime | None:
    """Return the time of so many ms since 1970, None for none. Raises BadFrame where there is no such time."""
    try:
        return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        msg = f"{field}: there is no such time"
        raise BadFrame(msg, field=field) from error


def end_options() -> tuple[click.Option, click.Option]:
    """Make the options for when something ends: at a time, or after one."""
    return (
        click.Option(["--until"], type=Moment(), help="When it ends, by this machine's clock."),
        click.Option(["--for", "lasts"], type=Duration(), help="After how long it ends, such as 30m, 12h, 7d or 2w."),
    )


def check_end(what: str, until: datetime | None, lasts: timedelta | None) -> None:
    """Raise UsageError where something is to end in both ways."""
    if until is not None and lasts is not None:
        msg = f"{what} ends at a time (--until) or after one (--for): not both"
        raise click.UsageError(msg)
