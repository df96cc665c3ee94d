"""The files that the window reads and writes."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from chatcore.client.drafts import Drafts
from chatcore.client.profiles import Profiles

from .settings import SettingsFile


@attrs.frozen
class Files:
    """What is on disk for the window, beside the outbox."""

    profiles: Profiles
    settings: SettingsFile
    drafts: Callable[[str, str], Drafts]
    "Gives those of a user by server and name."
