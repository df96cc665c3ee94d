"""What is displayed, and so read: the facts that a frontend reports, and what follows from them."""

from __future__ import annotations

import attrs

from ..domain.ids import ConversationId


@attrs.define
class Displayed:
    """The facts that a frontend reports.

    A message is displayed when it is visible in the open conversation of an active window.
    """

    conversation: ConversationId | None = None
    window_active: bool = False
    visible: frozenset[int] = frozenset()

    def opened(self, conversation: ConversationId | None) -> None:
        """Another conversation (or none) is shown; what is visible of it is yet to be told."""
        self.conversation, self.visible = conversation, frozenset()

    def seqs(self) -> frozenset[int]:
        """Return the messages that somebody looks at."""
        return self.visible if self.window_active and self.conversation is not None else frozenset()
