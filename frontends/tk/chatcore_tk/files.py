"""The files that the window reads and writes."""

from __future__ import annotations

import attrs

from chatcore.home.entry import Entry

from .settings import SettingsFile


@attrs.frozen
class Files:
    """What is on disk for the window."""

    entry: Entry
    settings: SettingsFile
