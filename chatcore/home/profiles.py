"""What is remembered from one start to the next: servers, names and tokens, never a password."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import attrs
from filelock import FileLock

from ..domain.addresses import plain_address
from ..domain.ids import UserId
from ..domain.users import User
from .private_file import Damaged, Document, read_document, write_document

DEFAULT_SERVER = "ws://127.0.0.1:8765"
"""Where a server on this machine listens."""

MAX_PROFILES = 20
"""The ones used last are kept."""

LOCK_TIME = 5.0
"""Seconds that another program may take to write the file."""


class BadProfile(Exception):
    """The file cannot be read, or was damaged and is set aside: the program goes on without it."""


@attrs.frozen
class Profile:
    """A user on a server, as one program finds them."""

    server: str
    name: str
    token: str | None = attrs.field(default=None, repr=False)
    "None after this program's session has ended."
    former: tuple[str, ...] = ()
    "Names that the account had before: what is not sent and not finished may still lie under one of them."
    user: UserId | None = None
    "The account, however it is called; None where it is not known yet."
    is_borrowed: bool = False
    "Whether the token is of another program's session, from which this program is to begin one of its own."

    def entered(self, user: User, token: str | None) -> Profile:
        """Return it when its user is logged in, by a token that may be another one than before."""
        is_borrowed = self.is_borrowed and token == self.token
        return attrs.evolve(self, name=user.name, token=token, user=user.id, is_borrowed=is_borrowed)

    def is_of(self, server: str | None, name: str | None) -> bool:
        """Return whether it is of this server and user; None is any."""
        same_name = name is None or name.casefold() == self.name.casefold()
        return same_name and (server is None or plain_address(server) == plain_address(self.server))


class Profiles:
    """The file of profiles, the one used last first. Other programs of the same user may write it too.

    Each program has a session of its own. One that never had one borrows that of another; one whose session has ended
    does not: whoever logs out is asked for the password the next time.
    """

    def __init__(self, path: Path, program: str = "") -> None:
        """`program` is whose sessions are found and kept; those kept without one are for the first that comes."""
        self.path: Path = path
        self._program = program

    def find(self, server: str | None = None, name: str | None = None) -> Profile | None:
        """Return the profile used last, of a server or user where they are given. Raises BadProfile."""
        return next((profile for profile in self.all() if profile.is_of(server, name)), None)

    def all(self) -> list[Profile]:
        """Return all profiles, the one used last first. Raises BadProfile."""
        found = (self._profile(record) for record in _records(self._load()))
        return [profile for profile in found if profile is not None]

    def pin(self, server: str) -> str | None:
        """Return the pin by which a server's certificate is known; None where there is none. Raises BadProfile."""
        pin = self._pins(self._load()).get(plain_address(server))
        return pin if isinstance(pin, str) else None

    def keep_pin(self, server: str, pin: str) -> None:
        """Know a server by a pin from now on. Raises BadProfile."""
        if pin == self.pin(server):
            return
        with self._locked():
            document = self._load()
            write_document(self.path, {**document, "pins": {**self._pins(document), plain_address(server): pin}})

    def _pins(self, document: Document) -> Document:
        pins = document.get("pins")
        return pins if isinstance(pins, dict) else {}

    def remember(self, profile: Profile, formerly: str = "") -> None:
        """Put a profile first, in the place of an older one of the same user. Raises BadProfile.

        `formerly` is the name that the account had in the older one, where it was renamed. Former names are kept. A
        borrowed token stays that of the other program.
        """
        records = _records(self._load())
        profile = _up_to_date(records, profile)
        if self._is_kept(profile, next(iter(records), None)):
            return  # so it is at nearly every start, and a write to the disk would keep the first picture waiting
        with self._locked():
            self._write(profile, formerly or profile.name)

    def keep_own(self, profile: Profile, token: str) -> str:
        """Keep a session that was begun from a borrowed one; return the one to use. Raises BadProfile.

        That is another one where this program, started twice, has begun one meanwhile.
        """
        with self._locked():
            known = self.find(profile.server, profile.name)
            if known is not None and known.token and not known.is_borrowed:
                return known.token
            self._write(attrs.evolve(profile, token=token, is_borrowed=False), profile.name)
            return token

    def newest(self, token: str) -> str:
        """Return the token that has taken the place of one; else the same. Raises BadProfile."""
        return _newest(_records(self._load()), token)

    def renew(self, former: str, token: str) -> bool:
        """Keep a token in the place of another one; False where that is not here. Raises BadProfile."""
        with self._locked():
            document = self._load()
            records = _records(document)
            renewed = [_renewed(record, former, token) for record in records]
            if renewed == records:
                return False
            write_document(self.path, {**document, "profiles": renewed})
            return True

    def forget(self, profile: Profile) -> None:
        """Put a profile first whose session has ended: nobody goes on with its token any more. Raises BadProfile."""
        with self._locked():
            self._write(attrs.evolve(profile, token=None), profile.name, ended=profile.token)

    # ---- within

    def _is_kept(self, profile: Profile, record: object) -> bool:
        known = self._profile(record)
        if known is None or not isinstance(record, dict):
            return False
        is_same = attrs.evolve(profile, former=known.former, user=profile.user or known.user) == known
        is_here = self._program in _sessions(record) if self._program else True
        return is_same and (is_here or profile.is_borrowed)

    def _locked(self) -> FileLock:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(f"{self.path}.lock", timeout=LOCK_TIME)

    def _load(self) -> Document:
        try:
            return read_document(self.path)
        except OSError as error:
            raise BadProfile(f"{self.path} cannot be read: {error.strerror or error}") from error
        except Damaged as error:
            raise BadProfile(f"{error}: log in again") from error

    def _write(self, first: Profile, formerly: str, ended: str | None = None) -> None:
        """Put a profile first; what a newer version has written beside it, or instead of others, stays."""
        document = self._load()
        first = _up_to_date(_records(document), first)
        ended = ended and _newest(_records(document), ended)
        former: Document = {}
        others: list[object] = []
        names = dict.fromkeys(first.former)
        known = 1
        for record in _records(document):
            profile = self._profile(record)
            if profile is not None and isinstance(record, dict) and _is_same(record, profile, first, formerly):
                former = {**former, **record}
                names |= dict.fromkeys((*profile.former, profile.name))
            elif profile is None or known < MAX_PROFILES:
                others.append(record)
                known += profile is not None
        written = {**former, "server": first.server, "name": first.name, **self._tokens(former, first, ended)}
        if first.user is not None:
            written["user"] = first.user
        if given_up := [name for name in names if name.casefold() != first.name.casefold()]:
            written["former"] = given_up
        write_document(self.path, {**document, "profiles": [written, *others]})

    def _tokens(self, former: Mapping[str, object], first: Profile, ended: str | None) -> Document:
        """Return what a record says of sessions from now on."""
        tokens, common = {**_sessions(former)}, former.get("token")
        if ended is not None:
            tokens = {program: None if token == ended else token for program, token in tokens.items()}
            common = None if common == ended else common
        elif first.is_borrowed:
            pass
        elif self._program:
            tokens[self._program] = first.token
            common = None if common == first.token else common  # it is this program's from now on
        else:
            common = first.token
        return {"token": common, **({"sessions": tokens} if tokens else {})}

    def _profile(self, record: object) -> Profile | None:
        """Read a record; None where it is not understood."""
        if not isinstance(record, dict):
            return None
        match record.get("server"), record.get("name"), record.get("token"):
            case str(server), str(name), (str() | None) as common:
                former, user = record.get("former"), record.get("user")
                names = former if isinstance(former, list) else []
                token, is_borrowed = self._own(_sessions(record), common)
                return Profile(
                    server,
                    name,
                    token,
                    tuple(each for each in names if isinstance(each, str)),
                    UserId(user) if isinstance(user, str) else None,
                    is_borrowed,
                )
            case _:  # a newer version writes it otherwise, or a person did
                return None

    def _own(self, tokens: Mapping[str, str | None], common: str | None) -> tuple[str | None, bool]:
        """Return the token that this program goes on with, and whether it is another one's."""
        others = [token for program, token in tokens.items() if program != self._program and token]
        own = tokens.get(self._program) or common  # an older version keeps one for all programs
        if own is not None or self._program in tokens:
            return own, own in others
        return next(((token, True) for token in others), (None, False))


