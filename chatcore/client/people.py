"""The people that a client knows of: who the user is, the directory, and who is active."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ..domain.conversations import Conversation
from ..domain.ids import UserId
from ..domain.roster import Row
from ..domain.tallies import Tally
from ..domain.users import User
from ..errors import BadFrame
from ..wire import frames as f
from .directory import Directory, Learned
from .wishes import WantUsers

MOST_ACTIVE = 100_000
"""Users who are active at once. A snapshot names half as many at most."""


class People:
    """Everybody, and so what stands in a row beside the numbers of its conversation.

    `me`, `my_id`
        The user of this client, as the newest fact about them says, and their id; None and "" where there is none.
    `directory`
        Every user that facts were told of, the user among them.
    `_active`
        As the server told last. There may be ids that the directory does not know yet.
    """

    def __init__(self) -> None:
        self.me: User | None = None
        self.my_id: UserId = UserId("")
        self.directory: Directory = Directory()
        self._active: frozenset[UserId] = frozenset()

    def name_of(self, user: UserId) -> str:
        """Return the name by which a user is shown, or the id while the directory has not come that far."""
        known = self.directory.get(user)
        return known.display_name if known else user

    def is_active(self, user: UserId) -> bool:
        """Return whether a user is active, as far as is known."""
        return user in self._active

    def missing(self) -> WantUsers | None:
        """Return the wish for the next facts; None where all that were heard of are here."""
        return None if self.directory.is_complete else WantUsers(self.directory.upto)

    def row(self, tally: Tally) -> Row | None:
        """Return the row of a conversation; None while the directory has not come as far as the others."""
        conversation, unread = Conversation.of(tally.conversation), tally.unread
        partner, name = conversation.partner(self.my_id), conversation.name
        if not name:
            others = [self.directory.get(user) for user in conversation.members.users if user != self.my_id]
            known = [other for other in others if other is not None]
            if len(known) < len(others):
                return None
            name = ", ".join(sorted(other.display_name for other in known))
        is_active = partner is None or partner in self._active
        row = Row(conversation.id, name, partner, active=is_active, unread=unread, last=tally.last)
        user = None if partner is None else self.directory.get(partner)
        if user is None:
            return row
        return attrs.evolve(row, account=user.name, look=user.look, disabled=user.disabled)

    # ---- what the server tells

    def enter(self, me: User) -> None:
        """This user is logged in."""
        self.me, self.my_id = me, me.id

    def restore(self, users: Iterable[User], facts: int) -> None:
        """An earlier program knew these, and every fact up to one."""
        self.directory.take(users, facts)

    def forget_directory(self) -> None:
        """The directory was of another history."""
        self.directory = Directory()

    def leave(self) -> None:
        """Nobody is logged in any more."""
        self.me, self.my_id, self._active = None, UserId(""), frozenset()
        self.forget_directory()

    def present(self, active: Iterable[UserId]) -> list[User]:
        """Just these are active. Return the others for whom that is new."""
        before, now = self._active, frozenset(active)
        if len(now) > MOST_ACTIVE:
            msg = f"there are not more than {MOST_ACTIVE:,} users active"
            raise BadFrame(msg, field="active")
        self._active = now
        changed = (self.directory.get(user) for user in before ^ self._active if user != self.my_id)
        return [user for user in changed if user is not None]

    def presence(self, event: f.PresenceEvent) -> list[User]:
        """Some have become active or inactive. Return the others for whom that is new."""
        return self.present(self._active.union(event.active).difference(event.inactive))

    def tell(self, user: User) -> list[tuple[User, Learned]]:
        """A fact came by itself. Return what is new."""
        return self._learned(self.directory.tell(user))

    def take(self, page: f.Users) -> list[tuple[User, Learned]]:
        """A page of facts came. Return what is new."""
        return self._learned(self.directory.take(page.users, page.upto))

    def _learned(self, learned: list[tuple[User, Learned]]) -> list[tuple[User, Learned]]:
        for user, _ in learned:
            if user.id == self.my_id:
                self.me = user
        return learned
