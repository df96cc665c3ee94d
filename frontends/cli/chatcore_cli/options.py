"""What the command line and the environment say."""

from __future__ import annotations

import attrs

from chatcore.view.language import ENGLISH, Language


@attrs.frozen(kw_only=True)
class Options:
    """The options that all commands share."""

    server: str | None = None
    "None: the one used last, else the default."
    user: str | None = None
    "None: the one used last."
    language: Language = ENGLISH
    allow_plaintext: bool = False
    "Whether ws:// may lead beyond this machine."
