"""Having older messages fetched before somebody comes to them, and not without end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ..errors import ChatError
from .commands import Commands
from .conversation_view import ConversationView

PAGE = 200
"""How many older messages are asked for at a time: as many as a server gives."""


class Fetching:
    """Asks for the messages above the first one that is here, one page after the other."""

    def __init__(
        self,
        commands: Commands,
        fetched: Callable[[ConversationView], None],
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        """`fetched` is told when there may be more of a conversation, `failed` when nothing has come."""
        self._commands, self._fetched, self._failed = commands, fetched, failed
        self._asking: ConversationView | None = None
        self._oldest_there_is: int | None = None
        "The seq above which nothing came when it was asked for."

    def begin_anew(self) -> None:
        """Another conversation is open, or all of this one was loaded anew: what came before says nothing of it."""
        self._oldest_there_is = None

    def ask(self, view: ConversationView) -> bool:
        """Have older messages fetched where there are some; tell whether some are coming."""
        first = view.items[0].seq if view.items else None
        if first is None or first <= 1 or first == self._oldest_there_is:
            return False
        if self._asking is not view:
            self._asking = view
            self._commands.load_older(view.conversation, PAGE, partial(self._done, view, first))
        return True

    def _done(self, view: ConversationView, first: int, error: ChatError | None) -> None:
        if self._asking is not view:
            return  # another conversation has been opened since
        self._asking = None
        if error is not None:
            view.settle()  # older messages are asked for again with the next drawing
            self._failed()
        else:
            self._oldest_there_is = first
            self._fetched(view)
