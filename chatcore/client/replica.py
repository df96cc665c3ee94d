"""The client's copy of what the server knows, to be read; `follower.py` keeps it in step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..domain.ids import ConversationId, UserId
from ..domain.roster import Row
from ..domain.tallies import Tally
from ..domain.users import User
from .holdings import Holdings
from .items import Item
from .ordered_rows import OrderedRows
from .people import People


class Replica:
    """What a client knows. It changes on the event loop's thread only; read it there.

    `_people`
        The user, the directory and who is active.
    `_holdings`
        The conversations: numbers, positions, timelines, and how far the list was walked.
    `_rows`
        The list: of each conversation whose members the directory knows, the row that people and numbers make.
    """

    def __init__(self, people: People, holdings: Holdings, rows: OrderedRows) -> None:
        self._people, self._holdings, self._rows = people, holdings, rows

    @property
    def me(self) -> User | None:
        """Who is logged in."""
        return self._people.me

    @property
    def rows(self) -> Sequence[Row]:
        """The list, in order."""
        return self._rows.rows

    @property
    def users(self) -> Sequence[User]:
        """The directory, in the order of registration."""
        return self._people.directory.users

    @property
    def complete(self) -> bool:
        """Whether the whole list and directory are here. Not while the connection is away, and anew after it."""
        return self._holdings.walk.is_over and self._people.directory.is_complete

    @property
    def has_names(self) -> bool:
        """Whether each conversation that was heard of stands in the list: the names of all partners are known."""
        return self._people.directory.is_complete or all(map(self._people.row, self._holdings.tallies))

    @property
    def is_level(self) -> bool:
        """Whether everything that was heard of is here."""
        return self.complete and next(self._holdings.wishes(), None) is None

    @property
    def total_unread(self) -> int:
        """The unread messages of all conversations."""
        return self._holdings.total_unread

    def tally(self, conversation: ConversationId) -> Tally:
        """The numbers of a conversation, as far as they are known."""
        return self._holdings.tally(conversation)

    def shown(self, conversation: ConversationId) -> int:
        """Return the seq up to which every message was given to the observers, or was there before; 0 before all."""
        held = self._holdings.find(conversation)
        return held.shown if held else 0

    def user(self, user: UserId) -> User | None:
        """Find a user by id."""
        return self._people.directory.get(user)

    def user_by_name(self, name: str) -> User | None:
        """Find a user by the name of their account, in any case."""
        return self._people.directory.named(name)

    def name_of(self, user: UserId) -> str:
        """Return the name by which a user is shown, or the id while the directory has not come that far."""
        return self._people.name_of(user)

    def is_active(self, user: UserId) -> bool:
        """Return whether a user is active, as far as is known."""
        return self._people.is_active(user)

    # ---- timelines

    def timeline(self, conversation: ConversationId) -> Sequence[Item]:
        """The messages of an opened conversation, oldest first, then those that wait. Empty where it is not held."""
        timeline = self._holdings.timeline(conversation)
        return timeline.items if timeline else ()

    def is_at_beginning(self, conversation: ConversationId) -> bool:
        """Whether the timeline has the conversation's first message."""
        timeline = self._holdings.timeline(conversation)
        return timeline is not None and timeline.is_at_beginning

    @property
    def held_timelines(self) -> Sequence[ConversationId]:
        """The conversations whose timelines are kept up to date."""
        return self._holdings.with_timeline

    def has_timeline(self, conversation: ConversationId) -> bool:
        """Whether a timeline is held."""
        return self._holdings.timeline(conversation) is not None

    def oldest(self, conversation: ConversationId) -> int | None:
        """Return the first seq of a loaded timeline, None where there is nothing to go back from."""
        timeline = self._holdings.timeline(conversation)
        return timeline.first if timeline and timeline.is_loaded else None

    def unread_among(self, conversation: ConversationId, seqs: Iterable[int]) -> list[int]:
        """Return those of the seqs that are messages of others and not read."""
        timeline = self._holdings.timeline(conversation)
        return timeline.unread_among(seqs) if timeline else []
