"""The files that the window reads and writes."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from chatcore.home.profiles import Profiles
from chatcore.view.drafts import Drafts

from .settings import SettingsFile


@attrs.frozen
class Files:
    """What is on disk for the window, beside the outbox."""

    profiles: Profiles
    settings: SettingsFile
    drafts: Callable[[str, str], Drafts]
    "Gives those of a user by server and name."
