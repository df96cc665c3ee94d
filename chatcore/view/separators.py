"""What stands between two messages of a timeline: a new day, the line before the unread ones."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

import attrs

from ..client.items import Item
from .days import day_separator
from .language import Language
from .sentences import unread_line_text


@attrs.frozen
class Separators:
    """What stands before a message, from above: first the day, then the line."""

    day: str
    "Empty where the day goes on."
    unread: str
    "Empty where the line does not stand here."
    goes_on: bool = False
    "Whether the message belongs to the one before it: of the same sender, soon after it, with nothing between."


TOGETHER_MS = 5 * 60 * 1000
"""Within which messages of the same sender belong together."""


def separators(
    previous: Item | None, item: Item, *, unread_seq: int | None, now: datetime, language: Language
) -> Separators:
    """Say what stands between `item` and the one before it (None at the beginning of the timeline).

    `unread_seq` is `UnreadLine.seq`; `now` is aware, in the viewer's time zone. Only two neighbours are needed, so that
    a frontend can draw any part of a long timeline.
    """
    day = _day(item, now.tzinfo)
    before = None if previous is None else _day(previous, now.tzinfo)
    # Days go back where the server's clock had been wrong. A message that waits has this machine's time, which may be
    # behind the server's: it begins no day that has passed.
    begins = before is None or day > before or (day < before and item.seq is not None)
    is_first_unread = item.seq is not None and item.seq == unread_seq
    goes_on = not begins and not is_first_unread and previous is not None and _belongs(previous, item)
    return Separators(
        day_separator(day, now.date(), language) if begins else "",
        unread_line_text(language) if is_first_unread else "",
        goes_on,
    )


def _belongs(previous: Item, item: Item) -> bool:
    return previous.sender == item.sender and abs(item.at_ms - previous.at_ms) <= TOGETHER_MS


def _day(item: Item, zone: tzinfo | None) -> date:
    return item.at.astimezone(zone).date()
