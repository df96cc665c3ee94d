"""The accounts in memory, and the names that were given up."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from ..domain.former_names import KEPT_MS, look_digest, name_digests
from ..domain.ids import UserId
from ..domain.users import AccountName, NewUser, User, UserChange, key_taken, look_taken, name_taken
from ..errors import NotFound
from ..ports.storage import Account


@attrs.frozen
class _Kept:
    account: Account
    name: AccountName | None
    "None where the account was erased."
    born: int
    "The number of the newest message when the user registered."
    changed: int
    "The same at the newest fact about them."


class MemoryAccounts:
    """Everybody, and how far the directory has come."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._kept: dict[UserId, _Kept] = {}
        self._former: dict[bytes, int] = {}
        "When names were given up, by their digests."
        self.fact: int = 0
        "The newest one of the directory."

    def of(self, user: UserId) -> Account | None:
        """Find an account by its user's id."""
        kept = self._kept.get(user)
        return None if kept is None else kept.account

    def named(self, folded: str) -> Account | None:
        """Find an account by its folded name."""
        return next((kept.account for kept in self._kept.values() if kept.name and kept.name.folded == folded), None)

    def with_key(self, key: str) -> Account | None:
        """Find an account by its key."""
        return next((kept.account for kept in self._kept.values() if kept.account.key == key), None)

    def by_fact(self, after: int) -> list[User]:
        """List the users of whom there are facts above a number."""
        users = (kept.account.user for kept in self._kept.values())
        return sorted((user for user in users if user.fact > after), key=lambda user: user.fact)

    def happened(self) -> Iterator[tuple[int, User]]:
        """Give users, with the numbers of the messages after which they registered and were changed last."""
        for kept in self._kept.values():
            for number in {kept.born, kept.changed}:
                yield number, kept.account.user

    def add(self, new: NewUser, now_ms: int, newest: int) -> User:
        """Make an account; `newest` is the number of the newest message. Raises NameTaken."""
        if new.key is not None and self.with_key(new.key):
            raise key_taken()
        self._check_free(new.name, None)
        given_up = (self._former.get(digest, -KEPT_MS) for digest in name_digests(self._secret, new.name))
        if new.is_own and any(at_ms > now_ms - KEPT_MS for at_ms in given_up):
            raise name_taken(new.name.name)
        self.fact += 1
        added = new.as_user(len(self._kept) + 1, self.fact)
        self._kept[new.id] = _Kept(Account(added, new.password_hash, new.key), new.name, newest, newest)
        return added

    def change(self, user: UserId, change: UserChange, now_ms: int, newest: int) -> tuple[User, User]:
        """Change an account; return what the user was and what they are. Raises NotFound and NameTaken."""
        kept = self._kept.get(user)
        if kept is None or (kept.account.user.erased and not change.erased):
            raise NotFound(field="user")
        former = kept.account.user
        if not change.applies(kept.account.exclusion):
            return former, former
        changed = change.of(former, self.fact + 1)
        exclusion = change.exclusion(changed, kept.account.exclusion)
        if changed == former:
            self._kept[user] = attrs.evolve(kept, account=attrs.evolve(kept.account, exclusion=exclusion))
            return former, changed
        if change.name is not None:
            self._check_free(change.name, user)
        if change.is_own and changed.look != former.look:
            self._check_own(changed, change.name or kept.name, now_ms)
        name = None if changed.erased else change.name or kept.name
        if kept.name and name != kept.name:
            self._former.update((digest, now_ms) for digest in name_digests(self._secret, kept.name))
        self.fact = changed.fact
        if changed.erased:
            account = Account(changed, "")
        else:
            account = attrs.evolve(kept.account, user=changed, exclusion=exclusion)
        self._kept[user] = attrs.evolve(kept, account=account, name=name, changed=newest)
        return former, changed

    def bans_over(self, now_ms: int) -> list[UserId]:
        """List those whose ban has ended, by its end."""
        ends = {user: kept.account.exclusion.banned_until_ms for user, kept in self._kept.items()}
        over = [(until, user) for user, until in ends.items() if until is not None and until <= now_ms]
        return [user for _, user in sorted(over)]

    def set_password(self, user: UserId, password_hash: str) -> None:
        """Keep another hash. Raises NotFound."""
        kept = self._kept.get(user)
        if kept is None or kept.account.user.erased:
            raise NotFound(field="user")
        self._kept[user] = attrs.evolve(kept, account=attrs.evolve(kept.account, password_hash=password_hash))

    def _check_free(self, name: AccountName, owner: UserId | None) -> None:
        for kept in self._kept.values():
            if kept.name and kept.account.user.id != owner:
                if kept.name.folded == name.folded:
                    raise name_taken(name.name)
                if kept.name.look == name.look:
                    raise look_taken(name.name)

    def _check_own(self, changed: User, name: AccountName | None, now_ms: int) -> None:
        given_up = self._former.get(look_digest(self._secret, changed.look), now_ms - KEPT_MS)
        if given_up > now_ms - KEPT_MS and not (name and name.look == changed.look):
            raise look_taken(changed.display_name, field="display_name")
        for kept in self._kept.values():
            if kept.name and kept.name.look == changed.look and kept.account.user.id != changed.id:
                raise look_taken(changed.display_name, field="display_name")