def _records(document: Document) -> list[object]:
    records = document.get("profiles", [])
    return records if isinstance(records, list) else [records]


def _sessions(record: Mapping[str, object]) -> Mapping[str, str | None]:
    """Return the tokens by program; None stands for a program whose session has ended."""
    sessions = record.get("sessions")
    if not isinstance(sessions, dict):
        return {}
    return {program: token if isinstance(token, str) else None for program, token in sessions.items()}


def _tokens_of(record: object) -> list[str]:
    """Return all tokens of a record."""
    tokens = [record.get("token"), *_sessions(record).values()] if isinstance(record, dict) else []
    return [token for token in tokens if isinstance(token, str)]


def _replaced(record: object) -> Mapping[str, str]:
    """Return the digests of tokens whose place others have taken, each with the digest of the one that is there now."""
    replaced = record.get("replaced") if isinstance(record, dict) else None
    found = replaced if isinstance(replaced, dict) else {}
    return {former: present for former, present in found.items() if isinstance(present, str)}


def _newest(records: Sequence[object], token: str) -> str:
    digest = _digest(token)
    for record in records:
        present = _replaced(record).get(digest)
        for kept in _tokens_of(record) if present is not None else ():
            if _digest(kept) == present:
                return kept
    return token


def _up_to_date(records: Sequence[object], profile: Profile) -> Profile:
    """Return a profile with the token that has taken the place of its own: another program may have renewed it."""
    return profile if profile.token is None else attrs.evolve(profile, token=_newest(records, profile.token))


def _renewed(record: object, former: str, token: str) -> object:
    """Return a record with another token in the place of one, where it has it."""
    if not isinstance(record, dict) or former not in _tokens_of(record):
        return record
    sessions = {program: token if kept == former else kept for program, kept in _sessions(record).items()}
    common = token if record.get("token") == former else record.get("token")
    renewed = {**record, "token": common, **({"sessions": sessions} if sessions else {})}
    there = {_digest(kept) for kept in _tokens_of(renewed)}
    before, now = _digest(former), _digest(token)
    replaced = {past: now if present == before else present for past, present in _replaced(record).items()}
    replaced[before] = now
    return {**renewed, "replaced": {past: present for past, present in replaced.items() if present in there}}


def _digest(token: str) -> str:
    return sha256(token.encode(errors="surrogatepass")).hexdigest()


def _is_same(record: Mapping[str, object], profile: Profile, first: Profile, formerly: str) -> bool:
    """Return whether a profile is that of the user whose account is called otherwise now, or still the same."""
    if profile.user is not None and first.user is not None:
        return profile.user == first.user and profile.is_of(first.server, None)
    tokens = {record.get("token"), *_sessions(record).values()} - {None}
    renamed = profile.is_of(first.server, formerly) and (not tokens or first.token in tokens)
    return profile.is_of(first.server, first.name) or renamed
