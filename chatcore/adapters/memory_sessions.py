"""The sessions in memory, by the digests of their tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs

from ..domain.ids import UserId
from ..domain.sessions import Ages, Led, SessionRecord, is_alive, is_due, led, may_renew
from ..errors import LoggedOut


@attrs.define
class _Session:
    user: UserId
    label: str
    begun_at_ms: int
    used_at_ms: int
    lasts_ms: int | None = None
    host: str | None = None
    address: str = ""
    rank: int = 0
    "Of the newest token that was used."
    renewed_at_ms: int = 0
    tokens: list[str] = attrs.Factory(list)
    "The digests of all its tokens but the first."

    def is_alive(self, ages: Ages) -> bool:
        return is_alive(self.begun_at_ms, self.used_at_ms, self.lasts_ms, ages)

    def use(self, now_ms: int, address: str = "") -> None:
        self.used_at_ms, self.address = max(now_ms, self.used_at_ms), address or self.address


class MemorySessions:
    """All sessions; that their users may come in was checked before."""

    def __init__(self) -> None:
        self._sessions: dict[str, _Session] = {}
        self._tokens: dict[str, tuple[str, int]] = {}
        "Which session the digest of a token belongs to, and its rank; not those of first tokens."

    def begin(self, digest: str, user: UserId, now_ms: int, label: str, lasts_ms: int | None) -> None:
        """Add one."""
        self._sessions[digest] = _Session(user, label, now_ms, now_ms, lasts_ms)

    def begin_like(self, digest: str, other: str, ages: Ages, label: str) -> None:
        """Add one like another that lives. Raises LoggedOut."""
        known = self._sessions.get(other)
        if known is None or not known.is_alive(ages):
            raise LoggedOut
        self._sessions[digest] = _Session(
            known.user, label, known.begun_at_ms, ages.now_ms, known.lasts_ms, known.host, renewed_at_ms=ages.now_ms
        )

    def enter(
        self, digest: str, user: UserId, ages: Ages, lasts_ms: int | None, host: str | None, address: str
    ) -> None:
        """Take note of one, add it where none lives."""
        known = self._sessions.get(digest)
        if known is None or not known.is_alive(ages):
            known = self._sessions[digest] = _Session(user, "", ages.now_ms, ages.now_ms, lasts_ms, host)
        known.use(ages.now_ms, address)

    def of(self, user: UserId, ages: Ages) -> Sequence[SessionRecord]:
        """List those of a user that live, those that began first before the others."""
        records = [
            SessionRecord(digest, session.label, session.begun_at_ms, session.used_at_ms, session.address)
            for digest, session in self._sessions.items()
            if session.user == user and session.is_alive(ages)
        ]
        return sorted(records, key=lambda record: (record.begun_at_ms, record.id))

    def use(self, digest: str, ages: Ages, address: str) -> UserId | None:
        """Find whose it is, and take note; None where it does not live."""
        known = self._sessions.get(digest)
        if known is None or not known.is_alive(ages):
            return None
        known.use(ages.now_ms, address)
        return known.user

    def led(self, token: str) -> Led:
        """Find where a token leads to, and take note that it is used."""
        digest, rank = self._tokens.get(token, (token, 0))
        session = self._sessions.get(digest)
        if session is None:
            return Led(token)
        found, is_new = led(digest, rank, session.rank)
        session.rank = rank if is_new else session.rank
        return found

    def renew_token(self, digest: str, token: str, now_ms: int, since_ms: int) -> bool:
        """Add a token to one, where it may have one."""
        session = self._sessions.get(digest)
        if session is None or not may_renew(session.begun_at_ms, session.renewed_at_ms, since_ms):
            return False
        self._tokens[token], session.renewed_at_ms = (digest, session.rank + 1), now_ms
        session.tokens.append(token)
        return True

    def end(self, digest: str) -> None:
        """Remove one, if it is there."""
        session = self._sessions.pop(digest, None)
        for token in session.tokens if session else ():
            del self._tokens[token]

    def end_of(self, user: UserId, spare: str = "") -> Sequence[str]:
        """Remove those of a user, but for one."""
        spared = self._sessions.get(spare)
        return self._end_where(lambda session: session.user == user and session is not spared)

    def end_of_host(self, host: str) -> Sequence[str]:
        """Remove those that belong to one of the application's."""
        return self._end_where(lambda session: session.host == host)

    def use_due(self, used: Sequence[str], now_ms: int) -> None:
        """Take note of those with a short life, of which a part has gone."""
        for digest in self._sessions.keys() & used:
            session = self._sessions[digest]
            if is_due(session.used_at_ms, session.lasts_ms, now_ms):
                session.use(now_ms)

    def renew(self, used: Sequence[str], ages: Ages) -> Sequence[str]:
        """Take note of those in use, and forget what is too old; give those of them that are not there any more."""
        for digest in self._sessions.keys() & used:
            self._sessions[digest].use(ages.now_ms)
        self._end_where(lambda session: not session.is_alive(ages))
        return self.ended(used)

    def ended(self, used: Sequence[str]) -> Sequence[str]:
        """Give those that are not there any more."""
        return tuple(digest for digest in used if digest not in self._sessions)

    def _end_where(self, ends: Callable[[_Session], bool]) -> Sequence[str]:
        ended = tuple(sorted(digest for digest, session in self._sessions.items() if ends(session)))
        for digest in ended:
            self.end(digest)
        return ended
