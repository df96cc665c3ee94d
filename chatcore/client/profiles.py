"""What is remembered from one start to the next: servers, names and tokens, never a password."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
from filelock import FileLock

from ..domain.addresses import plain_address
from .private_file import write_private

DEFAULT_SERVER = "ws://127.0.0.1:8765"
"""Where a server on this machine listens."""

MAX_PROFILES = 20
"""The ones used last are kept."""

LOCK_TIME = 5.0
"""Seconds that another program may take to write the file."""


class BadProfile(Exception):
    """The file is not one that this program wrote."""


@attrs.frozen
class Profile:
    """A user on a server."""

    server: str
    name: str
    token: str | None = None
    "None after the session has ended."

    def is_of(self, server: str | None, name: str | None) -> bool:
        """Tell whether it is of this server and user; None is any."""
        same_name = name is None or name.casefold() == self.name.casefold()
        return same_name and (server is None or plain_address(server) == plain_address(self.server))


class Profiles:
    """The file of profiles, the one used last first. Other programs of the same user may write it too."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def find(self, server: str | None = None, name: str | None = None) -> Profile | None:
        """Give the profile used last, of a server or user where they are given. Raises BadProfile."""
        return next((profile for profile in self._read() if profile.is_of(server, name)), None)

    def remember(self, profile: Profile) -> None:
        """Put a profile first, in the place of an older one of the same user. Raises BadProfile."""
        if self.find() == profile:
            return  # so it is at nearly every start, and a write to the disk would keep the first picture waiting
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self.path}.lock", timeout=LOCK_TIME):
            others = [other for other in self._read() if not other.is_of(profile.server, profile.name)]
            self._write([profile, *others][:MAX_PROFILES])

    def forget_token(self, server: str, name: str) -> None:
        """The session has ended: keep the name alone. Raises BadProfile."""
        self.remember(Profile(server, name))

    def _read(self) -> list[Profile]:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        except (OSError, UnicodeError) as error:
            raise BadProfile(f"{self.path} cannot be read: {error}") from error
        try:
            return [_profile(**entry) for entry in json.loads(text)["profiles"]]
        except (ValueError, TypeError, KeyError) as error:
            raise BadProfile(f"{self.path} is damaged: remove it and log in again") from error

    def _write(self, profiles: list[Profile]) -> None:
        text = json.dumps({"profiles": [attrs.asdict(profile) for profile in profiles]}, indent=2)
        write_private(self.path, text + "\n")


def _profile(server: object, name: object, token: object) -> Profile:
    if not (isinstance(server, str) and isinstance(name, str) and isinstance(token, str | None)):
        raise TypeError
    return Profile(server, name, token)
