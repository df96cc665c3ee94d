"""Going to a place of the open conversation that may not be here yet: its beginning, the first unread one, a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, tzinfo

from .conversation_view import ConversationView

Goal = Callable[[ConversationView, bool], int | None]
"""Returns which message it is, None where older ones have to come first. It is told whether there are none to come."""


class Seeking:
    """Has older messages fetched, page by page, until the goal is among them. What is in view stays until then."""

    def __init__(
        self, fetch: Callable[[ConversationView], bool], arrived: Callable[[ConversationView, int], None]
    ) -> None:
        """`fetch` has older messages fetched and tells whether some are coming."""
        self._fetch, self._arrived = fetch, arrived
        self.goal: Goal | None = None
        "Where to go, while the way is not at its end."

    def begin(self, view: ConversationView, goal: Goal) -> None:
        """Go there, in the place of wherever it went before."""
        self.goal = goal
        self.go_on(view)

    def go_on(self, view: ConversationView) -> None:
        """Messages have come."""
        goal = self.goal
        if goal is None or not view.is_loaded:
            return
        place = goal(view, False)
        if place is None and self._fetch(view):
            return
        self.goal = None
        place = goal(view, True) if place is None else place
        if place is not None:
            self._arrived(view, place)

    def end(self) -> None:
        """Go nowhere: the person has gone elsewhere."""
        self.goal = None


def beginning(_view: ConversationView, is_whole: bool) -> int | None:
    """Lead to the first message there is."""
    return 0 if is_whole else None


def first_unread(count: int) -> Goal:
    """Lead to the first of so many unread messages."""

    def place(view: ConversationView, is_whole: bool) -> int | None:
        return view.first_unread if view.unread >= count or is_whole else None

    return place


def first_of(day: date, zone: tzinfo | None) -> Goal:
    """Lead to the first message of a day in this zone, or of the next day that has one; else to the newest."""

    def place(view: ConversationView, is_whole: bool) -> int | None:
        if not is_whole and view.items[0].at.astimezone(zone).date() >= day:
            return None
        places = range(len(view.items))
        return next((at for at in places if view.items[at].at.astimezone(zone).date() >= day), len(view.items) - 1)

    return place
