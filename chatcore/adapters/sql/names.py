"""What stands in the columns of an account's name when its user is changed."""

from __future__ import annotations

import attrs

from ...domain.users import AccountName, User, UserChange


@attrs.frozen
class NameColumns:
    """The name as names are compared, and how it looks; without a look where another account has it."""

    folded: str
    look: str | None

    def after(self, former: User, change: UserChange) -> NameColumns:
        """Return them as they are after a change."""
        if change.name is not None:
            return NameColumns(change.name.folded, change.name.look)
        if change.erased:
            return NameColumns(f"!{former.id}", None)  # nobody can have such a name
        return self

    def given_up(self, former: User, change: UserChange) -> AccountName | None:
        """Return the name that nobody has any more after a change, None where they keep it."""
        if former.erased or self.after(former, change).folded == self.folded:
            return None
        return AccountName(former.name, self.folded)
