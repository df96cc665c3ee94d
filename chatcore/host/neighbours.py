"""The other hosts of the chat: what this one tells them over the bus, and to whom here goes what they tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import assert_never

from ..domain.events import (
    ClientCameBack,
    Event,
    MessagePosted,
    MessagesRead,
    SessionEnded,
    UserChanged,
    UserRegistered,
)
from ..domain.hosts import AboutPresence, HostPresence, HostPresenceChanged, HostPresenceWanted
from ..ports.bus import Bus, Hint
from ..ports.commits import AboutUser, Altered, Commit, Enrolled, Marked, Outcome, Refused, Repeated, Stored


class Neighbours:
    """Speaks for one host. Without a bus there are none: nothing is told, and nothing heard."""

    def __init__(self, bus: Bus | None) -> None:
        self._bus = bus

    def listen(
        self,
        tell: Callable[[Sequence[Event]], None],
        hear_presence: Callable[[AboutPresence], None],
        end_session: Callable[[str], None],
        came_back: Callable[[str, str], None],
        hints_lost: Callable[[], None],
    ) -> Callable[[], None]:
        """Hand over what the others tell, by what it is, until the returned function is called."""

        def hear(hints: Sequence[Hint]) -> None:
            events: list[Event] = []
            if not hints:
                hints_lost()
            for hint in hints:
                match hint:
                    case MessagePosted() | MessagesRead() | UserRegistered() | UserChanged():
                        events.append(hint)
                    case SessionEnded(session):
                        end_session(session)
                    case ClientCameBack(session, instance):
                        came_back(session, instance)
                    case HostPresence() | HostPresenceChanged() | HostPresenceWanted():
                        hear_presence(hint)
                    case _:
                        assert_never(hint)
            if events:
                tell(events)

        return self._bus.subscribe(self, hear) if self._bus is not None else lambda: None

    def publish(self, hints: Sequence[Hint]) -> None:
        """Tell anything."""
        if self._bus is not None and hints:
            self._bus.publish(hints, self)


def events_of(commit: Commit) -> list[Event]:
    """Return what has happened in a commit."""
    return [event for outcome in commit if (event := _event(outcome)) is not None]


def _event(outcome: Outcome | AboutUser) -> Event | None:
    match outcome:
        case Stored(_, message):
            return MessagePosted(message)
        case Marked(_, _, event):
            return event
        case Enrolled(user):
            return UserRegistered(user)
        case Altered(user):
            return UserChanged(user)
        case Repeated() | Refused():
            return None
        case _:
            assert_never(outcome)
