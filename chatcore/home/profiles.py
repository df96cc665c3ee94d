"""What is remembered from one start to the next: servers, names and tokens, never a password."""

from __future__ import annotations

from pathlib import Path

import attrs
from filelock import FileLock

from ..domain.addresses import plain_address
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
    """A user on a server."""

    server: str
    name: str
    token: str | None = attrs.field(default=None, repr=False)
    "None after the session has ended."
    former: tuple[str, ...] = ()
    "Names that the account had before: what is not sent and not finished may still lie under one of them."

    def is_of(self, server: str | None, name: str | None) -> bool:
        """Return whether it is of this server and user; None is any."""
        same_name = name is None or name.casefold() == self.name.casefold()
        return same_name and (server is None or plain_address(server) == plain_address(self.server))


class Profiles:
    """The file of profiles, the one used last first. Other programs of the same user may write it too."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def find(self, server: str | None = None, name: str | None = None) -> Profile | None:
        """Return the profile used last, of a server or user where they are given. Raises BadProfile."""
        return next((profile for profile in self._read() if profile.is_of(server, name)), None)

    def remember(self, profile: Profile, formerly: str = "") -> None:
        """Put a profile first, in the place of an older one of the same user. Raises BadProfile.

        `formerly` is the name that the account had in the older one, where it was renamed. Former names are kept.
        """
        known = self.find()
        if known is not None and attrs.evolve(profile, former=known.former) == known:
            return  # so it is at nearly every start, and a write to the disk would keep the first picture waiting
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self.path}.lock", timeout=LOCK_TIME):
            self._write(profile, formerly or profile.name)

    def _read(self) -> list[Profile]:
        return [profile for record in self._records(self._load()) if (profile := _profile(record))]

    def _load(self) -> Document:
        try:
            return read_document(self.path)
        except OSError as error:
            raise BadProfile(f"{self.path} cannot be read: {error.strerror or error}") from error
        except Damaged as error:
            raise BadProfile(f"{error}: log in again") from error

    def _records(self, document: Document) -> list[object]:
        records = document.get("profiles", [])
        return records if isinstance(records, list) else [records]

    def _write(self, first: Profile, formerly: str) -> None:
        """Put a profile first; what a newer version has written beside it, or instead of others, stays."""
        document = self._load()
        former: Document = {}
        others: list[object] = []
        names = dict.fromkeys(first.former)
        known = 1
        for record in self._records(document):
            profile = _profile(record)
            if profile is not None and isinstance(record, dict) and _is_same(profile, first, formerly):
                former = {**former, **record}
                names |= dict.fromkeys((*profile.former, profile.name))
            elif profile is None or known < MAX_PROFILES:
                others.append(record)
                known += profile is not None
        written = {**former, "server": first.server, "name": first.name, "token": first.token}
        if given_up := [name for name in names if name.casefold() != first.name.casefold()]:
            written["former"] = given_up
        write_document(self.path, {**document, "profiles": [written, *others]})


def _is_same(profile: Profile, first: Profile, formerly: str) -> bool:
    """Return whether a profile is that of the user whose account is called otherwise now, or still the same."""
    renamed = profile.is_of(first.server, formerly) and profile.token in {None, first.token}
    return profile.is_of(first.server, first.name) or renamed


def _profile(record: object) -> Profile | None:
    """Read a record; None where it is not understood."""
    if not isinstance(record, dict):
        return None
    match record.get("server"), record.get("name"), record.get("token"):
        case str(server), str(name), (str() | None) as token:
            former = record.get("former")
            names = former if isinstance(former, list) else []
            return Profile(server, name, token, tuple(each for each in names if isinstance(each, str)))
        case _:  # a newer version writes it otherwise, or a person did
            return None
